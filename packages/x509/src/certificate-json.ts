import type { Certificate } from './certificate.ts';
import { CertificateDecodeError } from './der/decode-error.ts';
import { toHex } from './extension-values.ts';

const PARTS = [
  'subject',
  'issuer',
  'version',
  'serialNumber',
  'notBefore',
  'notAfter',
  'subjectAltName',
  'publicKey',
  'signatureAlgorithm',
  'keyUsage',
  'extendedKeyUsage',
  'basicConstraints',
  'subjectKeyIdentifier',
  'authorityKeyIdentifier',
  'policies',
  'nameConstraints',
  'hasEmbeddedTimestamps',
  'extensions',
] as const satisfies readonly (keyof Certificate)[];

/** Writes a certificate as plain values: bytes in hexadecimal, times in ISO 8601, and null for what is malformed. */
export function certificateToJson(certificate: Certificate): Record<string, unknown> {
  const json: Record<string, unknown> = {};
  const malformed: string[] = [];
  for (const part of PARTS) {
    try {
      json[part] = plain(certificate[part]);
    } catch (error) {
      if (!(error instanceof CertificateDecodeError)) throw error;
      json[part] = null;
      malformed.push(part);
    }
  }
  return { ...json, malformed };
}

function plain(value: unknown): unknown {
  if (value instanceof Uint8Array) return toHex(value);
  if (value instanceof Date) return value.toISOString();
  if (typeof value === 'bigint') return value.toString();
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, plain(item)]));
}
