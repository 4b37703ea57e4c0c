/**
 * Resolves when the user or the system asks the process to end: SIGINT or SIGTERM.
 * A second signal ends the process at once, as without us.
 */
export function untilInterrupted(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => resolve());
  });
}
