import type { ChildProcessWithoutNullStreams } from 'node:child_process';
import { scrypt } from 'node:crypto';
import { once } from 'node:events';
import type { Socket } from 'node:net';
import * as tls from 'node:tls';
import { describe, expect, test } from 'vitest';
import { makeAuthority } from './support/authority.ts';
import { sslkit, start } from './support/command.ts';
import { listen, plainServer, tlsServer } from './support/servers.ts';

const { file, server } = await makeAuthority();
const trust = ['--cafile', file('root.pem')];

describe('--interactive', () => {
  test('keyboard and server talk until the keyboard ends', async () => {
    const port = await tlsServer(server);
    const run = await sslkit(['connect', `localhost:${port}`, ...trust, '-i', '--linger', '0'], {
      input: 'one\ntwo\n~~three\n',
    });
    expect(run).toMatchObject({ code: 0, stdout: 'one\r\ntwo\r\n~three\r\n' });
    expect(run.stderr).toContain('chain        verified');
  });

  test('TLS is taken off and put on again', async () => {
    const { chainPem: cert, privateKeyPem: key } = server;
    const port = await plainServer((socket) => serveUnwrapping(socket, { cert, key }));
    const child = start(['connect', `localhost:${port}`, ...trust, '-i', '--tls', '1.2']);
    const until = listenTo(child);
    await until('name         verified');
    child.stdin.write('hello\n');
    await until('secure: hello');
    child.stdin.write('~u\n');
    await until('TLS is off');
    child.stdin.write('naked\n');
    await until('plain: naked');
    child.stdin.write('~t\n');
    await until('TLS is on: TLSv1.2');
    child.stdin.write('again\n');
    await until('secure: again');
    child.stdin.write('~.\n');
    expect(await once(child, 'close')).toEqual([0, null]);
  });

  test('what a slow server answers to the last line is heard', async () => {
    const port = await slowServer();
    const run = await sslkit(['connect', `localhost:${port}`, ...trust, '-i'], { input: 'hello\n' });
    expect(run).toMatchObject({ code: 0, stdout: 'thinking\r\ndone\r\n' });
  });

  test('--linger 0 tells the server at once that the input has ended', async () => {
    const port = await slowServer();
    const words = ['connect', `localhost:${port}`, ...trust, '-i', '--linger', '0'];
    expect(await sslkit(words, { input: 'hello\n' })).toMatchObject({ code: 0, stdout: 'thinking\r\n' });
  });

  test('a server that neither answers nor ends is left after --linger and --timeout', async () => {
    let heard = '';
    const port = await silentServer((bytes) => {
      heard += bytes;
    });
    const words = ['connect', `localhost:${port}`, ...trust, '-i', '--linger', '0.2', '--timeout', '2'];
    const run = await sslkit(words, { input: 'hello\n' });
    expect(run).toMatchObject({ code: 0, stdout: '' });
    expect(heard).toBe('hello\r\n');
  });

  test('answers in plaintext are waited for as well', async () => {
    const { chainPem: cert, privateKeyPem: key } = server;
    const port = await plainServer((socket) => serveUnwrapping(socket, { cert, key }));
    const words = ['connect', `localhost:${port}`, ...trust, '-i', '--tls', '1.2', '--linger', '0'];
    const run = await sslkit(words, { input: '~u\nnaked\n' });
    expect(run).toMatchObject({ code: 0, stdout: 'plain: naked\r\n' });
  });

  test('a certificate that --insecure overlooks is not said to be verified when TLS is put on again', async () => {
    const { chainPem: cert, privateKeyPem: key } = server;
    const port = await plainServer((socket) => serveUnwrapping(socket, { cert, key }));
    const child = start(['connect', `localhost:${port}`, '--insecure', '-i', '--tls', '1.2']);
    const until = listenTo(child);
    child.stdin.write('~u\n');
    await until('TLS is off');
    child.stdin.write('naked\n');
    await until('plain: naked');
    child.stdin.write('~t\n');
    await until('NOT verified.');
    child.stdin.write('~.\n');
    expect(await once(child, 'close')).toEqual([7, null]);
  });

  test.each([
    ['--linger without it', ['--linger', '1']],
    ['--json beside it', ['-i', '--json']],
    ['--http beside it', ['-i', '--http', '/']],
    ['a time that is none', ['-i', '--linger', 'long']],
  ])('%s ends with 2', async (_name, words) => {
    expect(await sslkit(['connect', 'localhost:1', ...trust, ...words])).toMatchObject({ code: 2 });
  });
});

/** Waits for texts in what a child writes, wherever it writes them. */
function listenTo(child: ChildProcessWithoutNullStreams): (text: string) => Promise<void> {
  let said = '';
  let hasEnded = false;
  let wake = () => {};
  child.once('close', () => {
    hasEnded = true;
    wake();
  });
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (bytes) => {
      said += bytes;
      wake();
    });
  }
  return async (text) => {
    while (!said.includes(text)) {
      if (hasEnded) throw new Error(`The command ended without '${text}': ${said}`);
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    }
  };
}

/** A server that has to think before its second answer, and gives up what it is at when the client has ended. */
function slowServer(): Promise<number> {
  const { chainPem: cert, privateKeyPem: key } = server;
  return listen(
    tls.createServer({ cert, key, allowHalfOpen: true }, (socket) => {
      socket.on('error', () => {});
      socket.on('end', () => socket.end());
      socket.once('data', () => {
        socket.write('thinking\r\n');
        // Much to compute, on another thread.
        scrypt('x', 'y', 64, { N: 2 ** 17, maxmem: 2 ** 28 }, () => {
          if (!socket.writableEnded) socket.end('done\r\n');
        });
      });
    }),
  );
}

/** A server that listens, and neither answers nor ends. */
function silentServer(hear: (bytes: Buffer) => void): Promise<number> {
  const { chainPem: cert, privateKeyPem: key } = server;
  return listen(
    tls.createServer({ cert, key, allowHalfOpen: true }, (socket) => {
      socket.on('error', () => {});
      socket.on('data', hear);
    }),
  );
}

/** A server that takes TLS off when the client does, answers a line in plaintext, and puts TLS on again. */
function serveUnwrapping(socket: Socket, credentials: { cert: string; key: string }): void {
  // Node's TLS cannot give its socket back, so ours is the server here.
  void (async () => {
    const { createDefaultContext, Purpose } = await import('@sslkit/socket');
    const context = createDefaultContext({ purpose: Purpose.CLIENT_AUTH });
    context.loadCertChain(credentials);
    for (let round = 0; round < 2; round++) {
      const secure = await context.wrapSocket(socket, { serverSide: true });
      for await (const data of secure) await secure.sendAll(`secure: ${data}`);
      const plain = await secure.unwrap();
      const [line] = (await once(plain, 'data')) as [Buffer];
      plain.pause();
      plain.write(`plain: ${line}`);
    }
  })().catch(() => socket.destroy());
}
