import { spawnSync } from 'node:child_process';
import type { CertificateDictionary } from '../../src/index.ts';

/** CPython's dictionary, or null where it refuses the certificate. */
export type Verdict = Record<string, unknown> | null;

// A child for some certificates: a failed call can leave entries in OpenSSL's error queue that change a later one.
const SCRIPT = `
import json, os, ssl, sys
def plain(value):
    if isinstance(value, bytes): return {'bytes': value.hex()}
    if isinstance(value, (tuple, list)): return [plain(item) for item in value]
    if isinstance(value, dict): return {key: plain(item) for key, item in value.items()}
    return value
def decode(line):
    path = os.memfd_create('certificate')
    body = '\\n'.join(line[at:at + 64] for at in range(0, len(line), 64))
    os.write(path, ('-----BEGIN CERTIFICATE-----\\n' + body + '\\n-----END CERTIFICATE-----\\n').encode())
    try: return plain(ssl._ssl._test_decode_cert('/proc/self/fd/%d' % path))
    except Exception: return None
    finally: os.close(path)
lines, size = sys.stdin.read().splitlines(), int(sys.argv[1])
for start in range(0, len(lines), size):
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reader)
        with os.fdopen(writer, 'w') as out:
            for line in lines[start:start + size]: out.write(json.dumps(decode(line)) + '\\n')
        os._exit(0)
    os.close(writer)
    with os.fdopen(reader) as answer: sys.stdout.write(answer.read())
    os.waitpid(child, 0)
`;

/** Whether there is a CPython to compare with, whose OpenSSL is 3.0 as the table of names is, on a system with memfd. */
export const cpythonAvailable: boolean =
  spawnSync('python3', ['-c', 'import os, ssl; os.memfd_create("x"); assert ssl.OPENSSL_VERSION_INFO[:2] == (3, 0)'])
    .status === 0;

/**
 * Asks CPython for the dictionary of each certificate.
 *
 * @param together - how many certificates one process decodes. Default: 1, which nothing can disturb.
 */
export function decodeWithCPython(certificates: readonly Uint8Array[], together = 1): Verdict[] {
  if (certificates.length === 0) return [];
  const input = certificates.map((der) => `${Buffer.from(der).toString('base64')}\n`).join('');
  const { stdout, status, stderr } = spawnSync('python3', ['-c', SCRIPT, `${together}`], {
    input,
    encoding: 'utf8',
    maxBuffer: 1 << 30,
  });
  if (status !== 0) throw new Error(`The comparison with CPython failed: ${stderr}`);
  const lines = stdout.trimEnd().split('\n');
  if (lines.length !== certificates.length) throw new Error('CPython ended before its last certificate');
  return lines.map((line) => JSON.parse(line) as Verdict);
}

/**
 * Our dictionary in the form that CPython's arrives in. The known differences are taken out: an empty BIT STRING is `None`
 * there and no bytes here. A serial number of more than 35 bytes is written as CPython does:
 * it reads one line of what OpenSSL prints, and OpenSSL breaks the line there. Ours is whole.
 */
export function asCPythonPrints(dictionary: CertificateDictionary): Verdict {
  const { serialNumber } = dictionary;
  const longest = serialNumber.startsWith('-') ? 71 : 70;
  const serial = serialNumber.length > longest ? `${serialNumber.slice(0, longest)}\\\n` : serialNumber;
  const plain = (_: string, value: unknown) => {
    if (!(value instanceof Uint8Array)) return value;
    return value.length === 0 ? null : { bytes: Buffer.from(value).toString('hex') };
  };
  return JSON.parse(JSON.stringify({ ...dictionary, serialNumber: serial }, plain)) as Verdict;
}
