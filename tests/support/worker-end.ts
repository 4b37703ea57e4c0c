const actions: (() => void)[] = [];

/**
 * Does something when the process that runs the tests ends: what remains of a file whose `afterAll` is not asked for.
 *
 * Files that share a process share the modules here as well, so that an `afterAll` at the top of one belongs to the
 * first of these files alone. vitest ends its processes by SIGTERM, and there is time for nothing asynchronous.
 */
export function whenWorkerEnds(action: () => void): void {
  if (actions.push(action) > 1) return;
  process.once('exit', runActions);
  process.once('SIGTERM', () => {
    runActions();
    process.kill(process.pid, 'SIGTERM'); // by now nobody listens, and it ends as it would have
  });
}

function runActions(): void {
  for (const action of actions.splice(0)) action();
}
