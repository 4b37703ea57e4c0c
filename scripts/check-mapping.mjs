// Holds docs/python-mapping.json to the sources, in both directions: what a row names is exported where it says, and
// what the packages export is in a row or among the additions. Where there is a python3, its ssl module is asked for
// names that have no row. Reads the sources with TypeScript's own eyes: nothing has to be built.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { root } from './root.mjs';

const STATUSES = ['same', 'renamed', 'different', 'absent'];
/** Packages all of whose exports are Python's or additions to it. x509 and cli have a life of their own. */
const ACCOUNTED = ['errors', 'bio', 'context', 'socket'];
const ENTRIES = new Map(
  ['errors', 'bio', 'x509', 'context', 'socket'].map((name) => [name, `packages/${name}/src/index.ts`]),
);
ENTRIES.set('x509/node', 'packages/x509/src/node.ts');

const { rows, additions } = JSON.parse(readFileSync(join(root, 'docs/python-mapping.json'), 'utf8'));
const problems = [];
const program = createProgram();
const checker = program.getTypeChecker();
const exportsOf = new Map([...ENTRIES].map(([name, path]) => [name, readExports(path)]));

checkRows();
checkAdditions();
checkExports();
const asked = checkPython();

for (const problem of new Set(problems)) process.stdout.write(`${problem}\n`);
if (problems.length > 0) process.exitCode = 1;
else process.stdout.write(`${rows.length} names of Python, ${additions.length} additions; ${asked}\n`);

function createProgram() {
  const config = ts.getParsedCommandLineOfConfigFile(
    join(root, 'tsconfig.json'),
    {},
    { ...ts.sys, onUnRecoverableConfigFileDiagnostic: () => {} },
  );
  const entries = [...ENTRIES.values()].map((path) => join(root, path)).filter((path) => existsSync(path));
  return ts.createProgram(entries, config.options);
}

/** The exports of an entry by name, each with the names of its members. */
function readExports(path) {
  const source = program.getSourceFile(join(root, path));
  const module = source === undefined ? undefined : checker.getSymbolAtLocation(source);
  if (module === undefined) return new Map();
  return new Map(
    checker.getExportsOfModule(module).map((exported) => {
      const symbol = exported.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(exported) : exported;
      return [exported.name, { symbol, members: readMembers(symbol) }];
    }),
  );
}

function declaringClass(property) {
  return property.declarations?.[0]?.parent?.name?.text;
}

/** What can follow the dot, with the name of the class that declares it: of a class what its instances and itself have, of an enum its members, of a constant its keys. */
function readMembers(symbol) {
  const members = new Map();
  const collect = (type) => {
    for (const property of type.getProperties())
      if (!isHidden(property)) members.set(property.name, declaringClass(property));
  };
  if (symbol.flags & (ts.SymbolFlags.Class | ts.SymbolFlags.Interface))
    collect(checker.getDeclaredTypeOfSymbol(symbol));
  if (symbol.flags & ts.SymbolFlags.Enum)
    for (const name of symbol.exports.keys()) members.set(String(name), symbol.name);
  if (symbol.flags & (ts.SymbolFlags.Class | ts.SymbolFlags.Variable)) {
    const declaration = symbol.valueDeclaration;
    if (declaration !== undefined) collect(checker.getTypeOfSymbolAtLocation(symbol, declaration));
  }
  return members;
}

