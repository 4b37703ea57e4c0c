// "Memory BIO Support" of Python's documentation: TLS without any network of its own, moved by hand over any transport.
import { createDefaultContext, MemoryBIO, SSLWantReadError } from '@sslkit/socket';

/** Moves bytes: gives the next ones that arrive, an empty chunk at the end. */
export interface ByteMover {
  send(bytes: Uint8Array): Promise<void>;
  receive(): Promise<Uint8Array>;
}

/** Sends `request` over TLS and gives back everything that is answered. */
export async function exchange(mover: ByteMover, serverHostname: string, cafile: string, request: string) {
  const incoming = new MemoryBIO();
  const outgoing = new MemoryBIO();
  const object = createDefaultContext({ cafile }).wrapBio(incoming, outgoing, { serverHostname });

  /** Makes a call, which waits for nothing, until it has what it needs from the peer. */
  async function run<T>(call: () => T): Promise<T> {
    for (;;) {
      try {
        const result = call();
        await mover.send(outgoing.read());
        return result;
      } catch (error) {
        if (!(error instanceof SSLWantReadError)) throw error;
      }
      // What is meant for the peer goes first: it may be what the peer waits for.
      await mover.send(outgoing.read());
      const bytes = await mover.receive();
      if (bytes.length > 0) incoming.write(bytes);
      else incoming.writeEof();
    }
  }

  await run(() => object.doHandshake());
  await run(() => object.write(Buffer.from(request)));
  let answer = '';
  for (;;) {
    const plaintext = await run(() => object.read(1024));
    if (plaintext.length === 0) return { answer, cipher: object.cipher() };
    answer += plaintext;
  }
}
