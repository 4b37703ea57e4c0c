import { existsSync, statSync } from 'node:fs';
import { getDefaultVerifyPaths, PROTOCOL_TLS_CLIENT, SSLContext } from '@sslkit/socket';
import { messageOf } from '../../failure.ts';

/** A place where certificates to trust are looked for. */
export interface TrustPlace {
  readonly kind: 'file' | 'folder';
  readonly path: string;
  /** The variable that names another one. */
  readonly variable: string;
  /** Whether the variable is set. */
  readonly isOverridden: boolean;
  readonly exists: boolean;
  /** How many certificates a file has; null for what is missing, for folders, and for what cannot be read. */
  readonly certificates: number | null;
  /** Why it cannot be read; null where it can, or is missing. */
  readonly problem: string | null;
}

/** What the system makes us trust. */
export interface TrustStore {
  readonly places: readonly TrustPlace[];
  /** How many certificates are trusted by default, those of folders not counted. */
  readonly certificates: number;
  readonly problem: string | null;
}

/** Looks at the default places and loads what is there. */
export function readTrustStore(): TrustStore {
  const paths = getDefaultVerifyPaths();
  const file = process.env[paths.opensslCafileEnv];
  const folder = process.env[paths.opensslCapathEnv];
  const places = [
    describePlace('file', file ?? paths.opensslCafile, {
      variable: paths.opensslCafileEnv,
      isOverridden: file !== undefined,
    }),
    describePlace('folder', folder ?? paths.opensslCapath, {
      variable: paths.opensslCapathEnv,
      isOverridden: folder !== undefined,
    }),
  ];
  const context = new SSLContext(PROTOCOL_TLS_CLIENT);
  try {
    context.loadDefaultCerts();
  } catch (error) {
    return { places, certificates: 0, problem: messageOf(error) };
  }
  return { places, certificates: context.certStoreStats().x509, problem: null };
}

function describePlace(
  kind: 'file' | 'folder',
  path: string,
  variable: Pick<TrustPlace, 'variable' | 'isOverridden'>,
): TrustPlace {
  const exists = existsSync(path) && statSync(path).isDirectory() === (kind === 'folder');
  const base = { kind, path, ...variable, exists };
  if (!exists || kind === 'folder') return { ...base, certificates: null, problem: null };
  const context = new SSLContext(PROTOCOL_TLS_CLIENT);
  try {
    context.loadVerifyLocations({ cafile: path });
    return { ...base, certificates: context.certStoreStats().x509, problem: null };
  } catch (error) {
    return { ...base, certificates: null, problem: messageOf(error) };
  }
}
