import { once } from 'node:events';
import type { Socket } from 'node:net';
import * as tls from 'node:tls';
import type { CreatedCertificate } from '@sslkit/x509';
import { plainServer } from './servers.ts';

/** One step of a server's side: what it says, and what the client must have said before. */
export interface Step {
  readonly after?: RegExp;
  /** How many bytes the client sends, where TLS may follow on their heels. */
  readonly take?: number;
  readonly say?: string | Uint8Array;
}

/** A server that goes through the steps of a protocol, then puts Node's TLS on, and echoes. */
export function starttlsServer(certificate: CreatedCertificate, steps: readonly Step[]): Promise<number> {
  return plainServer((socket) => {
    talk(socket, steps).then(
      () => {
        const { chainPem: cert, privateKeyPem: key } = certificate;
        const secure = new tls.TLSSocket(socket, { isServer: true, cert, key });
        secure.on('error', () => {});
        secure.pipe(secure);
      },
      () => socket.destroy(),
    );
  });
}

async function talk(socket: Socket, steps: readonly Step[]): Promise<void> {
  for (const { after, take, say } of steps) {
    if (take !== undefined) while (socket.read(take) === null) await once(socket, 'readable');
    if (after !== undefined) {
      let heard = '';
      while (!after.test(heard)) {
        const chunk: Buffer | null = socket.read();
        if (chunk === null) await once(socket, 'readable');
        else heard += chunk.toString('latin1');
      }
    }
    if (say !== undefined) socket.write(say);
  }
}

/** A greeting of MySQL's protocol 10, with or without CLIENT_SSL. */
export function mysqlGreeting(hasTls: boolean): Buffer {
  const abilities = Buffer.alloc(2);
  abilities.writeUInt16LE(hasTls ? 0xffff : 0xf7ff);
  const payload = Buffer.concat([Buffer.from('\x0a8.0.36\0'), Buffer.alloc(4 + 8 + 1), abilities, Buffer.alloc(20)]);
  return Buffer.concat([Uint8Array.of(payload.length, 0, 0, 0), payload]);
}
