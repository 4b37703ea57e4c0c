import { PROTOCOL_TLS_CLIENT, PROTOCOL_TLS_SERVER, SSLContext, TLSVersion } from '@sslkit/context';
import { type CertificateName, takeCertificate } from './certificates.ts';

/** The versions that tests of the wire run on, with their names in titles. */
export const VERSIONS = [
  ['TLS 1.2', TLSVersion.TLSv1_2],
  ['TLS 1.3', TLSVersion.TLSv1_3],
] as const;

/** What a test says about its server. */
export interface ServerContextOptions {
  /** What the client is shown. Default: `server`. */
  certificate?: CertificateName;
  /** The only version. Default: TLS 1.2 or 1.3. */
  version?: TLSVersion;
  /** Whose clients verify. Default: nobody's. */
  trust?: CertificateName;
}

/** A server's context that shows a certificate. */
export async function makeServerContext(options: ServerContextOptions = {}): Promise<SSLContext> {
  const context = new SSLContext(PROTOCOL_TLS_SERVER);
  const { chainPem, privateKeyPem } = await takeCertificate(options.certificate ?? 'server');
  context.loadCertChain({ cert: chainPem, key: privateKeyPem });
  if (options.trust !== undefined) await trust(context, options.trust);
  restrictVersion(context, options.version);
  return context;
}

/** What a test says about its client. */
export interface ClientContextOptions {
  /** Whose servers verify; null for nobody's. Default: `authority`. */
  trust?: CertificateName | null;
  /** The only version. Default: TLS 1.2 or 1.3. */
  version?: TLSVersion;
  /** What a server that asks is shown. Default: nothing. */
  certificate?: CertificateName;
}

/** A client's context, which checks host names. */
export async function makeClientContext(options: ClientContextOptions = {}): Promise<SSLContext> {
  const context = new SSLContext(PROTOCOL_TLS_CLIENT);
  if (options.trust !== null) await trust(context, options.trust ?? 'authority');
  if (options.certificate !== undefined) {
    const { chainPem, privateKeyPem } = await takeCertificate(options.certificate);
    context.loadCertChain({ cert: chainPem, key: privateKeyPem });
  }
  restrictVersion(context, options.version);
  return context;
}

/** Lets a context speak one version alone. */
export function restrictVersion(context: SSLContext, version: TLSVersion | undefined): void {
  if (version === undefined) return;
  // A bound at a time would pass through an empty range for TLS 1.3.
  context.maximumVersion = TLSVersion.MAXIMUM_SUPPORTED;
  context.minimumVersion = version;
  context.maximumVersion = version;
}

async function trust(context: SSLContext, name: CertificateName): Promise<void> {
  context.loadVerifyLocations({ cadata: (await takeCertificate(name)).certificatePem });
}
