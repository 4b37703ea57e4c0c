// Neither a binary nor a compiler: importing the named package fails with one paragraph that says what to do. Prints the
// command in it.
import assert from 'node:assert/strict';

const error = await import(process.argv[2]).then(
  () => assert.fail('the package loaded without its binary'),
  (reason) => reason,
);
assert.ok(error instanceof Error);
assert.equal(typeof error.code, 'string');
assert.doesNotMatch(error.message, /\n\s*\n/, 'one paragraph');
assert.match(error.message, /prebuilds/, 'names the files that were looked for');
const [, command] = /`([^`]*node-gyp[^`]*)`/.exec(error.message) ?? assert.fail('names the command that builds them');
process.stdout.write(command);
