// What every package shows to the world: each export documented, each name belonging to one package, no wildcard of a
// package's own files, and nothing of Node where a browser has to do. Reads the sources with TypeScript's own eyes.
import { existsSync } from 'node:fs';
import { join, sep } from 'node:path';
import ts from 'typescript';
import { root } from './root.mjs';

const layers = ['errors', 'bio', 'x509', 'context', 'socket'];
const entries = [...layers.map((layer) => join('packages', layer, 'src', 'index.ts')), 'packages/x509/src/node.ts']
  .map((path) => join(root, path))
  .filter((path) => existsSync(path));

const config = ts.getParsedCommandLineOfConfigFile(
  join(root, 'tsconfig.json'),
  {},
  { ...ts.sys, onUnRecoverableConfigFileDiagnostic: () => {} },
);
const program = ts.createProgram(entries, config.options);
const checker = program.getTypeChecker();
const problems = [];
/** Where the declaration behind each exported name was first seen. */
const owners = new Map();
let count = 0;

for (const entry of entries) {
  const source = program.getSourceFile(entry);
  for (const statement of source.statements) {
    const wildcard = ts.isExportDeclaration(statement) && statement.exportClause === undefined;
    if (wildcard && statement.moduleSpecifier.text.startsWith('.')) {
      problems.push(`${place(statement)}: a wildcard export of the package's own file`);
    }
  }
  const module = checker.getSymbolAtLocation(source);
  if (module === undefined) continue;
  for (const exported of checker.getExportsOfModule(module)) {
    count += 1;
    const symbol = exported.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(exported) : exported;
    const declaration = symbol.declarations?.[0];
    if (declaration === undefined) {
      problems.push(`${entry}: ${exported.name} has no declaration`);
      continue;
    }
    const owner = owners.get(exported.name);
    if (owner === undefined) owners.set(exported.name, declaration);
    else if (owner !== declaration && !mayShareName(symbol, owner)) {
      problems.push(`${place(declaration)}: ${exported.name} is declared at ${place(owner)} too`);
    }
    if (symbol.getDocumentationComment(checker).length === 0) {
      problems.push(`${place(declaration)}: ${exported.name} has no doc comment`);
    }
  }
}

for (const file of filesBehind(['errors', 'x509'])) {
  for (const statement of file.statements) {
    const imports = ts.isImportDeclaration(statement) && !statement.importClause?.isTypeOnly;
    if (imports && statement.moduleSpecifier.text.startsWith('node:')) {
      problems.push(`${place(statement)}: needs Node, in a package that runs in a browser too`);
    }
  }
}

for (const problem of new Set(problems)) process.stdout.write(`${problem}\n`);
if (problems.length > 0) process.exitCode = 1;
else process.stdout.write(`${count} exports of ${entries.length} entries\n`);

/**
 * In a layer above, a subclass may take its base's name, as socket's SSLContext does, and a function that of the one it
 * wraps, as socket's createDefaultContext does.
 */
function mayShareName(symbol, owner) {
  if (ts.isFunctionDeclaration(owner)) return symbol.declarations.every(ts.isFunctionDeclaration);
  const base = checker.getDeclaredTypeOfSymbol(symbol).getBaseTypes?.()?.[0];
  return base?.symbol?.declarations?.includes(owner) ?? false;
}

/** The sources that these packages' main entries reach. */
function filesBehind(names) {
  const mains = names.map((name) => join(root, 'packages', name, 'src', 'index.ts'));
  const reached = ts.createProgram(mains, config.options).getSourceFiles();
  return reached.filter((file) => !file.isDeclarationFile);
}

function place(node) {
  const file = node.getSourceFile();
  const { line } = file.getLineAndCharacterOfPosition(node.getStart());
  return `${file.fileName
    .split(sep)
    .join('/')
    .slice(root.length + 1)}:${line + 1}`;
}
