import { existsSync, statSync } from 'node:fs';
import * as tls from 'node:tls';
import { addon, type NativeContext } from '../addon.ts';
import type { Purpose } from '../enums/purpose.ts';
import { throwIfFailed } from '../openssl-error.ts';
import { enumCertificates } from '../windows-store.ts';
import { addFile } from './verify-locations.ts';

/**
 * Where certificates to trust are looked for by default; null where there is nothing. It can be taken apart as an array,
 * in the order below. Python: `ssl.DefaultVerifyPaths`, a named tuple.
 */
export interface DefaultVerifyPaths extends Iterable<string | null> {
  /** The file in use: the variable's or the compiled-in one; null where it does not exist. */
  readonly cafile: string | null;
  /** The directory in use, likewise. */
  readonly capath: string | null;
  /** The variable that names another file: `SSL_CERT_FILE`. */
  readonly opensslCafileEnv: string;
  /** The compiled-in file. */
  readonly opensslCafile: string;
  /** The variable that names another directory: `SSL_CERT_DIR`. */
  readonly opensslCapathEnv: string;
  /** The compiled-in directory. */
  readonly opensslCapath: string;
}

/** Looks where this OpenSSL finds certificates to trust. Python: `ssl.get_default_verify_paths`. */
export function getDefaultVerifyPaths(): DefaultVerifyPaths {
  const cafile = process.env[addon.defaultCertFileEnv] ?? addon.defaultCertFile;
  const capath = process.env[addon.defaultCertDirEnv] ?? addon.defaultCertDir;
  const paths = {
    cafile: isFile(cafile) ? cafile : null,
    capath: isDirectory(capath) ? capath : null,
    opensslCafileEnv: addon.defaultCertFileEnv,
    opensslCafile: addon.defaultCertFile,
    opensslCapathEnv: addon.defaultCertDirEnv,
    opensslCapath: addon.defaultCertDir,
  };
  const iterator = { value: () => Object.values(paths)[Symbol.iterator](), enumerable: false };
  return Object.defineProperty(paths as typeof paths & DefaultVerifyPaths, Symbol.iterator, iterator);
}

/** The bundles of the common systems, the most common first. */
const SYSTEM_BUNDLES = [
  '/etc/ssl/certs/ca-certificates.crt', // Debian, Ubuntu, Arch, Alpine
  '/etc/pki/tls/certs/ca-bundle.crt', // Fedora, Red Hat
  '/etc/ssl/ca-bundle.pem', // SUSE
  '/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem', // Red Hat, newer
  '/etc/ssl/cert.pem', // macOS, Alpine, the BSDs
  '/usr/local/share/certs/ca-root-nss.crt', // FreeBSD
];

/**
 * Implements `SSLContext.loadDefaultCerts`: OpenSSL's own paths where they lead somewhere, else the system's store.
 *
 * Node's OpenSSL is built for no system in particular: its compiled-in paths rarely exist.
 */
export function loadDefaultCertificates(context: NativeContext, purpose: Purpose): void {
  if (addon.enumCertificates !== undefined) addWindowsStores(context, purpose);
  throwIfFailed(context.setDefaultVerifyPaths());
  const paths = getDefaultVerifyPaths();
  if (paths.cafile !== null || paths.capath !== null) return;
  // Set, but to nothing: whoever did this wants no other certificates than none.
  if (process.env[paths.opensslCafileEnv] !== undefined || process.env[paths.opensslCapathEnv] !== undefined) return;
  const bundle = process.platform === 'win32' ? undefined : SYSTEM_BUNDLES.find(isFile);
  if (bundle !== undefined) {
    addFile(context, bundle);
    return;
  }
  for (const certificate of listSystemCertificates()) {
    // One that OpenSSL cannot read does not cost the others.
    context.addPemCertificates(Buffer.from(certificate), false);
  }
}

/** Python's `_windows_cert_stores`. Entries that are trusted for `purpose`; one that OpenSSL cannot read does not cost the others. */
function addWindowsStores(context: NativeContext, purpose: Purpose): void {
  for (const store of ['CA', 'ROOT']) {
    for (const [certificate, encoding, trust] of enumCertificates(store)) {
      const trusted = trust === true || (purpose.oid !== null && trust.has(purpose.oid));
      if (encoding === 'x509_asn' && trusted) context.addDerCertificates(certificate);
    }
  }
}

/** The system's store as Node (≥ 22.15) lists it, Node's own list of roots where it cannot. */
function listSystemCertificates(): readonly string[] {
  const list: unknown = Reflect.get(tls, 'getCACertificates');
  if (typeof list !== 'function') return tls.rootCertificates;
  return list('system') as readonly string[];
}

function isFile(path: string): boolean {
  return existsSync(path) && statSync(path).isFile();
}

function isDirectory(path: string): boolean {
  return existsSync(path) && statSync(path).isDirectory();
}
