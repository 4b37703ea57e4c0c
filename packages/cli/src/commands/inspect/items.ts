import { createHash, createPublicKey } from 'node:crypto';
import {
  Certificate,
  CertificateDecodeError,
  createCertificateAuthority,
  decodeCrl,
  type LintFinding,
  type LintProfile,
  lint,
  signRequest,
} from '@sslkit/x509';
import {
  type CertificateSummary,
  describeValidity,
  formatName,
  summarizeCertificate,
} from '../../certificate-summary.ts';
import { codeOf, Failure, inputError, messageOf } from '../../failure.ts';
import type { Item, ItemKind } from '../../material/material.ts';
import { describeKey, openPrivateKey, publicHalf } from '../../material/private-key.ts';
import { openPkcs12 } from '../../pkcs12/open.ts';

/** What describing needs beside the thing itself. */
export interface ItemContext {
  readonly name: string;
  readonly password: string | undefined;
  /** Null for no lint. */
  readonly profile: LintProfile | null;
}

/** A description of one thing: `fields` for people, `facts` for programs. */
export interface ItemReport {
  readonly kind: ItemKind;
  readonly line: number | null;
  readonly title: string;
  readonly fields: readonly (readonly [label: string, value: string])[];
  readonly facts: object;
  /** DER in base64 in JSON. */
  readonly der: Uint8Array;
  readonly lint?: readonly LintFinding[];
  toJSON(): object;
}

/** Describes an item; a PKCS#12 file gives several reports. */
export async function describeItem(item: Item, context: ItemContext): Promise<ItemReport[]> {
  try {
    switch (item.kind) {
      case 'certificate':
        return [describeCertificate(item, context)];
      case 'crl':
        return [describeCrl(item)];
      case 'request':
        return [await describeRequest(item)];
      case 'privateKey':
        return [describePrivateKey(item, context)];
      case 'publicKey':
        return [describePublicKey(item)];
      case 'pkcs12':
        return await describePkcs12(item, context);
      default:
        return [report(item, `${item.label ?? 'unknown'} block`, [['size', `${item.der.length} bytes`]], {})];
    }
  } catch (error) {
    // Ours are worded; the others are those of the decoder, and of OpenSSL by way of Node.
    if (error instanceof Failure || !isDecodeError(error)) throw error;
    const place = item.line === null ? context.name : `${context.name}, line ${item.line}`;
    throw inputError(`${place}: the ${KINDS[item.kind]} is damaged: ${error.message}`);
  }
}

function isDecodeError(error: unknown): error is Error {
  return error instanceof CertificateDecodeError || codeOf(error).startsWith('ERR_OSSL');
}

const KINDS: Readonly<Record<ItemKind, string>> = {
  certificate: 'certificate',
  crl: 'revocation list',
  request: 'certificate request',
  privateKey: 'private key',
  publicKey: 'public key',
  pkcs12: 'PKCS#12 file',
  other: 'block',
};

function report(
  item: Item,
  title: string,
  fields: ItemReport['fields'],
  facts: object,
  findings?: readonly LintFinding[],
) {
  const { kind, line, der } = item;
  return {
    kind,
    line,
    title,
    fields,
    facts,
    der,
    ...(findings === undefined ? {} : { lint: findings }),
    toJSON: () => ({ kind, line, ...facts, ...(findings === undefined ? {} : { lint: findings }) }),
  };
}

function describeCertificate(item: Item, { profile }: ItemContext): ItemReport {
  const certificate = new Certificate(item.der);
  const summary = summarizeCertificate(certificate.der);
  const usage = describeUsage(certificate);
  const signature = certificate.signatureAlgorithm.name;
  const fields: [string, string][] = [
    ['subject', summary.subject],
    ['names', summary.names.join(', ') || 'none'],
    ['issuer', summary.issuer],
    ['valid', describeValidity(summary)],
    ['serial', summary.serialNumber],
    ['key', summary.key],
    ['signed', signature],
    ['usage', usage.join(', ') || 'any'],
    ['authority', describeAuthority(certificate)],
    ['SHA-256', summary.fingerprint256],
  ];
  const findings = profile === null ? undefined : lint(certificate.der, profile);
  return report(
    item,
    certificateTitle(summary),
    fields,
    { ...summary, usage, signatureAlgorithm: signature },
    findings,
  );
}

function certificateTitle(summary: CertificateSummary): string {
  if (!summary.isAuthority) return summary.isSelfIssued ? 'self-signed certificate' : 'certificate';
  return summary.isSelfIssued ? 'root certificate' : 'intermediate certificate';
}

function describeUsage(certificate: Certificate): string[] {
  try {
    const extended = certificate.extendedKeyUsage ?? [];
    return [...(certificate.keyUsage ?? []), ...extended.map(({ name }) => name)];
  } catch (error) {
    return [`malformed (${messageOf(error)})`];
  }
}

