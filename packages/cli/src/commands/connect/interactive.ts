import type { Socket } from 'node:net';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import type { SSLContext, SSLSocket } from '@sslkit/socket';
import { ObservedTransport } from '../../client/observed-transport.ts';
import { messageOf } from '../../failure.ts';
import type { Output } from '../../output.ts';

/** What an interactive connection starts from. */
export interface Conversation {
  readonly connection: SSLSocket<Socket>;
  readonly context: SSLContext;
  /** Whether the certificate of the last handshake was accepted by OpenSSL. */
  readonly isVerified: () => boolean;
  readonly serverName: string;
  /** Seconds that a handshake may take, and that the server may be silent before it is given up at the end. */
  readonly timeout: number;
  /**
   * Seconds that the server may be silent, once the input has ended, before it is told so. Default: none for a keyboard,
   * `timeout` for a pipe.
   */
  readonly linger?: number | undefined;
  /** What the user types. */
  readonly keyboard: Readable & { readonly isTTY?: boolean };
}

const HELP = [
  '~.  end the connection',
  '~u  take TLS off (close_notify both ways) and go on in plaintext',
  '~t  put TLS on again, with a new handshake',
  '~~  send a line that begins with ~',
  '~?  this list',
];

/**
 * Lets the keyboard and the server talk, line by line, until either ends. Lines that begin with `~` are for us.
 *
 * One reader stands on the connection at any time; it is called off before TLS is taken off or put on.
 *
 * The end of the input is not the end of the conversation: what was sent is still being answered. Many servers stop where
 * they are when they get a close_notify, so a pipe waits for silence before it sends one, and then for the server's end.
 */
export async function converse(conversation: Conversation, output: Output): Promise<void> {
  const talk = new Talk(conversation, output);
  const lines = createInterface({ input: conversation.keyboard, crlfDelay: Number.POSITIVE_INFINITY });
  talk.startReading();
  if (isTyped(conversation)) output.say('Type to talk to the server; ~? lists what else there is.');
  void talk.ended.then(() => lines.close());
  for await (const line of lines) {
    if (talk.isOver) break;
    await talk.take(line);
    if (talk.isOver) break;
  }
  await talk.finish();
}

function isTyped({ keyboard }: Conversation): boolean {
  return keyboard.isTTY === true;
}

class Talk {
  readonly ended: Promise<void>;
  isOver = false;
  readonly #conversation: Conversation;
  readonly #output: Output;
  #secure: SSLSocket<Socket> | null;
  #plain: Socket | null = null;
  #reading: { stop: AbortController; done: Promise<void> } | null = null;
  #end: () => void = () => {};
  #onData: () => void = () => {};

  constructor(conversation: Conversation, output: Output) {
    this.#conversation = conversation;
    this.#secure = conversation.connection;
    this.#output = output;
    this.ended = new Promise((resolve) => {
      this.#end = resolve;
    });
  }

  startReading(): void {
    const stop = new AbortController();
    this.#reading = { stop, done: this.#read(stop.signal) };
  }

  async #stopReading(): Promise<void> {
    this.#reading?.stop.abort();
    await this.#reading?.done;
    this.#reading = null;
  }

  async #read(signal: AbortSignal): Promise<void> {
    try {
      const secure = this.#secure;
      if (secure !== null) {
        for (;;) {
          const data = await secure.recv(65_536, { signal });
          if (data.length === 0) break;
          this.#onData();
          await this.#output.data(data);
        }
        this.#output.say(
          secure.ended === 'close_notify' ? 'The server has ended TLS.' : 'The server has cut the connection.',
        );
      } else if (this.#plain !== null) {
        await readPlain(this.#plain, signal, (bytes) => {
          this.#onData();
          void this.#output.data(bytes);
        });
        this.#output.say('The server has closed the connection.');
      }
      this.#stop();
    } catch (error) {
      if (signal.aborted) return;
      this.#output.say(`The connection is over: ${messageOf(error)}`);
      this.#stop();
    }
  }

  #stop(): void {
    this.isOver = true;
    this.#end();
  }

  /** Takes a line of the keyboard. */
  async take(line: string): Promise<void> {
    try {
      if (line === '~.') this.#stop();
      else if (line === '~?') for (const help of HELP) this.#output.say(help);
      else if (line === '~u') await this.#takeOff();
      else if (line === '~t') await this.#putOn();
      else await this.#send(`${line.startsWith('~~') ? line.slice(1) : line}\r\n`);
    } catch (error) {
      this.#output.say(`That did not work: ${messageOf(error)}`);
      this.#stop();
    }
  }

  async #send(text: string): Promise<void> {
    if (this.#secure !== null) await this.#secure.sendAll(text);
    else this.#plain?.write(text);
  }

  async #takeOff(): Promise<void> {
    if (this.#secure === null) {
      this.#output.say('There is no TLS on this connection.');
      return;
    }
    await this.#stopReading();
    this.#plain = await this.#secure.unwrap({ signal: this.#limit() });
    this.#secure = null;
    this.#output.say('TLS is off: from here on, everybody can read along.');
    this.startReading();
  }

  async #putOn(): Promise<void> {
    if (this.#plain === null) {
      this.#output.say('TLS is on already.');
      return;
    }
    await this.#stopReading();
    const { context, serverName, timeout } = this.#conversation;
    const transport = new ObservedTransport(this.#plain);
    this.#secure = await context.wrapSocket(transport, { serverHostname: serverName, handshakeTimeout: timeout });
    this.#plain = null;
    const verdict = this.#conversation.isVerified() ? 'verified' : 'NOT verified';
    this.#output.say(`TLS is on: ${this.#secure.version()} with ${this.#secure.cipher()?.[0]}, ${verdict}.`);
    this.startReading();
  }

  #limit(): AbortSignal {
    return AbortSignal.timeout(Math.ceil(this.#conversation.timeout * 1000));
  }

  /** Says goodbye: our data has ended, and what the server still has to say is heard. */
  async finish(): Promise<void> {
    const { timeout, linger = isTyped(this.#conversation) ? 0 : timeout } = this.#conversation;
    if (!this.isOver) await this.#untilSilent(linger);
    if (!this.isOver) {
      await this.#secure?.halfClose().catch(() => {});
      this.#plain?.end();
      await this.#untilSilent(timeout);
    }
    await this.#stopReading();
    this.#plain?.destroy();
    await this.#secure?.close({ notify: true });
  }

  /** Resolves when the server has said nothing for so many seconds, or has ended. */
  async #untilSilent(seconds: number): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    const silence = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, Math.ceil(seconds * 1000));
    });
    this.#onData = () => void timer?.refresh();
    await Promise.race([this.ended, silence]);
    clearTimeout(timer);
  }
}

async function readPlain(socket: Socket, signal: AbortSignal, onData: (bytes: Buffer) => void): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    const settle = (finish: () => void) => {
      socket.off('data', onData);
      socket.off('end', onEnd);
      socket.off('error', onError);
      signal.removeEventListener('abort', onAbort);
      socket.pause();
      finish();
    };
    const onEnd = () => settle(resolve);
    const onError = (error: Error) => settle(() => reject(error));
    const onAbort = () => settle(() => reject(signal.reason));
    socket.on('data', onData);
    socket.on('end', onEnd);
    socket.on('error', onError);
    signal.addEventListener('abort', onAbort, { once: true });
  });
}
