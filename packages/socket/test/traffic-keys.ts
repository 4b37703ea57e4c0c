import { createCipheriv, createHmac } from 'node:crypto';

const HASH = 'sha256';
const KEY_LENGTH = 16; // bytes, AES-128
const IV_LENGTH = 12; // bytes, of every AEAD of TLS 1.3
const HANDSHAKE = 22;
/** A KeyUpdate that asks the peer for one of its own: RFC 8446 §4.6.3. */
const UPDATE_REQUESTED = Buffer.from([24, 0, 0, 1, 1]);

/** The keys of one direction of a connection with TLS_AES_128_GCM_SHA256, held by somebody who is no TLS library. */
export class TrafficKeys {
  #secret: Buffer;
  #sequence = 0;

  /** @param secret - as the key log has it. */
  constructor(secret: Buffer) {
    this.#secret = secret;
  }

  /** A record that asks for new keys of the peer; own new keys are in use after it. */
  requestUpdate(): Buffer {
    const record = this.seal(UPDATE_REQUESTED, HANDSHAKE);
    // RFC 8446 §7.2
    this.#secret = expandLabel(this.#secret, 'traffic upd', 32);
    this.#sequence = 0;
    return record;
  }

  /** A protected record: RFC 8446 §5.2. */
  seal(content: Uint8Array, type: number): Buffer {
    const inner = Buffer.concat([content, Uint8Array.of(type)]);
    const header = Buffer.from([23, 3, 3, 0, 0]);
    header.writeUInt16BE(inner.length + 16, 3);
    const cipher = createCipheriv('aes-128-gcm', expandLabel(this.#secret, 'key', KEY_LENGTH), this.#nonce());
    cipher.setAAD(header);
    this.#sequence++;
    return Buffer.concat([header, cipher.update(inner), cipher.final(), cipher.getAuthTag()]);
  }

  #nonce(): Buffer {
    const nonce = expandLabel(this.#secret, 'iv', IV_LENGTH);
    // RFC 8446 §5.3; no record here has a number that needs more.
    nonce.writeUInt8(nonce.readUInt8(IV_LENGTH - 1) ^ this.#sequence, IV_LENGTH - 1);
    return nonce;
  }
}

/** HKDF-Expand-Label without a context, RFC 8446 §7.1, for no more than one block. */
function expandLabel(secret: Buffer, label: string, length: number): Buffer {
  const name = Buffer.from(`tls13 ${label}`);
  const info = Buffer.concat([Uint8Array.of(0, length, name.length), name, Uint8Array.of(0, 1)]);
  return createHmac(HASH, secret).update(info).digest().subarray(0, length);
}
