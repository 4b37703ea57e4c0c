import type { MemoryBIO } from '@sslkit/bio';
import { loadAddon } from '@sslkit/bio/addon-loader';
import { place } from './native.ts';

/** One entry of OpenSSL's error queue with OpenSSL's own numbers. */
export interface NativeQueuedError {
  readonly number: number;
  readonly library: number;
  readonly reason: number;
  readonly text: string;
  readonly data: string;
}

/** What a failed configuration call returns; one that went well returns undefined. */
export type NativeFailure = readonly NativeQueuedError[];

/** What native/ssl-object/ssl-object.cc tells of the failure that it just reported. */
export interface NativeFailureRecord {
  readonly outcome: number;
  readonly systemError: number;
  readonly queue: NativeFailure;
  readonly alertSent: number;
  readonly alertReceived: number;
  readonly verifyResult: number;
  readonly verifyDepth: number;
  readonly verifyCertificate: Buffer | undefined;
  readonly verifyChain: readonly Buffer[];
  /** The first five bytes that the peer sent, where it sent any. */
  readonly firstBytes: Buffer;
}

/** One suite as OpenSSL describes it. */
export interface NativeCipher {
  readonly id: number;
  readonly name: string;
  readonly protocol: string;
  readonly description: string;
  readonly strengthBits: number;
  readonly algBits: number;
  readonly aead: boolean;
  readonly symmetric: string | null;
  readonly digest: string | null;
  readonly kea: string | null;
  readonly auth: string | null;
}

export interface AddedCounts {
  readonly certificates: number;
  readonly crls: number;
  readonly failure: NativeFailure;
}

/** The class of native/ssl-context. */
export interface NativeContext {
  useCertificateChain(bytes: Uint8Array, der: boolean): NativeFailure | undefined;
  usePrivateKey(bytes: Uint8Array, der: boolean, password: Uint8Array | null): NativeFailure | 'password' | undefined;
  usePkcs12(bytes: Uint8Array, password: Uint8Array | null): NativeFailure | 'no key' | 'no certificate' | undefined;
  checkPrivateKey(): NativeFailure | undefined;
  addPemCertificates(bytes: Uint8Array, file: boolean): AddedCounts;
  addDerCertificates(bytes: Uint8Array): AddedCounts;
  addDerCrl(bytes: Uint8Array): NativeFailure | undefined;
  addDirectory(path: string): NativeFailure | undefined;
  setDefaultVerifyPaths(): NativeFailure | undefined;
  certStoreStats(): [x509: number, crl: number, x509Ca: number];
  getCaCerts(): Buffer[];
  setClientCaNames(): void;
  setVerifyMode(mode: number): void;
  getVerifyFlags(): number;
  setVerifyFlags(flags: number): void;
  getVerificationTime(): number | null;
  setVerificationTime(seconds: number | null): void;
  setHostFlags(flags: number): void;
  getVersion(maximum: boolean): number;
  setVersion(maximum: boolean, version: number): boolean;
  getOptions(): bigint;
  setOptions(options: bigint): void;
  setCiphers(list: string): NativeFailure | undefined;
  setCiphersuites(list: string): NativeFailure | undefined;
  getCiphers(): NativeCipher[] | NativeFailure;
  getSecurityLevel(): number;
  setAlpnProtocols(wire: Uint8Array): NativeFailure | undefined;
  setEcdhCurve(name: string): NativeFailure | false | undefined;
  setGroups(list: string): NativeFailure | undefined;
  getGroups(aliases: boolean): string[] | NativeFailure | null;
  setSignatureAlgorithms(list: string, client: boolean): NativeFailure | undefined;
  useDhParameters(pem: Uint8Array): NativeFailure | undefined;
  sessionStats(): number[];
  getNumTickets(): number;
  setNumTickets(count: number): boolean;
  setTracing(logKeys: boolean, traceMessages: boolean): void;
  setPauses(clientHello: boolean, certificate: boolean, verify: boolean): void;
}

/** The class of native/ssl-session. */
export interface NativeSession {
  facts(): [id: Buffer, time: number, timeout: number, ticketLifetimeHint: number, hasTicket: boolean];
  toBytes(): Buffer | null;
}

/** A message for {@link NativeObject.takeEvents}: written by us, version, content type, bytes. A key log line is a string. */
export type NativeEvent = string | [written: boolean, version: number, contentType: number, bytes: Buffer];

/** Gets the server's hint or the client's identity; gives `[identity, key]` on a client, the key on a server, or null. Must not throw. */
export type NativePskCallback = (text: Buffer | null) => [identity: Uint8Array, key: Uint8Array] | Uint8Array | null;

