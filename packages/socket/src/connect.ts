import type { Socket } from 'node:net';
import { type CallOptions, checkTimeout, Wait } from './deadlines.ts';
import { makeLendingSocket } from './lent-reads.ts';
import { type AddressLike, type NetAddress, parseAddress } from './socket-address.ts';
import { systemError } from './system-error.ts';

/** Options of {@link createConnection}. */
export interface ConnectionOptions extends CallOptions {
  /** Seconds for all attempts together; null, the default, for no limit. */
  timeout?: number | null | undefined;
  /** `[host, port]` to connect from; an empty host or port 0 leaves that to the system. */
  sourceAddress?: readonly [host: string, port: number] | null | undefined;
}

/**
 * Connects to `address`, trying every address of the host in turn, and resolves to the plain socket.
 *
 * Python: `socket.create_connection`.
 *
 * @throws SystemError as Node gives it, such as `ECONNREFUSED`.
 * @throws TimeoutError `ETIMEDOUT`.
 */
export async function createConnection(address: AddressLike, options: ConnectionOptions = {}): Promise<Socket> {
  const { timeout = null, sourceAddress = null, signal } = options;
  const wait = new Wait('connect', checkTimeout(timeout) || null, signal);
  const socket = makeLendingSocket();
  await connectSocket(socket, parseAddress(address), { source: sourceAddress, wait });
  return socket;
}

/** Connects a socket that has never been connected; destroys it when that fails. */
export async function connectSocket(
  socket: Socket,
  address: NetAddress,
  options: { source: readonly [host: string, port: number] | null; wait: Wait },
): Promise<void> {
  const { source, wait } = options;
  const from: { localAddress?: string; localPort?: number } = {};
  if (source !== null && source[0] !== '') from.localAddress = source[0];
  if (source !== null && source[1] !== 0) from.localPort = source[1];
  if ('path' in address) socket.connect(address);
  // Python waits for all addresses of a host in turn; Node does it with several at once, which is never slower.
  else socket.connect({ host: address.host || 'localhost', port: address.port, ...from });
  await awaitConnected(socket, wait);
}

/**
 * Resolves when a connecting socket is connected.
 *
 * @throws SystemError the reason why it is not; the socket is destroyed then, as it is when `wait` ends.
 */
export async function awaitConnected(socket: Socket, wait: Wait): Promise<void> {
  if (!socket.connecting) return;
  const closed = new Promise((resolve) => socket.once('close', resolve));
  let stopListening = () => {};
  const connected = new Promise<void>((resolve, reject) => {
    const onClose = () => reject(systemError('ECONNRESET', 'connect'));
    socket.once('connect', resolve);
    socket.once('error', reject);
    socket.once('close', onClose);
    stopListening = () => {
      socket.off('connect', resolve);
      socket.off('error', reject);
      socket.off('close', onClose);
    };
  });
  try {
    await wait.race(connected);
  } catch (error) {
    await tearDown(socket, closed);
    throw error;
  } finally {
    stopListening();
  }
}

/** Destroys a socket; once it says that it is closed, it can be connected anew. */
async function tearDown(socket: Socket, closed: Promise<unknown>): Promise<void> {
  // It may fail once more on the way, with nobody left to tell.
  const ignore = () => {};
  socket.on('error', ignore);
  socket.destroy();
  await closed;
  socket.off('error', ignore);
}
