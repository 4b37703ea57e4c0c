import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { MemoryBIO } from '@sslkit/bio';
import { SSLError } from '@sslkit/errors';
import fc from 'fast-check';
import { expect, test } from 'vitest';

/** One call, with the size of its bytes; -1 reads everything. */
type Step = ['write' | 'read' | 'eof', number];

const call = (name: Step[0], size: fc.Arbitrary<number>): fc.Arbitrary<Step> => fc.tuple(fc.constant(name), size);

const size = fc.oneof(fc.nat(40), fc.nat(70_000), fc.nat(200_000));
const step = fc.oneof(
  { weight: 8, arbitrary: call('write', size) },
  { weight: 8, arbitrary: call('read', fc.oneof(size, fc.constant(-1))) },
  { weight: 1, arbitrary: call('eof', fc.constant(0)) },
);

const oracle = `
import hashlib, json, ssl, sys
def perform(bio, index, name, size):
    try:
        if name == 'eof': return str(bio.write_eof())
        if name == 'write': return str(bio.write(bytes((index * 31 + i) % 251 for i in range(size))))
        return hashlib.sha256(bio.read(size)).hexdigest()
    except ssl.SSLError: return 'SSLError'
def trace(steps):
    bio = ssl.MemoryBIO()
    return [[perform(bio, i, *step), bio.pending, bio.eof] for i, step in enumerate(steps)]
json.dump([trace(steps) for steps in json.load(sys.stdin)], sys.stdout)
`;

const missing = spawnSync('python3', ['-c', 'import ssl']).status !== 0;

test.skipIf(missing)(`answers any series of calls as Python does${missing ? ' (skipped: no python3)' : ''}`, () => {
  const series = fc.sample(fc.array(step, { minLength: 1, maxLength: 30 }), 60);
  const { stdout } = spawnSync('python3', ['-c', oracle], {
    input: JSON.stringify(series),
    encoding: 'utf8',
    maxBuffer: 2 ** 26,
  });
  expect(series.map(trace)).toEqual(JSON.parse(stdout));
});

function trace(steps: readonly Step[]): [string, number, boolean][] {
  const bio = new MemoryBIO();
  return steps.map(([name, size], index) => [perform(bio, index, name, size), bio.pending, bio.eof]);
}

function perform(bio: MemoryBIO, index: number, name: Step[0], size: number): string {
  try {
    if (name === 'eof') return bio.writeEof() === undefined ? 'None' : 'a value';
    if (name === 'write') return String(bio.write(Uint8Array.from({ length: size }, (_, i) => (index * 31 + i) % 251)));
    return createHash('sha256').update(bio.read(size)).digest('hex');
  } catch (error) {
    if (error instanceof SSLError) return 'SSLError';
    throw error;
  }
}
