import type { MemoryBIO } from '@sslkit/bio';
import { invalidArgumentType, invalidArgumentValue, notImplemented } from '@sslkit/errors';
import { type CertificateDictionary, decodeCertificate } from '@sslkit/x509';
import { addon, type NativeContext } from '../addon.ts';
import { SSLMethod } from '../enums/protocol.ts';
import type { Purpose } from '../enums/purpose.ts';
import { Purpose as Purposes } from '../enums/purpose.ts';
import type { TLSVersion } from '../enums/tls-version.ts';
import { VerifyFlags } from '../enums/verify-flags.ts';
import { VerifyMode } from '../enums/verify-mode.ts';
import { throwIfFailed } from '../openssl-error.ts';
import { SSLObject, type WrapOptions } from '../ssl-object/ssl-object.ts';
import { encodeAlpn } from './alpn.ts';
import { type CipherDescription, setCiphers, setCiphersuites, setDefaultCiphers } from './ciphers.ts';
import {
  type Credentials,
  type FilePath,
  loadCertificateFiles,
  loadCredentials,
  type Password,
} from './credentials.ts';
import {
  type AlpnCallback,
  type ClientCertificateCallback,
  checkCallback,
  type DecisionCallbacks,
  type VerifyCallback,
} from './decision-callbacks.ts';
import { loadDefaultCertificates } from './default-certificates.ts';
import { getGroups, loadDhParameters, setEcdhCurve, setGroups, setSignatureAlgorithms } from './groups.ts';
import { checkOptions, DEFAULT_OPTIONS } from './options.ts';
import {
  checkPskClientCallback,
  checkPskServerCallback,
  type PskCallbacks,
  type PskClientCallback,
  type PskServerCallback,
} from './pre-shared-key.ts';
import { getVersion, limitVersions, setVersion } from './protocol-versions.ts';
import { checkServerNameCallback, decodeServerNameFor, type ServerNameCallback } from './server-name.ts';
import { readSessionStats, type SessionStats, setNumTickets } from './sessions.ts';
import { type MessageCallback, Tracing } from './tracing.ts';
import { checkVerificationTime, checkVerifyMode, toHostFlags, toVerifyBits } from './verification.ts';
import { loadVerifyLocations, type VerifyLocations } from './verify-locations.ts';

/** What `certStoreStats` counts. Python's keys are `x509`, `crl`, `x509_ca`. */
export interface CertStoreStats {
  readonly x509: number;
  readonly crl: number;
  /** Those of `x509` that may act as a CA. */
  readonly x509Ca: number;
}

/** The add-on's half of a context, for the other classes of this package; not part of its public surface. */
export let nativeOf: (context: SSLContext) => NativeContext;
export let tracingOf: (context: SSLContext) => Tracing;
export let callbacksOf: (context: SSLContext) => DecisionCallbacks;
export let pskCallbacksOf: (context: SSLContext) => PskCallbacks;

/**
 * The configuration that connections share: certificates, what is trusted, versions, suites.
 *
 * A change affects connections made afterwards. A client's context verifies certificates and host names from the start,
 * but trusts nobody until it is told whom; `createDefaultContext` does that too.
 *
 * Python: `ssl.SSLContext`.
 *
 * @example
 * ```ts
 * const context = new SSLContext(PROTOCOL_TLS_SERVER);
 * context.loadCertChain('server.pem', 'server.key');
 * ```
 */
export class SSLContext {
  readonly #native: NativeContext;
  readonly #protocol: SSLMethod;
  readonly #tracing: Tracing;
  readonly #pskCallbacks: PskCallbacks = { client: null, server: null, identityHint: null };
  #verifyMode: VerifyMode = VerifyMode.CERT_NONE;
  #checkHostname = false;
  #checksCommonName = true;
  #postHandshakeAuth = false;
  readonly #callbacks: DecisionCallbacks = { serverName: null, alpn: null, clientCertificate: null, verify: null };
  #sslobjectClass: typeof SSLObject = SSLObject;

