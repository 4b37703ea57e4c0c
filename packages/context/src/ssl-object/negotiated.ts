import type { Bytes } from '@sslkit/errors';
import type { NativeObject } from '../addon.ts';
import { type ChannelBindingOptions, exportKeyingMaterial, getChannelBinding } from './channel-binding.ts';
import { nameGroup, nameSignature } from './tls-names.ts';

/** What a connection can be asked about itself: the outcome of its handshake and the state of its queues. */
export abstract class Negotiated {
  readonly #native: NativeObject;
  readonly #serverSide: boolean;

  /** @internal */
  constructor(native: NativeObject, serverSide: boolean) {
    this.#native = native;
    this.#serverSide = serverSide;
  }

  /** Python: `server_side`. */
  get serverSide(): boolean {
    return this.#serverSide;
  }

  /** Such as `TLSv1.3`; null until the handshake is done. Python: `version`. */
  version(): string | null {
    return this.#native.version();
  }

  /** `[name, protocol that defines it, secret bits]`, or null. Python: `cipher`. */
  cipher(): [name: string, protocol: string, bits: number] | null {
    return this.#native.cipher();
  }

  /** On a server, its own suites that the client offered, in its own order; null on a client. Python: `shared_ciphers`. */
  sharedCiphers(): [name: string, protocol: string, bits: number][] | null {
    return this.#native.sharedCiphers();
  }

  /** Null: Node's OpenSSL compresses nothing. Python: `compression`. */
  compression(): string | null {
    return this.#native.compression();
  }

  /** The protocol chosen by RFC 7301, or null. Python: `selected_alpn_protocol`. */
  selectedAlpnProtocol(): string | null {
    return this.#native.selectedAlpn()?.toString('utf8') ?? null;
  }

  /** Null: NPN is gone from OpenSSL. Python: `selected_npn_protocol`. @deprecated Use ALPN. */
  selectedNpnProtocol(): null {
    return null;
  }

  /** DER from the peer's certificate to the root, as verified; empty after a resumption. Python ≥ 3.13: `get_verified_chain`. */
  getVerifiedChain(): Buffer[] {
    return this.#native.verifiedChain();
  }

  /** DER as the peer sent it, its own certificate first; empty after a resumption. Python ≥ 3.13: `get_unverified_chain`. */
  getUnverifiedChain(): Buffer[] {
    // A session that was kept in memory remembers the chain, one that went through bytes does not.
    return this.#native.sessionReused() ? [] : this.#native.unverifiedChain();
  }

  /** Whether the handshake resumed a session. Python: `session_reused`. */
  get sessionReused(): boolean {
    return this.#native.sessionReused();
  }

  /** The number of decrypted bytes that a read gives without more TLS bytes. Python: `pending`. */
  pending(): number {
    return this.#native.pending();
  }

  /** Bit 0: our `close_notify` was sent; bit 1: the peer's was received. SSL_get_shutdown(3). */
  get shutdownState(): number {
    return this.#native.shutdownState();
  }

  /**
   * Derives bytes that both ends of this connection, and nobody else, can know: RFC 5705, RFC 8446 §7.5.
   *
   * @param length - in bytes. @param label - agreed on by the two protocols, such as `EXPORTER-…`.
   * @param context - further agreed bytes; before TLS 1.3, none is not the same as zero bytes.
   * @throws RangeError `ERR_INVALID_ARG_VALUE` - the handshake is not done.
   */
  exportKeyingMaterial(length: number, label: string, context?: Bytes | null): Buffer {
    return exportKeyingMaterial(this.#native, length, label, context);
  }

  /** The group of the key agreement by its name in TLS, such as `x25519`, or null. Python ≥ 3.15: `group`. */
  group(): string | null {
    const group = this.#native.group();
    return Array.isArray(group) ? nameGroup(group[0]) : group;
  }

  /**
   * Bytes that tie another protocol to this connection; null before the handshake. Python: `get_channel_binding`.
   *
   * @param type - `tls-unique` (TLS 1.2 and below), `tls-server-end-point`, or `tls-exporter` (RFC 5929, RFC 9266).
   * @throws SSLError `ERR_SSL_CHANNEL_BINDING_UNDEFINED` - the kind means nothing on this connection.
   *
   * @throws RangeError `ERR_INVALID_ARG_VALUE` - an unknown kind.
   */
  getChannelBinding(type = 'tls-unique', options: ChannelBindingOptions = {}): Buffer | null {
    return getChannelBinding(this.#native, this.#serverSide, type, options);
  }

  /** The algorithm of the server's signature by its name in TLS, such as `ed25519`, or null. Python ≥ 3.15: `server_sigalg`. */
  serverSigalg(): string | null {
    return this.#signatureAlgorithm(!this.#serverSide);
  }

  /** The same of the client's, null where it showed no certificate. Python ≥ 3.15: `client_sigalg`. */
  clientSigalg(): string | null {
    return this.#signatureAlgorithm(this.#serverSide);
  }

  #signatureAlgorithm(peer: boolean): string | null {
    const algorithm = this.#native.signatureAlgorithm(peer);
    return Array.isArray(algorithm) ? nameSignature(...algorithm) : algorithm;
  }
}
