import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The functions of test/native/handle-probe.c; a slot is where it keeps a reference to a BIO. */
export interface HandleProbe {
  hold(object: object): number;
  drop(slot: number): void;
  read(slot: number, target: Uint8Array): number;
  write(slot: number, bytes: Uint8Array): number;
  puts(slot: number): number;
  control(slot: number, command: number, number: number): number;
  retries(slot: number): number;
  duplicate(slot: number): number;
  external(): number;
  forge<T extends object>(object: T, abi: number, tagged: 0 | 1): T;
}

// Those of any supported version serve: the probe uses only what all of them have.
const headers = join(process.env['npm_config_nodedir'] ?? join(dirname(process.execPath), '..'), 'include/node');

/** Why the probe cannot be built here, or undefined where it can. */
export const probeObstacle = findObstacle();

function findObstacle(): string | undefined {
  if (process.platform === 'win32') return 'no cc on Windows';
  if (!existsSync(join(headers, 'node_api.h')))
    return "Node's headers are neither beside its binary nor in npm_config_nodedir";
  if (spawnSync('cc', ['--version']).error !== undefined) return 'no cc';
  return undefined;
}

/** Compiles the probe into a fresh folder and returns its path. */
export function buildProbe(): string {
  const output = join(mkdtempSync(join(tmpdir(), 'sslkit-bio-')), 'handle-probe.node');
  const source = fileURLToPath(new URL('native/handle-probe.c', import.meta.url));
  const include = fileURLToPath(new URL('../include', import.meta.url));
  const link = process.platform === 'darwin' ? ['-bundle', '-undefined', 'dynamic_lookup'] : ['-shared'];
  const warnings = ['-std=c99', '-Wall', '-Wextra', '-Werror'];
  const define = ['-DNAPI_VERSION=9'];
  const { status, stderr } = spawnSync(
    'cc',
    [...define, ...warnings, '-fPIC', ...link, `-I${headers}`, `-I${include}`, source, '-o', output],
    { encoding: 'utf8' },
  );
  if (status !== 0) throw new Error(`The handle probe does not compile: ${stderr}`);
  return output;
}

/** Loads an add-on by its path. */
export function requireAddon<Addon>(path: string): Addon {
  return createRequire(import.meta.url)(path);
}