  static {
    nativeOf = (context) => context.#native;
    tracingOf = (context) => context.#tracing;
    callbacksOf = (context) => context.#callbacks;
    pskCallbacksOf = (context) => context.#pskCallbacks;
  }

  /**
   * @param protocol - a `PROTOCOL_*` constant; give the role. Default: `PROTOCOL_TLS`, which verifies nothing.
   * @throws RangeError `ERR_INVALID_ARG_VALUE` - OpenSSL has no such protocol.
   */
  constructor(protocol: SSLMethod = SSLMethod.PROTOCOL_TLS) {
    if (typeof protocol !== 'number' || !Number.isInteger(protocol)) {
      throw invalidArgumentType('protocol', 'a PROTOCOL_* constant', protocol);
    }
    if (SSLMethod[protocol] === undefined || protocol < SSLMethod.PROTOCOL_TLS) {
      throw invalidArgumentValue('invalid or unsupported protocol version');
    }
    const role = protocol === SSLMethod.PROTOCOL_TLS_CLIENT ? 1 : protocol === SSLMethod.PROTOCOL_TLS_SERVER ? 2 : 0;
    this.#native = new addon.SSLContext(role);
    this.#protocol = protocol;
    this.#tracing = new Tracing(this.#native);
    this.#native.setOptions(this.#native.getOptions() | DEFAULT_OPTIONS);
    this.#native.setVerifyFlags(this.#native.getVerifyFlags() | VerifyFlags.VERIFY_X509_TRUSTED_FIRST);
    this.#native.setHostFlags(toHostFlags(true));
    limitVersions(this.#native, protocol);
    setDefaultCiphers(this.#native);
    if (protocol === SSLMethod.PROTOCOL_TLS_CLIENT) this.checkHostname = true;
  }

  /** The constant that the context was made with. Python: `protocol`. */
  get protocol(): SSLMethod {
    return this.#protocol;
  }

  /**
   * Takes the certificate that the other side is shown, with its private key.
   *
   * From files in PEM, or from memory in PEM, DER or PKCS#12. Connections that exist keep what they had. One of each
   * kind of key (RSA, EC, …) may be loaded; the handshake picks. Python: `load_cert_chain`.
   *
   * @param certfile - a PEM file: the certificate, then those that lead to its root; or {@link Credentials}.
   * @param keyfile - default: the key is in `certfile`.
   * @param password - for an encrypted key.
   * @throws SSLError `ERR_SSL_PEM_LIB` - not PEM; `ERR_SSL_KEY_VALUES_MISMATCH` - the key belongs to another
   * certificate; `ERR_SSL_PASSWORD_REQUIRED` - the key is encrypted and no password was given.
   * @throws RangeError `ERR_INVALID_ARG_VALUE` - the password is longer than 1,024 bytes.
   * @throws Node's own error (`ENOENT`, …) where a file cannot be read.
   */
  loadCertChain(certfile: FilePath, keyfile?: FilePath | null, password?: Password | null): void;
  loadCertChain(credentials: Credentials): void;
  loadCertChain(source: FilePath | Credentials, keyfile?: FilePath | null, password?: Password | null): void {
    if (isCredentials(source)) loadCredentials(this.#native, source);
    else loadCertificateFiles(this.#native, source, keyfile, password);
  }

  /**
   * Trusts certificates, and takes revocation lists. Python: `load_verify_locations`.
   *
   * @throws TypeError `ERR_MISSING_ARGS` - nothing was given.
   * @throws SSLError where the data is no certificate; what came before it stays loaded.
   * @throws Node's own error (`ENOENT`, …) where `cafile` cannot be read. A `capath` that is missing is no error.
   */
  loadVerifyLocations(locations: VerifyLocations): void {
    loadVerifyLocations(this.#native, locations);
    if (this.#protocol !== SSLMethod.PROTOCOL_TLS_CLIENT) this.#native.setClientCaNames();
  }

  /**
   * Trusts what the system trusts: the paths of {@link getDefaultVerifyPaths} where they exist, else the system's
   * bundle or store. Finding none is no error. Python: `load_default_certs`.
   */
  loadDefaultCerts(purpose: Purpose = Purposes.SERVER_AUTH): void {
    if (typeof purpose?.oid !== 'string') throw invalidArgumentType('purpose', 'a Purpose', purpose);
    loadDefaultCertificates(this.#native, purpose);
  }

  /** Trusts what is at OpenSSL's own paths, and nothing else. Python: `set_default_verify_paths`. */
  setDefaultVerifyPaths(): void {
    throwIfFailed(this.#native.setDefaultVerifyPaths());
  }

  /** Counts what is trusted; certificates of a `capath` count once they were used. Python: `cert_store_stats`. */
  certStoreStats(): CertStoreStats {
    const [x509, crl, x509Ca] = this.#native.certStoreStats();
    return { x509, crl, x509Ca };
  }

  /** The trusted certificates that may act as a CA, as dictionaries or as DER. Python: `get_ca_certs`. */
  getCaCerts(options?: { binaryForm?: false | undefined }): CertificateDictionary[];
  getCaCerts(options: { binaryForm: true }): Buffer[];
  getCaCerts(options: { binaryForm?: boolean | undefined } = {}): CertificateDictionary[] | Buffer[] {
    const certificates = this.#native.getCaCerts();
    return options.binaryForm === true ? certificates : certificates.map((der) => decodeCertificate(der));
  }

  /** The enabled suites in order of preference, those of TLS 1.3 first. Python: `get_ciphers`. */
  getCiphers(): CipherDescription[] {
    return this.#native.getCiphers() as CipherDescription[];
  }

  /**
   * Chooses suites of TLS 1.2 and below by an OpenSSL cipher list (openssl-ciphers(1)). Python: `set_ciphers`.
   *
   * @throws SSLError `ERR_SSL_NO_CIPHER_MATCH` - the list selects nothing.
   */
  setCiphers(ciphers: string): void {
    setCiphers(this.#native, ciphers);
  }

  /**
   * Chooses suites of TLS 1.3, separated by colons. Python ≥ 3.15: `set_ciphersuites`.
   *
   * @throws SSLError `ERR_SSL_NO_CIPHER_MATCH` - the list selects nothing.
   */
  setCiphersuites(ciphersuites: string): void {
    setCiphersuites(this.#native, ciphersuites);
  }

  /**
   * Sets what a client offers and what a server picks the first common one from (RFC 7301). Without a common protocol
   * the handshake goes on and none is selected. Python: `set_alpn_protocols`.
   *
   * @throws SSLError `ERR_SSL_ALPN_LENGTH` - a name is empty or longer than 255 bytes.
   */
  setAlpnProtocols(protocols: readonly string[]): void {
    throwIfFailed(this.#native.setAlpnProtocols(encodeAlpn(protocols)));
  }

  /**
   * Refused: NPN is gone from OpenSSL. Python: `set_npn_protocols`.
   *
   * @deprecated Use {@link setAlpnProtocols}.
   * @throws Error `ERR_METHOD_NOT_IMPLEMENTED`, always.
   */
  setNpnProtocols(_protocols: readonly string[]): never {
    throw notImplemented('The NPN extension is gone from OpenSSL: use setAlpnProtocols');
  }

  /**
   * Takes parameters for DHE suites of TLS 1.2 and below, on a server. Python: `load_dh_params`.
   *
   * @param dhfile - a PEM file with a `DH PARAMETERS` block.
   * @throws SSLError `ERR_SSL_NO_START_LINE` - the file has none; Node's own error where it cannot be read.
   */
  loadDhParams(dhfile: FilePath): void {
    loadDhParameters(this.#native, dhfile);
  }

  /**
   * Uses one curve alone for key agreement, by OpenSSL's short name such as `prime256v1`. Python: `set_ecdh_curve`.
   *
   * @throws RangeError `ERR_INVALID_ARG_VALUE` - OpenSSL knows no such name; SSLError where it is no curve.
   */
  setEcdhCurve(name: string): void {
    setEcdhCurve(this.#native, name);
  }

  /**
   * Chooses groups for key agreement, separated by colons, the preferred first. Python ≥ 3.15: `set_groups`.
   *
   * @throws SSLError `ERR_SSL_UNRECOGNIZED_NAME_IN_LIST`
   */
  setGroups(groups: string): void {
    setGroups(this.#native, groups);
  }

  /**
   * The groups that this context can use. Python ≥ 3.15: `get_groups`.
   *
   * @param options - `includeAliases`: other names of the same groups too, such as `P-256`. Default: false.
   * @throws Error `ERR_FEATURE_UNAVAILABLE` - OpenSSL is older than 3.5.
   */
  getGroups(options: { includeAliases?: boolean | undefined } = {}): string[] {
    return getGroups(this.#native, options.includeAliases === true);
  }

  /**
   * Chooses signature algorithms for the server's certificate, in OpenSSL's list syntax. Python ≥ 3.15: `set_server_sigalgs`.
   *
   * @throws SSLError `ERR_SSL_UNRECOGNIZED_NAME_IN_LIST`
   */
  setServerSigalgs(sigalgs: string): void {
    setSignatureAlgorithms(this.#native, sigalgs, false);
  }

  /** The same for clients' certificates. Python ≥ 3.15: `set_client_sigalgs`. */
  setClientSigalgs(sigalgs: string): void {
    setSignatureAlgorithms(this.#native, sigalgs, true);
  }

  /** OpenSSL's security level, 0 to 5: what it refuses as too weak. Python: `security_level`. */
  get securityLevel(): number {
    return this.#native.getSecurityLevel();
  }

  /** How many TLS 1.3 tickets a server sends after a full handshake. Default: 2. Python: `num_tickets`. */
  get numTickets(): number {
    return this.#native.getNumTickets();
  }

  set numTickets(count: number) {
    setNumTickets(this.#native, this.#protocol, count);
  }

  /** Counts handshakes and cached sessions of this context. Python: `session_stats`. */
  sessionStats(): SessionStats {
    return readSessionStats(this.#native);
  }

  /**
   * Appends the secrets of all connections to a file in the NSS format, for Wireshark and its like; null for none. Who
   * reads the file can read the traffic: it is made with mode 0600. Python: `keylog_filename`.
   *
   * @throws Node's own error where the file cannot be opened.
   */
  get keylogFilename(): FilePath | null {
    return this.#tracing.keyLogName;
  }

  set keylogFilename(path: FilePath | null) {
    this.#tracing.logKeysTo(path);
  }

  /**
   * Is told of every TLS message but application data, on connections that have heard nothing of their peer when it is
   * set; null for none. What it throws is thrown by the call that it traced, once that has succeeded.
   * Python: `_msg_callback`.
   */
  get messageCallback(): MessageCallback | null {
    return this.#tracing.messageCallback;
  }

  set messageCallback(callback: MessageCallback | null) {
    this.#tracing.traceMessages(callback);
  }

  /** {@link messageCallback} under Python's name. */
  get _msgCallback(): MessageCallback | null {
    return this.messageCallback;
  }

  set _msgCallback(callback: MessageCallback | null) {
    this.messageCallback = callback;
  }

  /**
   * Sets where a client gets its pre-shared key from; null for nowhere. Python ≥ 3.13: `set_psk_client_callback`.
   *
   * The callback runs inside OpenSSL's handshake: the connection it is called for refuses every call meanwhile. In
   * TLS 1.3 a key is only offered: the server may answer with a certificate, so verify it.
   *
   * @throws SSLError `ERR_SSL_WRONG_ROLE` - on a server's context.
   */
  setPskClientCallback(callback: PskClientCallback | null): void {
    this.#pskCallbacks.client = checkPskClientCallback(this.#protocol, callback);
  }

  /**
   * Sets where a server gets a client's pre-shared key from; null for nowhere. Python ≥ 3.13: `set_psk_server_callback`.
   *
   * @param identityHint - sent to clients of TLS 1.2; 256 bytes at most.
   * @throws SSLError `ERR_SSL_WRONG_ROLE` - on a client's context.
   */
  setPskServerCallback(callback: PskServerCallback | null, identityHint: string | null = null): void {
    this.#pskCallbacks.server = checkPskServerCallback(this.#protocol, callback, identityHint);
    this.#pskCallbacks.identityHint = identityHint;
  }

  /** OpenSSL's `SSL_OP_*` bits; see {@link Options}. A `bigint`. Python: `options`. */
  get options(): bigint {
    return this.#native.getOptions();
  }

  set options(value: bigint) {
    this.#native.setOptions(checkOptions(value));
  }

  /** Default: TLS 1.2. Python: `minimum_version`. */
  get minimumVersion(): TLSVersion {
    return getVersion(this.#native, this.#protocol, false);
  }

  set minimumVersion(value: TLSVersion) {
    setVersion(this.#native, this.#protocol, false, value);
  }

  /** Default: no bound. Python: `maximum_version`. */
  get maximumVersion(): TLSVersion {
    return getVersion(this.#native, this.#protocol, true);
  }

  set maximumVersion(value: TLSVersion) {
    setVersion(this.#native, this.#protocol, true, value);
  }

  /** Whether the peer must show a certificate that verifies. Python: `verify_mode`. */
  get verifyMode(): VerifyMode {
    return this.#verifyMode;
  }

  set verifyMode(value: VerifyMode) {
    this.#verifyMode = checkVerifyMode(value, this.#checkHostname);
    this.#native.setVerifyMode(toVerifyBits(this.#verifyMode));
  }

  /**
   * Whether the certificate must be for the `serverHostname` of a connection. Setting it turns verification on where it
   * was off. Python: `check_hostname`.
   */
  get checkHostname(): boolean {
    return this.#checkHostname;
  }

  set checkHostname(value: boolean) {
    this.#checkHostname = Boolean(value);
    if (this.#checkHostname && this.#verifyMode === VerifyMode.CERT_NONE) this.verifyMode = VerifyMode.CERT_REQUIRED;
  }

  /** Whether the common name counts where a certificate has no DNS name. Default: true. Python: `hostname_checks_common_name`. */
  get hostnameChecksCommonName(): boolean {
    return this.#checksCommonName;
  }

  set hostnameChecksCommonName(value: boolean) {
    this.#checksCommonName = Boolean(value);
    this.#native.setHostFlags(toHostFlags(this.#checksCommonName));
  }

  /** OpenSSL's `X509_V_FLAG_*` bits; see {@link VerifyFlags}. Python: `verify_flags`. */
  get verifyFlags(): number {
    return this.#native.getVerifyFlags();
  }

  set verifyFlags(value: number) {
    if (typeof value !== 'number' || !Number.isInteger(value)) {
      throw invalidArgumentType('verifyFlags', 'an integer', value);
    }
    this.#native.setVerifyFlags(value);
  }

  /**
   * When certificates and revocation lists must be valid; null for the present, whenever that is. Whole seconds: what is
   * below is cut off. It stays as it is while {@link verifyFlags} change. Not in Python; X509_VERIFY_PARAM_set_time(3).
   *
   * @throws RangeError `ERR_INVALID_ARG_VALUE` - an invalid date; `ERR_OUT_OF_RANGE` - before the year 0 or after 9999,
   * which no certificate can name.
   */
  get verificationTime(): Date | null {
    const seconds = this.#native.getVerificationTime();
    return seconds === null ? null : new Date(seconds * 1000);
  }

  set verificationTime(value: Date | null) {
    this.#native.setVerificationTime(checkVerificationTime(value));
  }

  /** Whether TLS 1.3 clients offer, and servers wait for, a certificate after the handshake. Python: `post_handshake_auth`. */
  get postHandshakeAuth(): boolean {
    return this.#postHandshakeAuth;
  }

  set postHandshakeAuth(value: boolean) {
    this.#postHandshakeAuth = Boolean(value);
  }

  /**
   * Decides by the name that a client asks for; null for none. Servers only. Python: `sni_callback`.
   *
   * What it throws ends the handshake with an alert and is the `cause` of the error that the handshake throws.
   */
  get sniCallback(): ServerNameCallback | null {
    return this.#callbacks.serverName;
  }

  set sniCallback(callback: ServerNameCallback | null) {
    checkServerNameCallback(this.#protocol, callback);
    this.#callbacks.serverName = callback;
    this.#updatePauses();
  }

  /** Picks the protocol of each connection of a server; null for the first common one. Not in Python. */
  get alpnCallback(): AlpnCallback | null {
    return this.#callbacks.alpn;
  }

  set alpnCallback(callback: AlpnCallback | null) {
    checkCallback('alpnCallback', callback);
    this.#callbacks.alpn = callback;
    this.#updatePauses();
  }

  /** Chooses a client's certificate when a server asks; null for that of `loadCertChain`. Not in Python. */
  get clientCertificateCallback(): ClientCertificateCallback | null {
    return this.#callbacks.clientCertificate;
  }

  set clientCertificateCallback(callback: ClientCertificateCallback | null) {
    checkCallback('clientCertificateCallback', callback);
    this.#callbacks.clientCertificate = callback;
    this.#updatePauses();
  }

  /**
   * Has the last word on a server's certificate; null for OpenSSL. Only clients ask it, and only while `verifyMode` is
   * not `CERT_NONE`. Not in Python.
   */
  get verifyCallback(): VerifyCallback | null {
    return this.#callbacks.verify;
  }

  set verifyCallback(callback: VerifyCallback | null) {
    checkCallback('verifyCallback', callback);
    this.#callbacks.verify = callback;
    this.#updatePauses();
  }

  #updatePauses(): void {
    const { serverName, alpn, clientCertificate, verify } = this.#callbacks;
    this.#native.setPauses(serverName !== null || alpn !== null, clientCertificate !== null, verify !== null);
  }

  /**
   * Sets an {@link sniCallback} that is given the name decoded from IDNA, as Python's documentation says. Python:
   * `set_servername_callback`.
   *
   * @deprecated Use {@link sniCallback}.
   */
  setServernameCallback(callback: ServerNameCallback | null): void {
    if (callback === null) {
      this.sniCallback = null;
      return;
    }
    if (typeof callback !== 'function') throw invalidArgumentType('callback', 'a function or null', callback);
    this.sniCallback = decodeServerNameFor(callback);
  }

  /** The class that {@link wrapBio} makes: `SSLObject` or an heir of it. Python: `sslobject_class`. */
  get sslobjectClass(): typeof SSLObject {
    return this.#sslobjectClass;
  }

  set sslobjectClass(value: typeof SSLObject) {
    if (typeof value !== 'function' || (value !== SSLObject && !(value.prototype instanceof SSLObject))) {
      throw invalidArgumentType('sslobjectClass', 'SSLObject or an heir of it', value);
    }
    this.#sslobjectClass = value;
  }

  /**
   * Makes a connection over two queues of bytes: TLS bytes from the peer are written into `incoming`, those for the peer
   * are read from `outgoing`. Python: `wrap_bio`.
   *
   * @throws TypeError `ERR_INVALID_ARG_TYPE` - one is no `MemoryBIO`.
   * @throws SSLError `ERR_SSL_WRONG_ROLE` - a client's context and `serverSide`, or the other way round.
   */
  wrapBio(incoming: MemoryBIO, outgoing: MemoryBIO, options: WrapOptions = {}): SSLObject {
    return SSLObject.wrap(this.#sslobjectClass, this, options, { incoming, outgoing });
  }

  /**
   * Makes a connection over buffers of the caller's: `decrypt` takes TLS bytes in and gives plaintext out in one call,
   * `encrypt` the other way, neither allocates. The fastest way in; the same class as that of {@link wrapBio}.
   *
   * @throws SSLError `ERR_SSL_WRONG_ROLE` - a client's context and `serverSide`, or the other way round.
   */
  wrapBuffers(options: WrapOptions = {}): SSLObject {
    return SSLObject.wrap(this.#sslobjectClass, this, options, null);
  }
}

function isCredentials(source: FilePath | Credentials): source is Credentials {
  if (typeof source !== 'object' || source === null || source instanceof URL) return false;
  return 'cert' in source || 'key' in source || 'pfx' in source;
}
