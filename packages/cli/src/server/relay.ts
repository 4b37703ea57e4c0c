import type { Duplex } from 'node:stream';

/** Carries bytes both ways until both directions have ended, or one side breaks, which ends the other too. */
export function relay(one: Duplex, other: Duplex): Promise<void> {
  return new Promise((resolve) => {
    let open = 2;
    const onClose = () => {
      open--;
      if (open === 0) resolve();
    };
    for (const [from, to] of [
      [one, other],
      [other, one],
    ] as const) {
      // An end is passed on by pipe; a break is not.
      from.on('error', () => to.destroy());
      from.on('close', () => {
        if (!from.readableEnded) to.destroy();
        onClose();
      });
      from.pipe(to);
    }
  });
}
