// The parent's side of a contender: a child process that answers commands, or the reason why there is none.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { availableParallelism } from 'node:os';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { SUITES } from './certificates.mjs';

const here = dirname(fileURLToPath(import.meta.url));

/** A child that is waiting for a command. */
class Contender {
  #child;
  #lines;

  constructor(label, command, options) {
    this.label = label;
    /** Whose process this is, and which variant of it. */
    this.parts = options.parts;
    const env = { ...process.env, ...options.env };
    this.#child = spawn(command[0], command.slice(1), { stdio: ['pipe', 'pipe', 'inherit'], cwd: here, env });
    this.#child.stdin.on('error', () => undefined); // what it ends by is told by its missing answer
    this.#lines = createInterface({ input: this.#child.stdout })[Symbol.asyncIterator]();
  }

  /** Waits until it is there and says what it is. */
  async start() {
    const line = await this.#next();
    if (!line.startsWith('ready ')) throw new Error(`${this.label} began with: ${line}`);
    this.about = line.slice('ready '.length);
    return this;
  }

  /** Gives the numbers of its answer. */
  async ask(command) {
    this.#child.stdin.write(`${command}\n`);
    const answer = await this.#next();
    const numbers = answer.split(' ').map(Number);
    if (numbers.some(Number.isNaN)) throw new Error(`${this.label} answered “${answer}” to “${command}”`);
    return numbers;
  }

  async #next() {
    const { value, done } = await this.#lines.next();
    if (done) throw new Error(`${this.label} ended without an answer`);
    return value;
  }

  end() {
    this.#child.stdin.end();
  }
}

/** What a contender is called, how it is started, and why it cannot be. */
const node = (script, ...words) => [process.execPath, '--expose-gc', join(here, script), ...words];
const recipes = {
  fast: { label: 'sslkit, buffers', make: ({ folder }) => node('sslkit.mjs', 'buffers', folder) },
  bio: { label: 'sslkit, MemoryBIO', make: ({ folder }) => node('sslkit.mjs', 'bio', folder) },
  tls: { label: 'node:tls', make: ({ folder }) => node('node-tls.mjs', folder) },
  cpython: {
    label: 'CPython',
    missing: () => (runs('python3', ['-c', 'import ssl']) ? null : 'python3 with its ssl module is not installed'),
    make: ({ folder }) => ['python3', join(here, 'cpython.py'), folder],
    // CPython before 3.15 has no call that chooses a suite of TLS 1.3.
    env: ({ folder, suite }) => (suite === undefined ? {} : { OPENSSL_CONF: join(folder, `${suite}.cnf`) }),
  },
  c: {
    label: 'C limit',
    missing: ({ folder }) => buildLimit(folder),
    make: ({ folder }) => [join(folder, 'limit'), folder],
  },
  own: { label: 'sslkit, own descriptor', make: ({ folder }) => node('tcp-sslkit.mjs', 'own', folder) },
  stream: { label: 'sslkit, stream pump', make: ({ folder }) => node('tcp-sslkit.mjs', 'stream', folder) },
  tcp: { label: 'node:tls', make: ({ folder }) => node('tcp-node-tls.mjs', folder) },
};
for (const name of ['sslkit', 'node:crypto', '@peculiar/x509', 'pkijs']) {
  recipes[`decode ${name}`] = {
    label: name,
    missing: () => (/^(sslkit|node:)/.test(name) || isInstalled(name) ? null : `${name} is not installed`),
    make: () => node('certificate-decoders.mjs', name),
  };
}

/**
 * Starts contenders.
 *
 * @param names - keys of the recipes.
 * @param settings - `folder` with the certificates; `suite`, the only one of TLS 1.3.
 * @param variants - each contender is started once for each of them.
 * @returns those that run by name (`fast`, or `fast, many` with variants), and the reasons by name for those that do not.
 */
export async function startContenders(names, settings, variants = [undefined]) {
  const running = {};
  const missing = {};
  for (const name of names) {
    const { label, make, env, missing: whyMissing } = recipes[name];
    const reason = whyMissing?.(settings) ?? null;
    if (reason !== null) missing[label] = reason;
    for (const variant of reason === null ? variants : []) {
      const options = { parts: [name, variant], env: env?.(settings) };
      const contender = await new Contender(label, make(settings), options).start();
      running[variant === undefined ? name : `${name}, ${variant}`] = contender;
    }
  }
  return { running, missing };
}

/** Ends what {@link startContenders} started. */
export function endContenders(running) {
  for (const contender of Object.values(running)) contender.end();
}

/** What tables call a contender, and the variant behind a comma. */
export function labelOf(name) {
  const [contender, ...variant] = name.split(', ');
  return [recipes[contender].label, ...variant].join(', ');
}

function runs(program, words) {
  return spawnSync(program, words, { stdio: 'ignore' }).status === 0;
}

function isInstalled(name) {
  try {
    createRequire(import.meta.url).resolve(name);
    return true;
  } catch {
    return false;
  }
}

/** Builds the C program unless this run has built it; null, or why it cannot be. */
function buildLimit(folder) {
  const binary = join(folder, 'limit');
  if (existsSync(binary)) return null;
  if (process.platform === 'win32') return 'the C program is for POSIX';
  const built = spawnSync('cc', ['-O2', '-Wall', '-o', binary, join(here, 'limit.c'), '-lssl', '-lcrypto']);
  if (built.error !== undefined) return 'there is no C compiler (cc)';
  if (built.status !== 0) {
    const noHeaders = /openssl\/\w+\.h/.test(built.stderr.toString());
    return noHeaders ? "OpenSSL's headers are not installed (Debian: libssl-dev)" : built.stderr.toString().trim();
  }
  const { stdout } = spawnSync(binary, [folder], { input: '' });
  const version = /OpenSSL (\S+)/.exec(stdout.toString())?.[1];
  // Another version is another limit: its handshakes and ciphers cost something else.
  if (version === process.versions.openssl) return null;
  return `the installed libssl is ${version}, Node carries OpenSSL ${process.versions.openssl}`;
}

/** The machine and the versions, for whoever reads the figures. */
export function describeMachine() {
  const cpu = existsSync('/proc/cpuinfo') ? /model name\s*: (.*)/.exec(readFileSync('/proc/cpuinfo', 'utf8'))?.[1] : '';
  return {
    platform: `${process.platform}-${process.arch}`,
    cpu: cpu ?? '',
    cores: availableParallelism(),
    node: process.versions.node,
    openssl: process.versions.openssl,
    suites: Object.values(SUITES),
  };
}
