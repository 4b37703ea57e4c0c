import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { compareAll, countRounds } from '../measuring.mjs';

const entry = (name, file = 'index') =>
  fileURLToPath(new URL(`../../packages/${name}/dist/${file}.js`, import.meta.url));
const modules = {
  'an empty module': 'data:text/javascript,',
  'node:tls': 'node:tls',
  errors: entry('errors'),
  bio: entry('bio'),
  x509: entry('x509'),
  context: entry('context'),
  socket: entry('socket'),
};

const script = `import(process.argv[1]).then(() => {
  const { user, system } = process.cpuUsage();
  console.log((user + system) / 1e6, performance.now() / 1e3);
});`;

/** From the start of a process to the end of an import, Node's own start included. */
export const importTime = {
  title: 'Start of a process that imports a package, against an empty module',
  async run({ rounds }) {
    const names = Object.keys(modules).filter((name) => !modules[name].startsWith('/') || existsSync(modules[name]));
    const answers = Object.fromEntries(names.map((name) => [name, []]));
    for (const round of countRounds(rounds)) {
      for (const name of names) {
        const { stdout } = spawnSync(process.execPath, ['-e', script, modules[name]]);
        if (round > 0) answers[name].push(stdout.toString().split(' ').map(Number));
      }
      names.reverse();
    }
    const comparisons = Object.keys(modules)
      .slice(1)
      .map((one) => ({ one, other: 'an empty module' }));
    return {
      rows: [{ name: 'process', ...compareAll(answers, comparisons, (name) => name) }],
      missing: {},
      about: { node: process.versions.node },
    };
  },
};
