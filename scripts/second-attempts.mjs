// A reporter of vitest: names the tests that failed once and passed when they were tried again, so that nobody overlooks
// them. Only CI tries again (vitest.config.ts).
export default class SecondAttempts {
  #names = [];

  onTestCaseResult(test) {
    const { retryCount = 0 } = test.diagnostic() ?? {};
    if (retryCount === 0 || test.result().state !== 'passed') return;
    this.#names.push(`${test.module.moduleId}: ${test.fullName}`);
  }

  onTestRunEnd() {
    if (this.#names.length === 0) return;
    process.stdout.write(`\nPassed only when tried again:\n${this.#names.join('\n')}\n`);
  }
}
