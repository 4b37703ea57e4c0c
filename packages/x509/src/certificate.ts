import type { Bytes } from '@sslkit/errors';
import { certificateToJson } from './certificate-json.ts';
import { type CertificateOutline, ExtensionWalk, outlineCertificate, partCursor } from './certificate-outline.ts';
import { type CertificateDictionary, decodeVersion, describeCertificate } from './decode-certificate.ts';
import { CertificateDecodeError } from './der/decode-error.ts';
import { type DecodeOptions, DerCursor } from './der/reader.ts';
import { timeToDate } from './der/time.ts';
import { type DistinguishedName, readPrintableName } from './distinguished-name.ts';
import {
  type AuthorityKeyIdentifier,
  type BasicConstraints,
  type CertificatePolicy,
  type KeyUsage,
  type NameConstraints,
  type NamedIdentifier,
  readAuthorityKeyIdentifier,
  readBasicConstraints,
  readExtendedKeyUsage,
  readKeyIdentifier,
  readKeyUsage,
  readNameConstraints,
  readPolicies,
  toHex,
} from './extension-values.ts';
import { readGeneralNames } from './extensions.ts';
import { type GeneralNameEntry, printGeneralName } from './general-name.ts';
import {
  type PublicKeyInfo,
  readPublicKeyInfo,
  readSignatureAlgorithm,
  type SignatureAlgorithm,
} from './key-algorithm.ts';
import { decodeOid, type OidNames } from './oid.ts';
import { allNames } from './oid-names.ts';
import { viewPlainBytes } from './plain-bytes.ts';
import { printSerial } from './serial-number.ts';

/** One extension, undecoded. */
export interface CertificateExtension {
  readonly oid: string;
  /** OpenSSL's long name, such as `X509v3 Key Usage`; the identifier where it has none. */
  readonly name: string;
  readonly critical: boolean;
  /** What the OCTET STRING holds: for a standard extension, its DER. */
  readonly value: Uint8Array;
  /** The whole extension. */
  readonly der: Uint8Array;
}

/** Options of {@link Certificate}. */
export interface CertificateReadOptions extends DecodeOptions {
  /** Where names of attributes, algorithms and extensions come from. Default: all that OpenSSL has. */
  readonly names?: OidNames | undefined;
}

/** The digests that WebCrypto has, by its names. */
export type FingerprintAlgorithm = 'SHA-1' | 'SHA-256' | 'SHA-384' | 'SHA-512';

/**
 * A certificate whose parts are read when they are asked for: subject and issuer without the extensions, an extension
 * without the others. The bytes are not copied; they must not change.
 *
 * The constructor reads the frame alone. A property of a malformed part throws; `toDictionary` follows Python, for which
 * a malformed extension is absent. An extension that is not there is null.
 */
export class Certificate {
  readonly #outline: CertificateOutline;
  readonly #names: OidNames;
  #subject: DistinguishedName | undefined;
  #issuer: DistinguishedName | undefined;
  #extensions: readonly CertificateExtension[] | undefined;

  /**
   * @throws CertificateDecodeError when the frame is not that of a certificate
   * @throws TypeError with `ERR_INVALID_ARG_TYPE` when `der` is not bytes
   */
  constructor(der: Bytes, options: CertificateReadOptions = {}) {
    this.#outline = outlineCertificate(viewPlainBytes('der', der), options.strict ?? false);
    this.#names = options.names ?? allNames;
  }

  /** The encoding, without what may follow it. */
  get der(): Uint8Array {
    const { bytes, whole } = this.#outline;
    return bytes.subarray(whole.start, whole.end);
  }

  /** What the signature covers: the DER of the TBSCertificate. */
  get signedPart(): Uint8Array {
    const { bytes, signed } = this.#outline;
    return bytes.subarray(signed.start, signed.end);
  }

  /** Python: `subject`. @throws CertificateDecodeError */
  get subject(): DistinguishedName {
    this.#subject ??= this.#nameAt(this.#outline.subject.start);
    return this.#subject;
  }

  /** Python: `issuer`. @throws CertificateDecodeError */
  get issuer(): DistinguishedName {
    this.#issuer ??= this.#nameAt(this.#outline.issuer.start);
    return this.#issuer;
  }

