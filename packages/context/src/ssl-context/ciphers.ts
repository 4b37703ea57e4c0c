import { invalidArgumentType, SSLError } from '@sslkit/errors';
import type { NativeCipher, NativeContext } from '../addon.ts';
import { configurationError } from '../openssl-error.ts';

/** Python's choice (≥ 3.10): forward secrecy, AEAD or SHA-2, no anonymous peers, 112 bits of security at least. */
const DEFAULT_CIPHERS = '@SECLEVEL=2:ECDH+AESGCM:ECDH+CHACHA20:ECDH+AES:DHE+AES:!aNULL:!eNULL:!aDSS:!SHA1:!AESCCM';

/** One suite. `id` is OpenSSL's: 0x03000000 and the code point. The long names are such as `aes-256-gcm`, `kx-ecdhe`. */
export type CipherDescription = NativeCipher;

export function setDefaultCiphers(context: NativeContext): void {
  setCiphers(context, DEFAULT_CIPHERS);
}

/** Implements `SSLContext.setCiphers`. */
export function setCiphers(context: NativeContext, ciphers: unknown): void {
  if (typeof ciphers !== 'string') throw invalidArgumentType('ciphers', 'a string', ciphers);
  const failure = context.setCiphers(ciphers);
  if (failure === undefined) return;
  throw new SSLError('No cipher can be selected.', {
    code: 'ERR_SSL_NO_CIPHER_MATCH',
    queue: configurationError(failure).queue,
  });
}

/** Implements `SSLContext.setCiphersuites`. */
export function setCiphersuites(context: NativeContext, ciphersuites: unknown): void {
  if (typeof ciphersuites !== 'string') throw invalidArgumentType('ciphersuites', 'a string', ciphersuites);
  const failure = context.setCiphersuites(ciphersuites);
  if (failure === undefined) return;
  throw new SSLError('No cipher suite can be selected.', {
    code: 'ERR_SSL_NO_CIPHER_MATCH',
    queue: configurationError(failure).queue,
  });
}
