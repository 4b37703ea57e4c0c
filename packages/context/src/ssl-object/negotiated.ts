import type { Bytes } from '@sslkit/errors';
import type { NativeObject } from '../addon.ts';
import { exportKeyingMaterial } from './channel-binding.ts';
import { nameGroup } from './tls-names.ts';

/** What a connection can be asked about itself: the outcome of its handshake and the state of its queues. */
export abstract class Negotiated {
  readonly #native: NativeObject;

  /** @internal */
  constructor(native: NativeObject) {
    this.#native = native;
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
}