  #nameAt(start: number): DistinguishedName {
    return readPrintableName(partCursor(this.#outline, start), this.#names);
  }

  /** 3 for nearly every certificate. Python: `version`. */
  get version(): number {
    return decodeVersion(this.#outline);
  }

  /** Upper-case hexadecimal, whole bytes. Python: `serialNumber`. */
  get serialNumber(): string {
    const { bytes, serial } = this.#outline;
    return printSerial(bytes, serial.start, serial.end);
  }

  /** Null where it is no time. */
  get notBefore(): Date | null {
    return timeToDate(this.#outline.notBefore);
  }

  /** Null where it is no time. */
  get notAfter(): Date | null {
    return timeToDate(this.#outline.notAfter);
  }

  /** Algorithm and size of the key. @throws CertificateDecodeError where the key is not what its algorithm says */
  get publicKey(): PublicKeyInfo {
    return readPublicKeyInfo(this.#outline, this.#names);
  }

  get signatureAlgorithm(): SignatureAlgorithm {
    return readSignatureAlgorithm(this.#outline, this.#names);
  }

  /** The signature over {@link signedPart}. */
  get signature(): Uint8Array {
    return this.#outline.signature;
  }

  /** All extensions in their order, undecoded; empty where there are none. @throws CertificateDecodeError */
  get extensions(): readonly CertificateExtension[] {
    this.#extensions ??= this.#readExtensions();
    return this.#extensions;
  }

  #readExtensions(): CertificateExtension[] {
    const { bytes, extensions } = this.#outline;
    if (extensions === null) return [];
    const found: CertificateExtension[] = [];
    const walk = new ExtensionWalk(this.#outline, extensions);
    while (walk.next()) {
      const oid = decodeOid(bytes, walk.oidStart, walk.oidEnd);
      found.push({
        oid,
        name: this.#names.longName(oid) ?? oid,
        critical: walk.critical,
        value: walk.valueBytes.subarray(walk.valueStart, walk.valueEnd),
        der: bytes.subarray(walk.start, walk.end),
      });
    }
    return found;
  }

  /**
   * Finds an extension by its identifier; null where there is none.
   *
   * @throws CertificateDecodeError when it is there twice, which RFC 5280 §4.2 forbids
   */
  extension(oid: string): CertificateExtension | null {
    const [found, second] = this.extensions.filter((extension) => extension.oid === oid);
    if (second !== undefined) {
      const message = `Extension ${second.name} is there twice`;
      throw new CertificateDecodeError('ERR_ASN1_BAD_VALUE', message, second.der.byteOffset - this.der.byteOffset);
    }
    return found ?? null;
  }

  #decode<T>(oid: string, read: (cursor: DerCursor, names: OidNames) => T): T | null {
    const extension = this.extension(oid);
    if (extension === null) return null;
    const cursor = new DerCursor(extension.value, { strict: this.#outline.strict });
    const value = read(cursor, this.#names);
    cursor.finish();
    return value;
  }

  /** Python: `subjectAltName`. @throws CertificateDecodeError */
  get subjectAltName(): GeneralNameEntry[] | null {
    return this.#decode('2.5.29.17', (cursor, names) =>
      readGeneralNames(cursor, names).map((name) => printGeneralName(name, names)),
    );
  }

  /** @throws CertificateDecodeError */
  get keyUsage(): KeyUsage[] | null {
    return this.#decode('2.5.29.15', readKeyUsage);
  }

  /** @throws CertificateDecodeError */
  get extendedKeyUsage(): NamedIdentifier[] | null {
    return this.#decode('2.5.29.37', readExtendedKeyUsage);
  }

  /** @throws CertificateDecodeError */
  get basicConstraints(): BasicConstraints | null {
    return this.#decode('2.5.29.19', readBasicConstraints);
  }

  /** Upper-case hexadecimal. @throws CertificateDecodeError */
  get subjectKeyIdentifier(): string | null {
    return this.#decode('2.5.29.14', readKeyIdentifier);
  }

  /** @throws CertificateDecodeError */
  get authorityKeyIdentifier(): AuthorityKeyIdentifier | null {
    return this.#decode('2.5.29.35', readAuthorityKeyIdentifier);
  }

  /** @throws CertificateDecodeError */
  get policies(): CertificatePolicy[] | null {
    return this.#decode('2.5.29.32', readPolicies);
  }

  /** @throws CertificateDecodeError */
  get nameConstraints(): NameConstraints | null {
    return this.#decode('2.5.29.30', readNameConstraints);
  }

  /** Whether the certificate carries timestamps of Certificate Transparency logs: RFC 6962 §3.3. */
  get hasEmbeddedTimestamps(): boolean {
    return this.extensions.some(({ oid }) => oid === '1.3.6.1.4.1.11129.2.4.2');
  }

  /** The dictionary of Python's `getpeercert()`; see `decodeCertificate`. @throws CertificateDecodeError */
  toDictionary(): CertificateDictionary {
    return describeCertificate(this.#outline, this.#names);
  }

  /**
   * Computes the digest of the encoding, in upper-case hexadecimal with colons as the `openssl` command prints it.
   *
   * @param algorithm - default `SHA-256`. WebCrypto computes it, so this also works in a browser (on https pages).
   */
  async fingerprint(algorithm: FingerprintAlgorithm = 'SHA-256'): Promise<string> {
    const digest = await crypto.subtle.digest(algorithm, Uint8Array.from(this.der));
    return toHex(new Uint8Array(digest), ':');
  }

  /** Everything above as plain values, for logs; malformed parts are null and named in `malformed`. */
  toJSON(): Record<string, unknown> {
    return certificateToJson(this);
  }
}