function describeAuthority(certificate: Certificate): string {
  try {
    const constraints = certificate.basicConstraints;
    if (constraints === null || !constraints.ca) return 'no';
    const { pathLength } = constraints;
    return pathLength === null ? 'yes' : `yes, with at most ${pathLength} more below it`;
  } catch (error) {
    return `malformed (${messageOf(error)})`;
  }
}

const SHOWN = 10; // revoked serial numbers that people get to see

function describeCrl(item: Item): ItemReport {
  const crl = decodeCrl(item.der);
  const issuer = formatName(crl.issuer);
  const revoked = [...crl].map(({ serialNumber, revocationDate, reason }) => ({
    serialNumber,
    revocationDate: revocationDate?.toISOString() ?? null,
    reason,
  }));
  const fields: [string, string][] = [
    ['issuer', issuer],
    ['made', crl.thisUpdate?.toISOString() ?? 'at no readable time'],
    ['next', describeNextUpdate(crl.nextUpdate)],
    ['number', String(crl.crlNumber ?? 'none')],
    ['revoked', `${crl.size} certificate${crl.size === 1 ? '' : 's'}`],
    ...revoked
      .slice(0, SHOWN)
      .map(({ serialNumber, revocationDate, reason }): [string, string] => [
        '',
        `${serialNumber} on ${revocationDate?.slice(0, 10) ?? '?'}${reason === null ? '' : `, ${reason}`}`,
      ]),
    ...(revoked.length > SHOWN ? [['', `and ${revoked.length - SHOWN} more`] as [string, string]] : []),
  ];
  return report(item, 'revocation list', fields, {
    issuer,
    thisUpdate: crl.thisUpdate?.toISOString() ?? null,
    nextUpdate: crl.nextUpdate?.toISOString() ?? null,
    crlNumber: crl.crlNumber?.toString() ?? null,
    revoked,
  });
}

function describeNextUpdate(nextUpdate: Date | null): string {
  if (nextUpdate === null) return 'not said';
  return `${nextUpdate.toISOString()}${nextUpdate < new Date() ? ', overdue' : ''}`;
}

/** Signing the request for a throwaway authority checks its signature and reads what it asks for. */
async function describeRequest(item: Item): Promise<ItemReport> {
  let der: Uint8Array;
  try {
    const authority = await createCertificateAuthority({ subject: 'throwaway' });
    ({ certificate: der } = await signRequest(item.der, { authority }));
  } catch (error) {
    const problem = messageOf(error);
    return report(item, 'certificate request', [['problem', problem]], { problem });
  }
  const { subject, names, key } = summarizeCertificate(der);
  const fields: [string, string][] = [
    ['subject', subject],
    ['names', names.join(', ') || 'none'],
    ['key', key],
    ['signature', 'right'],
  ];
  return report(item, 'certificate request', fields, { subject, names, key });
}

function describePrivateKey(item: Item, context: ItemContext): ItemReport {
  if (item.encrypted && context.password === undefined) {
    return report(item, 'private key', [['encrypted', 'yes; give its password with --password-file']], {
      encrypted: true,
    });
  }
  const key = openPrivateKey(item, context.password, context.name);
  const fingerprint = fingerprintOf(publicHalf(key));
  const fields: [string, string][] = [
    ['key', describeKey(key)],
    ['encrypted', item.encrypted ? 'yes' : 'no'],
    ['public key', `SHA-256 ${fingerprint}`],
  ];
  return report(item, 'private key', fields, {
    key: describeKey(key),
    encrypted: item.encrypted,
    publicKey256: fingerprint,
  });
}

function describePublicKey(item: Item): ItemReport {
  const key = createPublicKey({ key: Buffer.from(item.der), format: 'der', type: 'spki' });
  const fingerprint = fingerprintOf(publicHalf(key));
  const fields: [string, string][] = [
    ['key', describeKey(key)],
    ['public key', `SHA-256 ${fingerprint}`],
  ];
  return report(item, 'public key', fields, { key: describeKey(key), publicKey256: fingerprint });
}

function fingerprintOf(der: Uint8Array): string {
  return createHash('sha256').update(der).digest('hex').toUpperCase();
}

async function describePkcs12(item: Item, context: ItemContext): Promise<ItemReport[]> {
  const { items } = openPkcs12(item.der, context.password, context.name);
  const reports = [
    report(item, 'PKCS#12 file', [['holds', `${items.length} item${items.length === 1 ? '' : 's'}`]], {}),
  ];
  for (const inner of items) reports.push(...((await describeItem(inner, context)) as typeof reports));
  return reports;
}
