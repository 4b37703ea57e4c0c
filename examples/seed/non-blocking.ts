// "Notes on non-blocking sockets" of Python's documentation: calls that would wait throw instead, and are made again.
import {
  createConnection,
  createDefaultContext,
  type SSLSocket,
  SSLWantReadError,
  SSLWantWriteError,
} from '@sslkit/socket';

/** Sends one line and gives back the answer, on a socket that never waits by itself. */
export async function exchangeLine(host: string, port: number, cafile: string, line: string): Promise<string> {
  const context = createDefaultContext({ cafile });
  const sock = await context.wrapSocket(await createConnection([host, port]), {
    serverHostname: host,
    doHandshakeOnConnect: false,
  });
  sock.setBlocking(false);
  try {
    await retry(sock, () => sock.doHandshake());
    const outgoing = Buffer.from(line);
    for (let sent = 0; sent < outgoing.length; ) sent += await retry(sock, () => sock.send(outgoing.subarray(sent)));
    let answer = '';
    while (!answer.endsWith('\n')) {
      const chunk = await retry(sock, () => sock.recv(1024));
      if (chunk.length === 0) break;
      answer += chunk;
    }
    return answer;
  } finally {
    await sock.close();
  }
}

/** Makes a call until it goes through; `readable` and `writable` stand for Python's `select`. */
async function retry<T>(sock: SSLSocket, call: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await call();
    } catch (error) {
      if (error instanceof SSLWantReadError) await sock.readable();
      else if (error instanceof SSLWantWriteError) await sock.writable();
      else throw error;
    }
  }
}
