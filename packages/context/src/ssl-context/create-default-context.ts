import { invalidArgumentType, invalidArgumentValue } from '@sslkit/errors';
import { SSLMethod } from '../enums/protocol.ts';
import { Purpose } from '../enums/purpose.ts';
import { VerifyFlags } from '../enums/verify-flags.ts';
import { VerifyMode } from '../enums/verify-mode.ts';
import type { FilePath } from './credentials.ts';
import { SSLContext } from './ssl-context.ts';
import type { VerifyLocations } from './verify-locations.ts';

/** What {@link createDefaultContext} takes beside certificates to trust. */
export interface DefaultContextOptions extends VerifyLocations {
  /** Default: `Purpose.SERVER_AUTH`, a client's context. */
  purpose?: Purpose | undefined;
}

/**
 * Makes a context with safe settings: a client's by default, which verifies certificates strictly and checks host names.
 *
 * It trusts what `cafile`, `capath` or `cadata` name, and what the system trusts where none is given. A server's context
 * (`Purpose.CLIENT_AUTH`) asks clients for no certificate and trusts nobody unless given. The environment variable
 * `SSLKEYLOGFILE`, where set, becomes `keylogFilename`.
 *
 * Python: `ssl.create_default_context`, with the flags of Python ≥ 3.13.
 *
 * @throws TypeError `ERR_INVALID_ARG_TYPE` - `purpose` is no Purpose.
 */
export function createDefaultContext(options: DefaultContextOptions = {}): SSLContext {
  return configureDefaultContext(SSLContext, options);
}

/** {@link createDefaultContext} for an heir of `SSLContext`: the layers above give contexts of their own class. */
export function configureDefaultContext<Context extends SSLContext>(
  contextClass: new (protocol: SSLMethod) => Context,
  options: DefaultContextOptions = {},
): Context {
  const { purpose = Purpose.SERVER_AUTH, cafile, capath, cadata } = options;
  if (typeof purpose?.oid !== 'string') throw invalidArgumentType('purpose', 'a Purpose', purpose);
  const context = new contextClass(chooseProtocol(purpose));
  context.verifyFlags |= VerifyFlags.VERIFY_X509_PARTIAL_CHAIN | VerifyFlags.VERIFY_X509_STRICT;
  if (cafile || capath || cadata) context.loadVerifyLocations({ cafile, capath, cadata });
  else if (purpose.oid === Purpose.SERVER_AUTH.oid) context.loadDefaultCerts(purpose);
  logKeysFromEnvironment(context);
  return context;
}

/** What {@link createUnverifiedContext} takes; the names are Python's. */
export interface UnverifiedContextOptions extends VerifyLocations {
  purpose?: Purpose | undefined;
  /** Default: `CERT_NONE`. */
  certReqs?: VerifyMode | undefined;
  /** Default: false. */
  checkHostname?: boolean | undefined;
  certfile?: FilePath | null | undefined;
  /** Needs `certfile`. */
  keyfile?: FilePath | null | undefined;
}

/**
 * Makes a context that verifies nothing unless told to: for tests, and for peers known by other means.
 *
 * Python: `ssl._create_unverified_context`, of which `ssl._create_stdlib_context` is an alias.
 *
 * @throws RangeError `ERR_INVALID_ARG_VALUE` - `keyfile` without `certfile`.
 */
export function createUnverifiedContext(options: UnverifiedContextOptions = {}): SSLContext {
  const { purpose = Purpose.SERVER_AUTH, cafile, capath, cadata, certfile, keyfile } = options;
  if (typeof purpose?.oid !== 'string') throw invalidArgumentType('purpose', 'a Purpose', purpose);
  const context = new SSLContext(chooseProtocol(purpose));
  context.checkHostname = false;
  if (options.certReqs !== undefined) context.verifyMode = options.certReqs;
  else context.verifyMode = VerifyMode.CERT_NONE;
  if (options.checkHostname === true) context.checkHostname = true;
  if (keyfile && !certfile) throw invalidArgumentValue('certfile must be specified');
  if (certfile) context.loadCertChain(certfile, keyfile ?? null);
  if (cafile || capath || cadata) context.loadVerifyLocations({ cafile, capath, cadata });
  else if (context.verifyMode !== VerifyMode.CERT_NONE) context.loadDefaultCerts(purpose);
  logKeysFromEnvironment(context);
  return context;
}

/** Sets `keylogFilename` from `SSLKEYLOGFILE`, where that is set and not empty. */
function logKeysFromEnvironment(context: SSLContext): void {
  const path = process.env['SSLKEYLOGFILE'];
  if (path) context.keylogFilename = path;
}

function chooseProtocol(purpose: Purpose): SSLMethod {
  if (purpose.oid === Purpose.SERVER_AUTH.oid) return SSLMethod.PROTOCOL_TLS_CLIENT;
  if (purpose.oid === Purpose.CLIENT_AUTH.oid) return SSLMethod.PROTOCOL_TLS_SERVER;
  throw invalidArgumentValue('purpose must be Purpose.SERVER_AUTH or Purpose.CLIENT_AUTH');
}
