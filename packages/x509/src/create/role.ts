import { invalidArgumentValue } from '@sslkit/errors';
import type { ExtendedKeyUsageInput, KeyUsageInput } from './extensions.ts';

/**
 * What a certificate is for:
 *
 * - `server`, `client`: one end of TLS; `peer`: either
 * - `authority`, `intermediate`: signs certificates and CRLs
 * - `email`, `codeSigning`, `timeStamping`, `ocspSigning`: as their extended key usage says
 */
export type CertificateRole =
  | 'server'
  | 'client'
  | 'peer'
  | 'authority'
  | 'intermediate'
  | 'email'
  | 'codeSigning'
  | 'timeStamping'
  | 'ocspSigning';

/** What a role means in extensions. */
export interface RolePurpose {
  readonly isAuthority: boolean;
  readonly keyUsage: readonly KeyUsageInput[];
  readonly extendedKeyUsage: readonly ExtendedKeyUsageInput[];
}

const EXTENDED: Readonly<Record<CertificateRole, readonly ExtendedKeyUsageInput[]>> = {
  server: ['serverAuth'],
  client: ['clientAuth'],
  peer: ['serverAuth', 'clientAuth'],
  authority: [],
  intermediate: [],
  email: ['emailProtection'],
  codeSigning: ['codeSigning'],
  timeStamping: ['timeStamping'],
  ocspSigning: ['OCSPSigning'],
};

// Whoever is sent something encrypted: with RSA key exchange a TLS server, with S/MIME a mailbox.
const DECRYPTING: readonly CertificateRole[] = ['server', 'peer', 'email'];

/**
 * Looks up a role.
 *
 * @throws RangeError `ERR_INVALID_ARG_VALUE` for an unknown one.
 */
export function rolePurpose(role: CertificateRole, isRsa: boolean): RolePurpose {
  if (!Object.hasOwn(EXTENDED, role)) {
    throw invalidArgumentValue(`role must be one of ${Object.keys(EXTENDED).join(', ')}, got ${JSON.stringify(role)}`);
  }
  const isAuthority = role === 'authority' || role === 'intermediate';
  const leafUsage: KeyUsageInput[] = ['digitalSignature'];
  // RFC 8422 §5.5 and RFC 8410 §5 leave keyEncipherment to keys that can encrypt.
  if (isRsa && DECRYPTING.includes(role)) leafUsage.push('keyEncipherment');
  return {
    isAuthority,
    keyUsage: isAuthority ? ['keyCertSign', 'cRLSign'] : leafUsage,
    extendedKeyUsage: EXTENDED[role],
  };
}
