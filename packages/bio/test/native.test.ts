import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { loadAddon, locateBinary, nameTarget } from '../src/addon-loader.ts';
import { place } from '../src/native.ts';

function makeRoot(...files: string[]): string {
  const root = mkdtempSync(join(tmpdir(), 'sslkit bio '));
  onTestFinished(() => rmSync(root, { recursive: true }));
  for (const file of files) {
    const path = join(root, file);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, 'not an add-on');
  }
  return root;
}

function catchError(run: () => unknown): Error & { code?: string } {
  try {
    run();
  } catch (error) {
    if (error instanceof Error) return error;
  }
  throw new Error('Nothing was thrown');
}

test('the binary that was built here is taken before the prebuilt one', () => {
  const root = makeRoot('build/Release/sslkit_bio.node', `prebuilds/${nameTarget()}/sslkit_bio.node`);
  expect(locateBinary({ ...place, root })).toBe(join(root, 'build/Release/sslkit_bio.node'));
});

test('the prebuilt binary of this platform is taken where none was built', () => {
  const root = makeRoot('prebuilds/other-x64/sslkit_bio.node', `prebuilds/${nameTarget()}/sslkit_bio.node`);
  expect(locateBinary({ ...place, root })).toBe(join(root, `prebuilds/${nameTarget()}/sslkit_bio.node`));
});

test('without a binary one paragraph names the files looked for and the command that makes one', () => {
  const root = makeRoot('prebuilds/other-x64/sslkit_bio.node');
  const error = catchError(() => loadAddon({ ...place, root }));
  expect(error.code).toBe('ERR_SSLKIT_NO_BINARY');
  expect(error.message).toContain(join(root, 'build/Release/sslkit_bio.node'));
  expect(error.message).toContain(join(root, `prebuilds/${nameTarget()}/sslkit_bio.node`));
  expect(error.message).toContain(`npx node-gyp rebuild --release --directory "${root}"`);
  expect(error.message).not.toContain('\n');
});

test("a binary that does not load is Node's own error", () => {
  const root = makeRoot('build/Release/sslkit_bio.node');
  expect(catchError(() => loadAddon({ ...place, root })).code).toBe('ERR_DLOPEN_FAILED');
});

test.each([['1.1.1w'], ['4.0.0'], ['0.0.0'], [undefined]])(
  'OpenSSL %s is refused before a binary is looked for',
  (v) => {
    // An undefined argument would select the default.
    const error = catchError(() => loadAddon({ ...place, root: makeRoot() }, v ?? ''));
    expect(error.code).toBe('ERR_SSLKIT_OPENSSL_VERSION');
    expect(error.message).toContain('OpenSSL 3');
  },
);

test('the target is named after platform, processor and, on Linux, the C library', () => {
  expect(nameTarget()).toMatch(new RegExp(`^${process.platform}-${process.arch}(-musl)?$`));
});
