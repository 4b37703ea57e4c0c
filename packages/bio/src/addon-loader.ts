import { closeSync, existsSync, openSync, readSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Which add-on is meant, and where its package lies. */
export interface AddonPlace {
  /** The package's name, for messages. */
  readonly packageName: string;
  /** The file's name, such as `sslkit_bio.node`. */
  readonly binary: string;
  /** The package's folder. */
  readonly root: string;
}

/**
 * The package's folder of a module that lies one level below it, which `src/native.ts` and `dist/index.js` both do.
 *
 * @param moduleUrl - `import.meta.url`.
 */
export function packageRoot(moduleUrl: string): string {
  return join(fileURLToPath(moduleUrl), '../..');
}

/** The code of an error that the loading of an add-on throws. */
export type LoadErrorCode = 'ERR_SSLKIT_NO_BINARY' | 'ERR_SSLKIT_OPENSSL_VERSION';

/**
 * Loads a package's add-on: the one built here if there is one, else the prebuilt one for this platform.
 *
 * @throws Error with {@link LoadErrorCode} where this runtime has no OpenSSL 3 or no binary is there; Node's own error
 * (`ERR_DLOPEN_FAILED`) where a binary is there and does not load.
 */
export function loadAddon<Addon>(place: AddonPlace, openssl = process.versions.openssl): Addon {
  // First of all: against another OpenSSL the binary would load, or fail to, in ways that name no reason.
  requireOpenSSL(place, openssl);
  return createRequire(import.meta.url)(locateBinary(place));
}

function requireOpenSSL({ packageName }: AddonPlace, version: string | undefined): void {
  if (version?.startsWith('3.')) return;
  throw loadError(
    'ERR_SSLKIT_OPENSSL_VERSION',
    `${packageName} needs a Node.js that carries OpenSSL 3, and this runtime (${process.release.name} ${process.version}) ` +
      `carries ${version === undefined ? 'no OpenSSL' : `version ${version}`}`,
  );
}

/**
 * The path of the binary that {@link loadAddon} takes.
 *
 * @throws Error `ERR_SSLKIT_NO_BINARY` - there is none.
 */
export function locateBinary({ packageName, binary, root }: AddonPlace): string {
  const candidates = [`build/Release/${binary}`, `prebuilds/${nameTarget()}/${binary}`].map((path) => join(root, path));
  const found = candidates.find((path) => existsSync(path));
  if (found !== undefined) return found;
  throw loadError(
    'ERR_SSLKIT_NO_BINARY',
    `${packageName} has no binary for ${nameTarget()}: neither ${candidates.join(' nor ')} exists. ` +
      `Build one with \`npx node-gyp rebuild --release --directory "${root}"\`, which needs Python 3, make and a ` +
      'C++17 compiler, or install the package again on a platform that it has a prebuilt binary for.',
  );
}

/** The name of this platform's folder in `prebuilds`, such as `linux-x64`, `linux-x64-musl` or `darwin-arm64`. */
export function nameTarget(): string {
  return `${process.platform}-${process.arch}${process.platform === 'linux' && usesMusl() ? '-musl' : ''}`;
}

/** Whether Node itself is linked against musl: its ELF header names the dynamic loader that starts it. */
function usesMusl(): boolean {
  const header = Buffer.alloc(4096); // the name follows the program headers at once, some 800 bytes into the file
  try {
    const file = openSync(process.execPath, 'r');
    try {
      readSync(file, header);
    } finally {
      closeSync(file);
    }
  } catch {
    return false; // a binary that runs but cannot be read: take the common case
  }
  return header.includes('/ld-musl-');
}

function loadError(code: LoadErrorCode, message: string): Error & { code: LoadErrorCode } {
  return Object.assign(new Error(message), { code });
}
