import { PROTOCOL_TLS, type SSLMethod, VerifyMode } from '@sslkit/context';
import { invalidArgumentValue } from '@sslkit/errors';
import { SSLContext } from './ssl-context.ts';
import type { SSLSocket } from './ssl-socket.ts';
import type { LowerOf, Wrappable, WrapSocketOptions } from './wrap-socket.ts';

/** Options of the module's {@link wrapSocket}. */
export interface ModuleWrapSocketOptions
  extends Pick<
    WrapSocketOptions,
    'serverSide' | 'doHandshakeOnConnect' | 'suppressRaggedEofs' | 'timeout' | 'handshakeTimeout' | 'signal'
  > {
  keyfile?: string | null | undefined;
  certfile?: string | null | undefined;
  /** Default: `CERT_NONE`. */
  certReqs?: VerifyMode | undefined;
  /** Default: `PROTOCOL_TLS`. */
  sslVersion?: SSLMethod | undefined;
  caCerts?: string | null | undefined;
  ciphers?: string | null | undefined;
}

/**
 * Puts TLS on a socket with a context of its own, which asks for no server name and checks none.
 *
 * Python: `ssl.wrap_socket`, removed in 3.12.
 *
 * @deprecated It verifies nothing unless told to, and never a host name: use `createDefaultContext` and its
 * `wrapSocket`.
 * @throws RangeError `ERR_INVALID_ARG_VALUE` for a server without a certificate and for a key without one.
 */
export async function wrapSocket<T extends Wrappable>(
  socket: T,
  options: ModuleWrapSocketOptions = {},
): Promise<SSLSocket<LowerOf<T>>> {
  const { keyfile, certfile, certReqs = VerifyMode.CERT_NONE, sslVersion = PROTOCOL_TLS, caCerts, ciphers } = options;
  if (options.serverSide && !certfile)
    throw invalidArgumentValue('certfile must be specified for server-side operations');
  if (keyfile && !certfile) throw invalidArgumentValue('certfile must be specified');
  const context = new SSLContext(sslVersion);
  context.verifyMode = certReqs;
  if (caCerts) context.loadVerifyLocations({ cafile: caCerts });
  if (certfile) context.loadCertChain(certfile, keyfile ?? null);
  if (ciphers) context.setCiphers(ciphers);
  const { serverSide, doHandshakeOnConnect, suppressRaggedEofs, timeout, handshakeTimeout, signal } = options;
  return context.wrapSocket(socket, {
    serverSide,
    doHandshakeOnConnect,
    suppressRaggedEofs,
    timeout,
    handshakeTimeout,
    signal,
  });
}
