import { type CertificateOptions, type CreatedCertificate, createCertificate } from '@sslkit/x509';

const DAY = 86_400_000; // milliseconds
const SERVER_NAMES = ['localhost', '127.0.0.1', '::1'];

/** How each certificate is made; `issuer` names the one that signs, without it a certificate signs itself. */
const RECIPES = {
  /** The root that everybody trusts here. */
  authority: { role: 'authority', subject: 'Test CA' },
  /** A root that nobody trusts. */
  otherAuthority: { role: 'authority', subject: 'Other CA' },
  intermediate: { issuer: 'authority', role: 'intermediate', subject: 'Test intermediate CA' },
  /** For localhost, 127.0.0.1 and ::1, as all servers here but `otherName`. */
  server: { issuer: 'authority', names: SERVER_NAMES },
  serverRsa: { issuer: 'authority', names: SERVER_NAMES, keyType: 'RSA-2048' },
  serverEd25519: { issuer: 'authority', names: SERVER_NAMES, keyType: 'Ed25519' },
  serverBelowIntermediate: { issuer: 'intermediate', names: SERVER_NAMES },
  otherName: { issuer: 'authority', names: ['other.example'] },
  wildcard: { issuer: 'authority', names: ['*.example.com'] },
  expired: { issuer: 'authority', names: SERVER_NAMES, notBefore: daysFromNow(-20), notAfter: daysFromNow(-10) },
  notYetValid: { issuer: 'authority', names: SERVER_NAMES, notBefore: daysFromNow(10), notAfter: daysFromNow(20) },
  /** Signed by `otherAuthority`. */
  distrusted: { issuer: 'otherAuthority', names: SERVER_NAMES },
  selfSigned: { names: SERVER_NAMES },
  client: { issuer: 'authority', role: 'client', subject: 'Test client' },
  distrustedClient: { issuer: 'otherAuthority', role: 'client', subject: 'Other client' },
} as const satisfies Record<string, CertificateOptions & { issuer?: string }>;

/** The certificates that tests can ask for. */
export type CertificateName = keyof typeof RECIPES;

const made = new Map<CertificateName, Promise<CreatedCertificate>>();

/** What a server shows, and its key. */
export type Credentials = Pick<CreatedCertificate, 'chainPem' | 'privateKeyPem'>;

/** What a server is started with: one of the certificates here by its name, or any other. */
export async function takeCredentials(certificate: CertificateName | Credentials): Promise<Credentials> {
  return typeof certificate === 'string' ? takeCertificate(certificate) : certificate;
}

/** Gives the named certificate with its key. It is made once in a test file, with its issuers. */
export function takeCertificate(name: CertificateName): Promise<CreatedCertificate> {
  const known = made.get(name);
  if (known !== undefined) return known;
  const fresh = makeCertificate(RECIPES[name]);
  made.set(name, fresh);
  return fresh;
}

async function makeCertificate(recipe: CertificateOptions & { issuer?: CertificateName }): Promise<CreatedCertificate> {
  const { issuer, ...options } = recipe;
  if (issuer === undefined) return createCertificate(options);
  return createCertificate({ ...options, authority: await takeCertificate(issuer) });
}

function daysFromNow(days: number): Date {
  return new Date(Date.now() + days * DAY);
}
