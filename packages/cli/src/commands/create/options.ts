import type { PasswordOptions } from '../../password.ts';

/** The options of `sslkit create`. */
export interface CreateOptions extends PasswordOptions {
  readonly ca?: string;
  readonly caKey?: string;
  readonly csr?: string;
  readonly key?: string;
  readonly keyType?: string;
  readonly subject?: string;
  readonly days?: number;
  readonly revoke?: readonly string[];
  readonly reason?: string;
  readonly out?: string;
  readonly force?: boolean;
  readonly encryptWith?: string;
  readonly json?: boolean;
}

export const KINDS = ['ca', 'intermediate', 'server', 'client', 'selfsigned', 'csr', 'crl'] as const;

/** What can be created. */
export type Kind = (typeof KINDS)[number];
