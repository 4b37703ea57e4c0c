import { type SSLContext, VerifyFlags } from '@sslkit/socket';
import { inspectConnections } from './inspected-socket.ts';
import { applySettings, type ConnectionSettings } from './settings.ts';
import { createTrustingContext, loadRevocationLists, type TrustOptions } from './trust.ts';

/** What the options of a verb say about its connections. */
export interface ClientOptions extends TrustOptions, ConnectionSettings {
  readonly strict: boolean;
  readonly crl?: readonly string[];
}

/**
 * Makes the context of a client that verifies, offers and shows what the options say.
 *
 * @param revocationLists - DER; without any, revocation is not looked at.
 * @throws Failure with the exit code for usage or for input.
 */
export function createClientContext(options: ClientOptions, revocationLists: readonly Uint8Array[]): SSLContext {
  const context = createTrustingContext(options);
  inspectConnections(context, options.cert !== undefined);
  if (!options.strict) context.verifyFlags &= ~VerifyFlags.VERIFY_X509_STRICT;
  if (revocationLists.length > 0) {
    loadRevocationLists(context, revocationLists);
    context.verifyFlags |= VerifyFlags.VERIFY_CRL_CHECK_LEAF;
  }
  applySettings(context, options);
  return context;
}
