import { invalidArgumentType, notImplemented } from '@sslkit/errors';
import { addon } from './addon.ts';

/** How an entry of a Windows store is encoded: X.509 DER, PKCS#7 DER, or Windows' number for another encoding. */
export type StoreEncoding = 'x509_asn' | 'pkcs_7_asn' | number;

/** `[DER, encoding, trust]`: true where it is trusted for everything, else the OIDs it is trusted for. */
export type StoreCertificate = [certificate: Buffer, encoding: StoreEncoding, trust: true | ReadonlySet<string>];

/**
 * Lists the certificates of a Windows system store such as `CA` or `ROOT`, in no order. Python: `ssl.enum_certificates`.
 *
 * @throws Error `ERR_METHOD_NOT_IMPLEMENTED` - this is not Windows; Node's own kind of error where the store cannot be read.
 */
export function enumCertificates(storeName: string): StoreCertificate[] {
  checkStore('enumCertificates', storeName);
  const entries = (addon.enumCertificates?.(storeName) ?? []).map(
    ([certificate, encoding, usages]): StoreCertificate => [
      certificate,
      nameEncoding(encoding),
      usages === null ? true : new Set(usages),
    ],
  );
  return withoutRepeats(entries);
}

/** Lists the revocation lists of a Windows system store as `[DER, encoding]`. Python: `ssl.enum_crls`. */
export function enumCrls(storeName: string): [crl: Buffer, encoding: StoreEncoding][] {
  checkStore('enumCrls', storeName);
  const entries = (addon.enumCrls?.(storeName) ?? []).map(([crl, encoding]): [Buffer, StoreEncoding] => [
    crl,
    nameEncoding(encoding),
  ]);
  return withoutRepeats(entries);
}

function checkStore(name: string, storeName: unknown): void {
  if (typeof storeName !== 'string') throw invalidArgumentType('storeName', 'a string', storeName);
  if (addon.enumCertificates !== undefined) return;
  throw notImplemented(`${name} reads the certificate stores of Windows: use SSLContext.loadDefaultCerts here`);
}

/** `X509_ASN_ENCODING` and `PKCS_7_ASN_ENCODING` of wincrypt.h. */
function nameEncoding(encoding: number): StoreEncoding {
  if (encoding === 0x1) return 'x509_asn';
  if (encoding === 0x10000) return 'pkcs_7_asn';
  return encoding;
}

/** The same entry lies in several of a store's locations. */
function withoutRepeats<Entry extends [Buffer, ...unknown[]]>(entries: Entry[]): Entry[] {
  return [...new Map(entries.map((entry) => [entry[0].toString('latin1'), entry])).values()];
}
