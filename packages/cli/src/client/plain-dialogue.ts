import { once } from 'node:events';
import type { Socket } from 'node:net';
import { ExitCode } from '../exit-code.ts';
import { Failure } from '../failure.ts';
import { printable } from '../output.ts';

const MOST_BYTES = 65_536; // more than any protocol says before TLS; a peer must not fill our memory

/** A conversation in plaintext before TLS starts: what is read is taken off the socket, and not a byte more. */
export class PlainDialogue {
  readonly #socket: Socket;
  readonly #signal: AbortSignal;
  readonly #place: string;
  #received: Buffer = Buffer.alloc(0);

  /**
   * @param place - how messages call the peer.
   * @param timeout - seconds for the whole conversation.
   */
  constructor(socket: Socket, place: string, timeout: number) {
    this.#socket = socket;
    this.#place = place;
    this.#signal = AbortSignal.timeout(Math.ceil(timeout * 1000));
  }

  send(bytes: string | Uint8Array): void {
    this.#socket.write(bytes);
  }

  /** Reads a line without its end. @throws Failure where the peer ends, or takes too long */
  async line(): Promise<string> {
    for (;;) {
      const end = this.#received.indexOf('\n');
      if (end >= 0)
        return this.#take(end + 1)
          .toString('latin1')
          .replace(/\r?\n$/, '');
      await this.#more();
    }
  }

  /** Reads exactly so many bytes. @throws Failure as {@link line} */
  async bytes(count: number): Promise<Buffer> {
    while (this.#received.length < count) await this.#more();
    return this.#take(count);
  }

  /** Reads up to the first match of a pattern, and with it. @throws Failure as {@link line} */
  async until(pattern: RegExp): Promise<string> {
    for (;;) {
      const text = this.#received.toString('latin1');
      const match = pattern.exec(text);
      if (match !== null) return this.#take(match.index + match[0].length).toString('latin1');
      await this.#more();
    }
  }

  #take(count: number): Buffer {
    const taken = this.#received.subarray(0, count);
    this.#received = this.#received.subarray(count);
    return taken;
  }

  async #more(): Promise<void> {
    const chunk: Buffer | null = this.#socket.read();
    if (chunk !== null) {
      this.#received = Buffer.concat([this.#received, chunk]);
      if (this.#received.length > MOST_BYTES) throw this.refusal('says more than this protocol has to say');
      return;
    }
    if (this.#socket.readableEnded || this.#socket.destroyed) throw this.refusal('ended the connection before TLS');
    try {
      await Promise.race([
        once(this.#socket, 'readable', { signal: this.#signal }),
        once(this.#socket, 'end', { signal: this.#signal }),
      ]);
    } catch (error) {
      if (!this.#signal.aborted) throw error;
      throw this.refusal('does not answer in this protocol');
    }
  }

  /**
   * Ends the conversation: what comes next is TLS.
   *
   * @throws Failure where plaintext is left: it would look as if it had been protected (CVE-2011-0411).
   */
  finish(): void {
    if (this.#received.length > 0) throw this.refusal('sent plaintext behind its consent to TLS');
  }

  /** Ends the conversation with a proxy: what it has sent beyond is from the server behind it, and is read next. */
  release(): void {
    if (this.#received.length > 0) this.#socket.unshift(this.#received);
    this.#received = Buffer.alloc(0);
  }

  /** The failure of a peer that does not do what the protocol wants. */
  refusal(what: string, answer?: string): Failure {
    return this.#failure(what, answer, 'Check the port and the protocol of --starttls.');
  }

  /** The failure of a peer that speaks the protocol, but does not turn TLS on. */
  withoutTls(what: string, answer?: string): Failure {
    return this.#failure(what, answer, 'Turn TLS on at the server, or use a port at which it speaks TLS.');
  }

  /** The failure of a peer that does not know the name that it is asked for. */
  unknownName(what: string): Failure {
    return this.#failure(what, undefined, 'Ask for a name that it serves: --servername NAME');
  }

  #failure(what: string, answer: string | undefined, remedy: string): Failure {
    const said = answer === undefined ? '' : `: it answered '${printable(answer.slice(0, 120))}'`;
    return new Failure(`${this.#place} ${what}${said}`, ExitCode.NOT_TLS, [remedy]);
  }
}
