import { createDefaultContext, Purpose, SSLContext, TLSVersion } from '@sslkit/socket';
import { type CreatedCertificate, createCertificate, createCertificateAuthority } from '@sslkit/x509';

/** One authority for a test file, made when it is first asked for. */
export const authority: Promise<CreatedCertificate> = createCertificateAuthority();

/** A certificate for `localhost` and 127.0.0.1, signed by {@link authority}. */
export const serverCertificate = authority.then((issuer) =>
  createCertificate({ authority: issuer, names: ['localhost', '127.0.0.1'] }),
);

/** A server's context that shows {@link serverCertificate}, or another. */
export async function serverContext(certificate = serverCertificate): Promise<SSLContext> {
  const { chainPem, privateKeyPem } = await certificate;
  const context = createDefaultContext({ purpose: Purpose.CLIENT_AUTH });
  context.loadCertChain({ cert: chainPem, key: privateKeyPem });
  return context;
}

/** A client's context that trusts {@link authority}. */
export async function clientContext(version?: TLSVersion): Promise<SSLContext> {
  const context = createDefaultContext({ cadata: (await authority).certificatePem });
  if (version !== undefined) {
    context.minimumVersion = version;
    context.maximumVersion = version;
  }
  return context;
}

/** The versions that every test of the wire runs on. */
export const versions = [
  ['TLS 1.2', TLSVersion.TLSv1_2],
  ['TLS 1.3', TLSVersion.TLSv1_3],
] as const;

export { SSLContext };