/** The class of native/ssl-object. */
export interface NativeObject {
  /** What the constructor has to say: undefined where it went well. */
  readonly failure?: 'context' | 'bio' | number | NativeFailure;
  close(): void;
  takeFailure(): NativeFailureRecord;
  setContext(context: NativeContext): boolean;
  setHostName(name: string, isAddress: boolean, check: boolean): NativeFailure | number | undefined;
  setPostHandshakeAuth(advertise: boolean, request: boolean): void;
  verifyClientPostHandshake(): number;
  isHandshakeDone(): boolean;
  pending(): number;
  endIncoming(): void;
  shutdownState(): number;
  peerCertificate(): Buffer | null;
  verifiedChain(): Buffer[];
  unverifiedChain(): Buffer[];
  verifyResult(): number;
  version(): string | null;
  cipher(): [string, string, number] | null;
  sharedCiphers(): [string, string, number][] | null;
  compression(): string | null;
  selectedAlpn(): Buffer | null;
  /** The name in TLS, or OpenSSL's short name in an array where it knows no other. */
  group(): string | [string | null] | null;
  /** The name in TLS, or OpenSSL's short names of the kind of key and the digest where it knows no other. */
  signatureAlgorithm(peer: boolean): string | [key: string | null, digest: string | null] | null;
  session(): NativeSession | null;
  setSession(session: NativeSession): NativeFailure | number | undefined;
  sessionReused(): boolean;
  finished(peer: boolean): Buffer | null;
  exportKeyingMaterial(into: Uint8Array, label: string, context: Uint8Array | null): NativeFailure | number | undefined;
  endPointHash(own: boolean): Buffer | null;
  hasExtendedMasterSecret(): boolean;
  setPskCallback(callback: NativePskCallback, identityHint: string | null): void;
  clientHello(): { readonly serverName: Buffer | null; readonly alpn: Buffer };
  answerClientHello(alert: number): void;
  answerCertificate(context: NativeContext | null): NativeFailure | number | undefined;
  answerVerification(accept: boolean): void;
  chooseAlpn(name: string): void;
  peerCaNames(): Buffer[];
  verification(): Pick<NativeFailureRecord, 'verifyResult' | 'verifyDepth' | 'verifyCertificate' | 'verifyChain'>;
  takeEvents(): NativeEvent[];
}

interface Addon {
  /** Counts that a call leaves beside its result; see {@link Progress}. Never handed out: its memory must not move. */
  readonly progress: Int32Array;
  readonly SSLContext: new (role: number) => NativeContext;
  readonly SSLObject: new (
    context: NativeContext,
    serverSide: boolean,
    incoming: MemoryBIO | null,
    outgoing: MemoryBIO | null,
  ) => NativeObject;
  // native/ssl-object/calls.cc: what moves bytes. `place` is that of Progress. Each returns a count or a negative Outcome.
  doHandshake(place: number, incoming: Uint8Array): number;
  read(place: number, into: Uint8Array): number;
  decrypt(place: number, incoming: Uint8Array, plaintext: Uint8Array): number;
  write(place: number, data: Uint8Array): number;
  encrypt(place: number, plaintext: Uint8Array, outgoing: Uint8Array): number;
  drain(place: number, outgoing: Uint8Array): number;
  shutdown(place: number, incoming: Uint8Array): number;
  readonly SSLSession: { fromBytes(bytes: Uint8Array): NativeSession | null };
  readonly opensslVersion: string;
  readonly opensslVersionNumber: number;
  readonly opensslHeaderVersionNumber: number;
  readonly defaultCertFileEnv: string;
  readonly defaultCertFile: string;
  readonly defaultCertDirEnv: string;
  readonly defaultCertDir: string;
  builtinSignatureAlgorithms(): string | null;
  randBytes(into: Uint8Array): NativeFailure | undefined;
  randStatus(): boolean;
  randAdd(bytes: Uint8Array, entropy: number): void;
  /** On Windows alone. */
  readonly enumCertificates?: (store: string) => [der: Buffer, encoding: number, usages: string[] | null][];
  readonly enumCrls?: (store: string) => [der: Buffer, encoding: number][];
  verifyErrorText(code: number): string;
}

export const addon = loadAddon<Addon>(place);

/** The slots of {@link Addon.progress}, in the order of native/outcome.h. */
export const Progress = { consumed: 0, produced: 1, outgoingPending: 2, events: 3, leftover: 4, place: 5 } as const;
