import { CHANNEL_BINDING_TYPES, type SSLObject } from '@sslkit/context';
import { invalidArgumentValue } from '@sslkit/errors';
import { systemError } from './system-error.ts';

/**
 * What can be asked of a connection at any time: everything that `SSLObject` answers. Without TLS on it (not connected
 * yet, or unwrapped, or closed) the answers are Python's: null, 0, or an error where Python has one.
 */
export abstract class ConnectionFacts {
  /** The engine while TLS is on, else null. */
  protected abstract readonly engine: SSLObject | null;
  /** False only for a socket that has never been connected. */
  protected abstract readonly wasConnected: boolean;

  /** `'TLSv1.3'`, `'TLSv1.2'`, …; null before the handshake is done. Python: `version`. */
  version(): ReturnType<SSLObject['version']> {
    return this.engine?.version() ?? null;
  }

  /** `[name, protocol that defines it, secret bits]`, or null. Python: `cipher`. */
  cipher(): ReturnType<SSLObject['cipher']> {
    return this.engine?.cipher() ?? null;
  }

  /** On a server, the cipher suites that both sides have; null on a client. Python: `shared_ciphers`. */
  sharedCiphers(): ReturnType<SSLObject['sharedCiphers']> {
    return this.engine?.sharedCiphers() ?? null;
  }

  /** The name of the compression, which is null with every OpenSSL of today. Python: `compression`. */
  compression(): ReturnType<SSLObject['compression']> {
    return this.engine?.compression() ?? null;
  }

  /** Decrypted bytes of the current record that the next read gives without asking the peer. Python: `pending`. */
  pending(): number {
    return this.engine?.pending() ?? 0;
  }

  /** The protocol that ALPN (RFC 7301) chose, or null. Python: `selected_alpn_protocol`. */
  selectedAlpnProtocol(): string | null {
    return this.engine?.selectedAlpnProtocol() ?? null;
  }

  /**
   * Always null: ALPN has replaced NPN. Python: `selected_npn_protocol`.
   *
   * @deprecated Use {@link selectedAlpnProtocol}.
   */
  selectedNpnProtocol(): null {
    return null;
  }

  /**
   * The peer's certificate: as a dictionary, `{}` where it was not verified, null where there is none; DER bytes with
   * `{binaryForm: true}`. Python: `getpeercert`.
   *
   * @throws SystemError `ENOTCONN` on a socket that has never been connected.
   * @throws RangeError `ERR_INVALID_ARG_VALUE` before the handshake is done, or without TLS.
   */
  getPeerCert(options: { binaryForm: true }): Buffer | null;
  getPeerCert(options?: { binaryForm?: false }): Exclude<ReturnType<SSLObject['getPeerCert']>, Uint8Array>;
  getPeerCert(options?: { binaryForm?: boolean }): unknown {
    if (!this.wasConnected) throw systemError('ENOTCONN', 'getpeername');
    const { binaryForm = false } = options ?? {};
    const engine = this.#requireEngine();
    return binaryForm ? engine.getPeerCert({ binaryForm: true }) : engine.getPeerCert();
  }

  /**
   * Bytes that only the two ends of this connection know. Python: `get_channel_binding`.
   *
   * @throws RangeError `ERR_INVALID_ARG_VALUE` for a type that does not exist.
   */
  getChannelBinding(...type: Parameters<SSLObject['getChannelBinding']>): ReturnType<SSLObject['getChannelBinding']> {
    if (this.engine !== null) return this.engine.getChannelBinding(...type);
    const [kind = 'tls-unique'] = type;
    if (CHANNEL_BINDING_TYPES.includes(kind)) return null;
    throw invalidArgumentValue(`'${kind}' channel binding type not implemented`);
  }

  /**
   * The chain as it was verified, DER, the peer's own certificate first; empty where there is none, as after resuming.
   * Python ≥ 3.13: `get_verified_chain`.
   */
  getVerifiedChain(): Buffer[] {
    return this.engine?.getVerifiedChain() ?? [];
  }

  /** The certificates that the peer sent, DER, its own first. Python ≥ 3.13: `get_unverified_chain`. */
  getUnverifiedChain(): Buffer[] {
    return this.engine?.getUnverifiedChain() ?? [];
  }

  /**
   * Key material that only the two ends can derive: RFC 8446 §7.5, RFC 5705.
   *
   * @throws RangeError `ERR_INVALID_ARG_VALUE` without TLS.
   */
  exportKeyingMaterial(...request: Parameters<SSLObject['exportKeyingMaterial']>): Buffer {
    return this.#requireEngine().exportKeyingMaterial(...request);
  }

  /** The group of the key agreement, or null. Python ≥ 3.15: `group`. */
  group(): string | null {
    return this.engine?.group() ?? null;
  }

  /** The algorithm of the server's signature, or null. Python ≥ 3.15: `server_sigalg`. */
  serverSigalg(): string | null {
    return this.engine?.serverSigalg() ?? null;
  }

  /** The algorithm of the client's signature, or null. Python ≥ 3.15: `client_sigalg`. */
  clientSigalg(): string | null {
    return this.engine?.clientSigalg() ?? null;
  }

  /**
   * On a server with TLS 1.3, asks the client for its certificate: the request goes out with the next write, the answer
   * is read with the next read. Python: `verify_client_post_handshake`.
   *
   * @throws RangeError `ERR_INVALID_ARG_VALUE` without TLS.
   */
  verifyClientPostHandshake(): void {
    this.#requireEngine().verifyClientPostHandshake();
  }

  #requireEngine(): SSLObject {
    const { engine } = this;
    if (engine === null) throw invalidArgumentValue('No SSL wrapper around this socket');
    return engine;
  }
}