/** Private and protected members, symbols, what every function has, and what an exported base class answers for. */
function isHidden(property) {
  const flags = property.declarations?.map((declaration) => ts.getCombinedModifierFlags(declaration)) ?? [];
  if (flags.some((flag) => flag & (ts.ModifierFlags.Private | ts.ModifierFlags.Protected))) return true;
  if (property.name === 'prototype' || /^(#|__)/.test(property.name)) return true;
  const internal = property.getJsDocTags(checker).some(({ name }) => name === 'internal');
  return internal || isForeign(property);
}

/** Whether a member comes from JavaScript's or Node's own classes. */
function isForeign(property) {
  const files = property.declarations?.map((declaration) => declaration.getSourceFile().fileName) ?? [];
  return files.length > 0 && files.every((file) => file.includes('/node_modules/'));
}

function isExported(packageName, path) {
  const [name, ...rest] = path.split('.');
  const entry = exportsOf.get(packageName)?.get(name);
  return entry !== undefined && (rest.length === 0 || (rest.length === 1 && entry.members.has(rest[0])));
}

function checkRows() {
  const seen = new Set();
  for (const { python, ours, package: packageName, status, reason } of rows) {
    const complain = (text) => problems.push(`${python}: ${text}`);
    if (seen.has(python)) complain('has two rows');
    seen.add(python);
    if (!STATUSES.includes(status)) complain(`${status} is no status`);
    if ((status === 'different' || status === 'absent') && !reason) complain('needs a reason');
    if (status === 'absent') {
      if (ours !== null) complain('is absent, and yet has a name here');
      continue;
    }
    if (ours === null) complain(`is ${status}, and yet has no name here`);
    else if (!isExported(packageName, ours)) complain(`@sslkit/${packageName} does not export ${ours}`);
    else if (status === 'same' && ours !== python) complain(`is not the same as ${ours}`);
    else if (status === 'renamed' && ours === python) complain('is not renamed');
  }
}

function checkAdditions() {
  const mapped = new Set(rows.map(({ ours, package: packageName }) => `${packageName} ${ours}`));
  for (const { ours, package: packageName, reason } of additions) {
    if (!reason) problems.push(`${ours}: an addition needs a reason`);
    if (!isExported(packageName, ours)) problems.push(`${ours}: @sslkit/${packageName} does not export it`);
    if (mapped.has(`${packageName} ${ours}`)) problems.push(`${ours}: is a row and an addition`);
  }
}

/** Every value that is exported, and every member of the classes that Python has, is accounted for. */
function checkExports() {
  const known = new Set([...rows, ...additions].map(({ ours }) => ours));
  for (const packageName of ACCOUNTED) {
    for (const [name, { symbol, members }] of exportsOf.get(packageName) ?? []) {
      const isValue = (symbol.flags & ts.SymbolFlags.Value) !== 0;
      if (isValue && !known.has(name) && !isOfX509(symbol)) problems.push(`${packageName}: ${name} is in no row`);
      const isClass = (symbol.flags & ts.SymbolFlags.Class) !== 0;
      if (!isClass || isOfX509(symbol) || !rows.some(({ ours }) => ours?.startsWith(`${name}.`))) continue;
      for (const [member, owner] of members) {
        const path = `${name}.${member}`;
        if (known.has(path) || known.has(`${owner}.${member}`)) continue;
        problems.push(`${packageName}: ${path} is in no row`);
      }
    }
  }
}

function isOfX509(symbol) {
  return symbol.declarations?.some((declaration) => declaration.getSourceFile().fileName.includes('/packages/x509/'));
}

/** Python's own list of what it has, which grows with its versions. Says how it went. */
function checkPython() {
  const script = `
import json, ssl, types, warnings
warnings.simplefilter('ignore')
names = [name for name in dir(ssl) if not name.startswith('_')]
names = [name for name in names if not isinstance(getattr(ssl, name), types.ModuleType) and name not in ('namedtuple', 'socket')]
for owner in ('SSLContext', 'SSLObject', 'MemoryBIO', 'SSLSession'):
    names += [owner + '.' + name for name in dir(getattr(ssl, owner)) if not name.startswith('_')]
print(json.dumps(names))`;
  const { error, status, stdout } = spawnSync('python3', ['-I', '-c', script], { encoding: 'utf8' });
  if (error !== undefined || status !== 0) return 'CPython was not asked: there is no python3';
  const known = new Set(rows.map(({ python }) => python));
  const names = JSON.parse(stdout);
  for (const name of names) if (!known.has(name)) problems.push(`${name}: CPython has it, and there is no row`);
  return `CPython has ${names.length} of them here`;
}
