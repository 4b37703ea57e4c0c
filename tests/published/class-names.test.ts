// What the build must not change: bundling renames a class that refers to itself, and whoever prints a class sees that name.

import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { expect, test } from 'vitest';

const layers = ['errors', 'bio', 'x509', 'context', 'socket'];

/** Lists the classes that a built package exports, as [name of the export, name of the class]; in a process without aliases. */
function listClasses(entry: URL): [exported: string, named: string][] {
  const program = `
    const exported = Object.entries(await import(${JSON.stringify(entry)}));
    const classes = exported.filter(([, value]) => typeof value === 'function' && /^class\\b/.test(value));
    console.log(JSON.stringify(classes.map(([name, value]) => [name, value.name])));`;
  const output = execFileSync(process.execPath, ['--input-type=module', '-e', program], { encoding: 'utf8' });
  return JSON.parse(output);
}

for (const layer of layers) {
  const entry = new URL(`../../packages/${layer}/dist/index.js`, import.meta.url);
  test.skipIf(!existsSync(entry))(`every class of the built ${layer} has the name of its export (needs dist)`, () => {
    const classes = listClasses(entry);
    const aliases: Record<string, string> = { CertificateError: 'SSLCertVerificationError' };
    expect(classes.length).toBeGreaterThan(0);
    expect(classes.map(([, named]) => named)).toEqual(classes.map(([exported]) => aliases[exported] ?? exported));
  });
}
