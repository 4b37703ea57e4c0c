import { PROTOCOL_TLS_CLIENT, type SSLMethod, VerifyMode } from '@sslkit/context';
import { invalidState } from '@sslkit/errors';
import { derCertToPemCert } from '@sslkit/x509';
import { type ConnectionOptions, createConnection } from './connect.ts';
import { type AddressLike, parseAddress } from './socket-address.ts';
import { SSLContext } from './ssl-context.ts';

/** Options of {@link getServerCertificate}. */
export interface ServerCertificateOptions extends Omit<ConnectionOptions, 'sourceAddress'> {
  /** Default: `PROTOCOL_TLS_CLIENT`. */
  sslVersion?: SSLMethod | undefined;
  /** A PEM file of certificates to verify the server's chain against. Default: null, nothing is verified. */
  caCerts?: string | null | undefined;
}

/**
 * Connects to a server and resolves to its certificate as PEM. The name in it is not checked.
 *
 * Python: `ssl.get_server_certificate`.
 *
 * @throws SSLCertVerificationError when `caCerts` is given and the chain does not lead there.
 * @throws SystemError when there is no connection, TimeoutError when it takes longer than `timeout`.
 */
export async function getServerCertificate(
  address: AddressLike,
  options: ServerCertificateOptions = {},
): Promise<string> {
  const { sslVersion = PROTOCOL_TLS_CLIENT, caCerts = null, timeout = null, signal } = options;
  const target = parseAddress(address);
  const context = new SSLContext(sslVersion);
  context.checkHostname = false;
  context.verifyMode = caCerts === null ? VerifyMode.CERT_NONE : VerifyMode.CERT_REQUIRED;
  if (caCerts !== null) context.loadVerifyLocations({ cafile: caCerts });
  const socket = await createConnection(address, { timeout, signal });
  const serverHostname = 'host' in target ? target.host : null;
  const connection = await context.wrapSocket(socket, { serverHostname, timeout: timeout || null, signal });
  try {
    const certificate = connection.getPeerCert({ binaryForm: true });
    if (certificate === null) throw invalidState('The server has shown no certificate');
    return derCertToPemCert(certificate);
  } finally {
    await connection.close({ notify: true });
  }
}
