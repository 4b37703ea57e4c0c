import { createServer, type Server, type Socket } from 'node:net';
import { ExitCode } from '../exit-code.ts';
import { codeOf, Failure, messageOf } from '../failure.ts';
import { formatTarget } from '../target.ts';

/** A listening TCP server that can end its connections. */
export interface PlainListener {
  readonly host: string;
  readonly port: number;
  /** Stops listening, and ends what is open. */
  close(): Promise<void>;
}

/**
 * Listens, and calls `accept` for each connection.
 *
 * @param port - 0 for a free one.
 * @throws Failure where the address cannot be listened at.
 */
export async function listen(
  { host, port }: { host: string; port: number },
  accept: (socket: Socket) => void,
): Promise<PlainListener> {
  // A client may end its direction and still wait for the answer.
  const server = createServer({ allowHalfOpen: true });
  const open = new Set<Socket>();
  server.on('connection', (socket) => {
    open.add(socket);
    socket.on('error', () => {});
    socket.on('close', () => open.delete(socket));
    accept(socket);
  });
  await start(server, { host, port });
  const address = server.address();
  const actual = typeof address === 'object' && address !== null ? address.port : port;
  return {
    host,
    port: actual,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of open) socket.destroy();
      }),
  };
}

function start(server: Server, address: { host: string; port: number }): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (error) => reject(explainListening(error, address)));
    server.listen(address, resolve);
  });
}

function explainListening(error: Error, address: { host: string; port: number }): Failure {
  const place = formatTarget(address);
  switch (codeOf(error)) {
    case 'EADDRINUSE':
      return new Failure(`${place} is in use by another program`, ExitCode.FAILED, [
        'Choose another port with --port; 0 takes a free one.',
      ]);
    case 'EACCES':
      return new Failure(`${place} needs more rights than this user has`, ExitCode.FAILED, [
        'Choose a port from 1024 on with --port.',
      ]);
    default:
      return new Failure(`${place} cannot be listened at: ${messageOf(error)}`);
  }
}
