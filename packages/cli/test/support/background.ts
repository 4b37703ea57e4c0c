import type { ChildProcessWithoutNullStreams } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { afterAll } from 'vitest';
import { start } from './command.ts';

const children: ChildProcessWithoutNullStreams[] = [];
afterAll(() => {
  for (const child of children) child.kill('SIGKILL');
});

/** A verb that runs until it is interrupted, and the events that it prints with `--json`. */
export class Background {
  readonly child: ChildProcessWithoutNullStreams;
  readonly #lines: AsyncIterator<string>;

  private constructor(child: ChildProcessWithoutNullStreams) {
    this.child = child;
    this.#lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  }

  /** Starts a verb at a free port and resolves when it listens, to it and to the port. */
  static async start(words: readonly string[]): Promise<{ running: Background; port: number }> {
    const child = start([...words, '--port', '0', '--json']);
    children.push(child);
    const running = new Background(child);
    const { port } = await running.next('listening');
    return { running, port: Number(port) };
  }

  /** The next event of a kind; others before it are passed over. */
  async next(kind: string): Promise<Record<string, unknown>> {
    for (;;) {
      const { value, done } = await this.#lines.next();
      if (done) throw new Error(`The command ended without the event ${kind}`);
      const event = JSON.parse(value) as Record<string, unknown>;
      if (event['event'] === kind) return event;
    }
  }

  /** Interrupts it as Ctrl-C does, and resolves to the exit code. */
  async interrupt(): Promise<number | null> {
    const closed = once(this.child, 'close');
    this.child.kill('SIGINT');
    const [code] = await closed;
    return code;
  }
}
