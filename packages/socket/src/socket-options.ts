import type { Socket } from 'node:net';
import { constants } from 'node:os';
import { invalidArgumentType } from '@sslkit/errors';
import type { Descriptor } from './descriptor.ts';
import { numberedSystemError, systemError } from './system-error.ts';

const linux = process.platform === 'linux';

/** `level` of options of the socket itself. */
export const SOL_SOCKET = linux ? 1 : 0xffff;
/** `level` of options of TCP. */
export const IPPROTO_TCP = 6;
/** Keep-alive probes on an idle connection; settable. */
export const SO_KEEPALIVE = linux ? 9 : 8;
/** The kind of socket: always {@link SOCK_STREAM}. */
export const SO_TYPE = linux ? 3 : 0x1008;
/** The error that waits to be reported, as a positive number; 0 where there is none. */
export const SO_ERROR = linux ? 4 : 0x1007;
/** Bytes that the socket may hold before a write waits: the system's over a descriptor, Node's over a stream. */
export const SO_SNDBUF = linux ? 7 : 0x1001;
/** Bytes that the socket may hold before it stops reading: the system's over a descriptor, Node's over a stream. */
export const SO_RCVBUF = linux ? 8 : 0x1002;
/** Small writes go out at once instead of waiting for an acknowledgement; settable. */
export const TCP_NODELAY = 1;
/** Seconds of idleness before the first keep-alive probe; settable. */
export const TCP_KEEPIDLE = process.platform === 'darwin' ? 0x10 : linux ? 4 : 3;
/** The only type of socket that TLS runs over. */
export const SOCK_STREAM = 1;

/** For `shutdown`: no more reading. */
export const SHUT_RD = 0;
/** For `shutdown`: no more writing. */
export const SHUT_WR = 1;
/** For `shutdown`: neither. */
export const SHUT_RDWR = 2;

// Node can set these and cannot read them back, so what was set is remembered.
interface Remembered {
  noDelay: boolean;
  keepAlive: boolean;
  keepIdle: number;
}
const remembered = new WeakMap<Socket, Remembered>();
const KEEP_IDLE_DEFAULT = 7200; // seconds, what every supported system starts with

function rememberedOf(socket: Socket): Remembered {
  let known = remembered.get(socket);
  if (known === undefined) {
    known = { noDelay: false, keepAlive: false, keepIdle: KEEP_IDLE_DEFAULT };
    remembered.set(socket, known);
  }
  return known;
}

/**
 * Reads an option of a socket. Python: `getsockopt`.
 *
 * @throws SystemError `ENOPROTOOPT` for an option that `net.Socket` does not let through.
 */
export function readOption(socket: Socket | null, level: number, option: number): number {
  if (socket === null) throw refusal('getsockopt', 'there is no TCP or Unix-domain socket under this connection');
  const known = rememberedOf(socket);
  if (level === IPPROTO_TCP && option === TCP_NODELAY) return Number(known.noDelay);
  if (level === IPPROTO_TCP && option === TCP_KEEPIDLE) return known.keepIdle;
  if (level === SOL_SOCKET) {
    if (option === SO_KEEPALIVE) return Number(known.keepAlive);
    if (option === SO_TYPE) return SOCK_STREAM;
    if (option === SO_ERROR) return errorNumber(socket);
    if (option === SO_SNDBUF) return socket.writableHighWaterMark;
    if (option === SO_RCVBUF) return socket.readableHighWaterMark;
  }
  throw refusal(
    'getsockopt',
    'Node gives access to no-delay, keep-alive, the type, the error and its own buffer sizes',
  );
}

/**
 * Sets an option of a socket. Python: `setsockopt`.
 *
 * @throws SystemError `ENOPROTOOPT` for an option that `net.Socket` does not let through.
 */
export function writeOption(socket: Socket | null, level: number, option: number, value: number | boolean): void {
  if (typeof value !== 'number' && typeof value !== 'boolean') {
    throw invalidArgumentType('value', 'a number or a boolean', value);
  }
  if (socket === null) throw refusal('setsockopt', 'there is no TCP or Unix-domain socket under this connection');
  const known = rememberedOf(socket);
  if (level === IPPROTO_TCP && option === TCP_NODELAY) {
    known.noDelay = Boolean(value);
    socket.setNoDelay(known.noDelay);
  } else if (level === SOL_SOCKET && option === SO_KEEPALIVE) {
    known.keepAlive = Boolean(value);
    socket.setKeepAlive(known.keepAlive, 0);
  } else if (level === IPPROTO_TCP && option === TCP_KEEPIDLE) {
    known.keepIdle = Number(value);
    socket.setKeepAlive(known.keepAlive, known.keepIdle * 1000);
  } else {
    throw refusal('setsockopt', 'Node lets no-delay, keep-alive and the keep-alive delay be set');
  }
}

// An `int` of C, which is what these options are.
const number = new Int32Array(1);
const numberBytes = new Uint8Array(number.buffer);

/**
 * Reads an option by `getsockopt(2)`.
 *
 * @throws SystemError as the system gives it, such as `ENOPROTOOPT`.
 */
export function readDescriptorOption(descriptor: Descriptor, level: number, option: number): number {
  number[0] = 0;
  const size = descriptor.getOption(level, option, numberBytes);
  if (size < 0) throw numberedSystemError(size, 'getsockopt');
  return number[0];
}

/**
 * Sets an option by `setsockopt(2)`.
 *
 * @throws SystemError as the system gives it, such as `ENOPROTOOPT`.
 */
export function writeDescriptorOption(
  descriptor: Descriptor,
  level: number,
  option: number,
  value: number | boolean,
): void {
  if (typeof value !== 'number' && typeof value !== 'boolean') {
    throw invalidArgumentType('value', 'a number or a boolean', value);
  }
  number[0] = Number(value);
  const result = descriptor.setOption(level, option, numberBytes);
  if (result < 0) throw numberedSystemError(result, 'setsockopt');
}

function errorNumber(socket: Socket): number {
  const { errored } = socket;
  if (errored === null || errored === undefined || !('code' in errored)) return 0;
  return Object.entries(constants.errno).find(([name]) => name === errored.code)?.[1] ?? 0;
}

function refusal(syscall: string, hint: string): Error {
  return systemError('ENOPROTOOPT', syscall, hint);
}
