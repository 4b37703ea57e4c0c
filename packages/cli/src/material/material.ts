import { createPrivateKey, createPublicKey } from 'node:crypto';
import {
  Certificate,
  type CertificateDecodeError,
  decodeCrl,
  type PemBlock,
  type PemProblem,
  readPemBundle,
} from '@sslkit/x509';
import { inputError } from '../failure.ts';
import { DerError, DerTag, enter, readElement } from './der-element.ts';

/** What a file can hold. */
export type ItemKind = 'certificate' | 'crl' | 'request' | 'privateKey' | 'publicKey' | 'pkcs12' | 'other';

/** One thing in a file. */
export interface Item {
  readonly kind: ItemKind;
  readonly der: Uint8Array;
  /** The label of its PEM block; null for DER. */
  readonly label: string | null;
  /** The line where its PEM block begins; null for DER. */
  readonly line: number | null;
  /** The `name: value` lines above the body of its PEM block: how keys of the older form say how they are encrypted. */
  readonly headers?: PemBlock['headers'];
  /** Whether it can only be read with a password. */
  readonly encrypted: boolean;
}

/** What is in a file. */
export interface Material {
  readonly items: readonly Item[];
  /** What is wrong with the PEM; empty for DER. */
  readonly problems: readonly PemProblem[];
}

/**
 * Finds out what bytes hold: PEM blocks of any kind, or one thing in DER.
 *
 * @param name - of the input, for the message of a failure.
 * @throws Failure with the exit code for input where they hold nothing that is known.
 */
export function recognize(bytes: Uint8Array, name: string): Material {
  const { blocks, problems } = readPemBundle(bytes);
  if (blocks.length > 0) return { items: blocks.map(toItem), problems };
  const [problem] = problems;
  if (problem !== undefined) throw inputError(`${name} is damaged in line ${problem.line}: ${problem.explanation}`);
  const items = recognizeDer(bytes);
  if (items.length > 0) return { items, problems: [] };
  throw inputError(`${name} holds no certificate, key, request or revocation list, neither in PEM nor in DER`);
}

function toItem({ kind, der, label, line, headers, encrypted }: PemBlock): Item {
  return { kind: kind === 'parameters' ? 'other' : kind, der, label, line, headers, encrypted };
}

/** Certificates may stand one behind the other; of everything else there is one. */
function recognizeDer(bytes: Uint8Array): Item[] {
  const certificates = readCertificates(bytes);
  if (certificates.length > 0) return certificates.map((der) => derItem('certificate', der));
  for (const { kind, accepts } of RECOGNIZERS) {
    try {
      if (accepts(bytes)) return [derItem(kind, bytes)];
    } catch {
      // Not this kind: the next one is tried.
    }
  }
  return [];
}

function derItem(kind: ItemKind, der: Uint8Array): Item {
  return { kind, der, label: null, line: null, encrypted: kind === 'pkcs12' || isEncryptedKey(kind, der) };
}

function readCertificates(bytes: Uint8Array): Uint8Array[] {
  const found: Uint8Array[] = [];
  try {
    for (let at = 0; at < bytes.length; ) {
      const { der } = new Certificate(bytes.subarray(at));
      found.push(der);
      at += der.length;
    }
  } catch (error) {
    ignore(error as CertificateDecodeError);
  }
  return found;
}

/** What follows the last certificate is padding, or nothing that is known. */
function ignore(_error: CertificateDecodeError): void {}

const RECOGNIZERS: readonly { kind: ItemKind; accepts: (bytes: Uint8Array) => boolean }[] = [
  { kind: 'crl', accepts: (bytes) => decodeCrl(bytes).version > 0 },
  { kind: 'request', accepts: isRequest },
  { kind: 'pkcs12', accepts: isPkcs12 },
  { kind: 'privateKey', accepts: (bytes) => isEncryptedKey('privateKey', bytes) || isPrivateKey(bytes) },
  {
    kind: 'publicKey',
    accepts: (bytes) => createPublicKey({ key: Buffer.from(bytes), format: 'der', type: 'spki' }).type === 'public',
  },
];

/** CertificationRequestInfo starts with version 0, then a Name, then the key: RFC 2986 §4.1. */
function isRequest(bytes: Uint8Array): boolean {
  const [info] = enter(readElement(bytes));
  const [version, subject, key, attributes] = enter(info);
  return (
    version?.tag === DerTag.INTEGER &&
    version.content.length === 1 &&
    version.content[0] === 0 &&
    subject?.tag === DerTag.SEQUENCE &&
    key?.tag === DerTag.SEQUENCE &&
    (attributes === undefined || attributes.tag === 0xa0)
  );
}

/** PFX starts with version 3: RFC 7292 §4. */
function isPkcs12(bytes: Uint8Array): boolean {
  const [version, content] = enter(readElement(bytes));
  return version?.tag === DerTag.INTEGER && version.content[0] === 3 && content?.tag === DerTag.SEQUENCE;
}

/** EncryptedPrivateKeyInfo is an AlgorithmIdentifier and an OCTET STRING: RFC 5208 §6. */
function isEncryptedKey(kind: ItemKind, der: Uint8Array): boolean {
  if (kind !== 'privateKey') return false;
  try {
    const [algorithm, data, more] = enter(readElement(der));
    return algorithm?.tag === DerTag.SEQUENCE && data?.tag === DerTag.OCTET_STRING && more === undefined;
  } catch (error) {
    if (error instanceof DerError) return false;
    throw error;
  }
}

function isPrivateKey(bytes: Uint8Array): boolean {
  return (['pkcs8', 'pkcs1', 'sec1'] as const).some((type) => {
    try {
      return createPrivateKey({ key: Buffer.from(bytes), format: 'der', type }).type === 'private';
    } catch {
      return false;
    }
  });
}
