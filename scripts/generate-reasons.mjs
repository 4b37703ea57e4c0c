// Writes packages/context/src/openssl-reasons.ts: the mnemonics of OpenSSL's libraries and reasons, read from the
// headers beside this Node. Run it with the newest supported OpenSSL; numbers never change their meaning within 3.x.
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const include = process.argv[2] ?? join(dirname(process.execPath), '../include/node/openssl');
const target = join(dirname(fileURLToPath(import.meta.url)), '../packages/context/src/openssl-reasons.ts');

// Node's headers keep some files apart for each platform and put a forwarding file in their place; the numbers are the same.
const folders = [include, join(include, 'archs/linux-x86_64/asm/include/openssl')].filter((folder) =>
  existsSync(folder),
);
const headers = folders.flatMap((folder) =>
  readdirSync(folder)
    .filter((file) => /^err\.h$|err(_legacy)?\.h$/.test(file))
    .sort()
    .map((file) => readFileSync(join(folder, file), 'utf8')),
);

const libraries = new Map();
for (const [, name, number] of headers.join('\n').matchAll(/# *define +ERR_LIB_(\w+) +(\d+)/g)) {
  libraries.set(name, Number(number));
}
// Reasons are named after the prefix of their header, which differs from the library's name in a few places.
const prefixes = { DSO: 'DSO', OSSL_DECODER: 'OSSL_DECODER', PROV: 'PROV', X509V3: 'X509V3', UI: 'UI' };
const rows = [];
for (const [name, number] of [...libraries].sort((a, b) => a[1] - b[1])) {
  if (['USER', 'NONE', 'MASK', 'OFFSET', 'SYS'].includes(name)) continue;
  const reasons = new Map();
  for (const header of headers) {
    const pattern = new RegExp(`# *define +${prefixes[name] ?? name}_R_(\\w+) +(\\d+)$`, 'gm');
    for (const [, reason, code] of header.matchAll(pattern)) {
      // A legacy header may name a number again; the current one comes first.
      if (!reasons.has(Number(code))) reasons.set(Number(code), reason);
    }
  }
  rows.push(
    `${number} ${name}${[...reasons]
      .sort((a, b) => a[0] - b[0])
      .map(([code, reason]) => ` ${code}=${reason}`)
      .join('')}`,
  );
}

writeFileSync(
  target,
  `// Written by scripts/generate-reasons.mjs from OpenSSL's headers; do not edit.

/** One line a library: its number, its mnemonic, then \`number=MNEMONIC\` for each of its reasons. */
export const OPENSSL_REASONS = \`\\
${rows.join('\n')}
\`;
`,
);
