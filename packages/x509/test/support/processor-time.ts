/**
 * Runs something and measures the milliseconds that processors worked for it. Not the time that passes: other tests, and on
 * a loaded machine other programs, run beside this one.
 */
export function processorTime(run: () => void): number {
  const start = process.cpuUsage();
  run();
  return process.cpuUsage(start).user / 1000;
}
