// Prints `N passed, N failed, N skipped` from a report of vitest's JSON reporter. A file that could not be loaded, and a
// report that is missing, count as a failure; so does a run without a single test.
import { readFileSync } from 'node:fs';

const count = { passed: 0, failed: 0, skipped: 0 };
for (const file of readReport(process.argv[2])) {
  if (file.status === 'failed' && !file.assertionResults.some(({ status }) => status === 'failed')) count.failed += 1;
  for (const { status } of file.assertionResults) count[Object.hasOwn(count, status) ? status : 'skipped'] += 1;
}
if (count.passed + count.failed === 0) count.failed = 1;
process.stdout.write(`${count.passed} passed, ${count.failed} failed, ${count.skipped} skipped\n`);
process.exitCode = count.failed === 0 ? 0 : 1;

function readReport(path) {
  try {
    return JSON.parse(readFileSync(path, 'utf8')).testResults;
  } catch (error) {
    process.stderr.write(`No report of the tests: ${error.message}\n`);
    return [];
  }
}
