// A server's context from what is in memory, and a client's that trusts an authority of one's own.

import { createDefaultContext, Purpose, TLSVersion } from '@sslkit/context';
import type { CreatedCertificate } from '@sslkit/x509';

export function configure(authority: CreatedCertificate, certificate: CreatedCertificate) {
  const { certificatePem: authorityPem } = authority;
  const { chainPem, privateKeyPem } = certificate;
  // #region readme
  const server = createDefaultContext({ purpose: Purpose.CLIENT_AUTH });
  server.loadCertChain({ cert: chainPem, key: privateKeyPem }); // or two file names, or PKCS#12 with its password
  server.minimumVersion = TLSVersion.TLSv1_3;
  server.setAlpnProtocols(['h2', 'http/1.1']);

  const client = createDefaultContext({ cadata: authorityPem }); // without cadata: what the system trusts
  client.setAlpnProtocols(['h2']);
  // #endregion
  return { server, client };
}
