import { Server, type Socket } from 'node:net';
import { invalidArgumentType, outOfRange } from '@sslkit/errors';
import { systemError } from './system-error.ts';

/** `[host, port]` of an internet socket, the path of a Unix-domain one. Python: the address of `AF_INET`, `AF_UNIX`. */
export type SocketAddress = readonly [host: string, port: number] | string;

/** Where to connect to or to listen, in Python's form or in Node's. */
export type AddressLike =
  | SocketAddress
  | { readonly host?: string | undefined; readonly port: number }
  | { readonly path: string };

/** An address as `net` takes it. */
export type NetAddress = { host: string; port: number } | { path: string };

const MAX_PORT = 65_535;

/**
 * Brings an address into the form that `net` takes. An empty host is "every interface" to a listener and this machine
 * to a client, as in Python.
 *
 * @throws TypeError `ERR_INVALID_ARG_TYPE` for anything else.
 * @throws RangeError `ERR_OUT_OF_RANGE` for a port that is not within 0 and 65535.
 */
export function parseAddress(address: AddressLike): NetAddress {
  if (typeof address === 'string') return { path: address };
  if (typeof address !== 'object' || address === null) throw wrongAddress(address);
  if ('path' in address) {
    if (typeof address.path !== 'string') throw wrongAddress(address);
    return { path: address.path };
  }
  const [host, port] = isPair(address) ? address : [address.host ?? 'localhost', address.port];
  if (typeof host !== 'string' || typeof port !== 'number') throw wrongAddress(address);
  if (!Number.isInteger(port) || port < 0 || port > MAX_PORT) throw outOfRange('port must be 0-65535');
  return { host, port };
}

function isPair(address: object): address is readonly [string, number] {
  return Array.isArray(address);
}

function wrongAddress(address: unknown): TypeError {
  return invalidArgumentType('address', '[host, port], {host, port}, {path}, or the path of a Unix socket', address);
}

/**
 * The peer's address. Python: `getpeername`.
 *
 * @throws SystemError `ENOTCONN` when there is no peer.
 */
export function peerNameOf(socket: Socket | null): SocketAddress {
  if (socket === null || socket.pending || socket.destroyed) throw systemError('ENOTCONN', 'getpeername');
  const { remoteAddress, remotePort } = socket;
  // A Unix-domain client has no name of its own.
  return remoteAddress === undefined || remotePort === undefined ? '' : [remoteAddress, remotePort];
}

/**
 * The socket's own address. Python: `getsockname`.
 *
 * @throws SystemError `EBADF` when it has none yet or no more.
 */
export function socketNameOf(socket: Socket | Server | null): SocketAddress {
  const address = socket?.address() ?? null;
  if (typeof address === 'string') return address;
  if (address !== null && 'address' in address && 'port' in address) {
    const { address: host, port } = address;
    if (typeof host === 'string' && typeof port === 'number') return [host, port];
  }
  if (socket === null || socket instanceof Server || socket.destroyed) throw systemError('EBADF', 'getsockname');
  return '';
}
