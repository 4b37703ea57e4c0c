import type { Socket } from 'node:net';
import { createConnection } from './connect.ts';
import { connectDescriptor } from './connect-descriptor.ts';
import { checkTimeout, Wait } from './deadlines.ts';
import { descriptorAddon } from './native.ts';
import { type AddressLike, parseAddress } from './socket-address.ts';
import type { SSLSocket } from './ssl-socket.ts';
import type { DescriptorTransport } from './transports/descriptor.ts';
import { checkRole, checkTransportKind, type Wrapping, type WrapSocketOptions, wrapConnection } from './wrap-socket.ts';

/** Options of `SSLContext.connect`. */
export interface ConnectOptions extends Omit<WrapSocketOptions, 'serverSide'> {
  /** `[host, port]` to connect from; an empty host or port 0 leaves that to the system. Default: null, both. */
  sourceAddress?: readonly [host: string, port: number] | null | undefined;
}

/** Connects, by a descriptor of our own where there are such, and wraps the connection. */
export async function connectWrapped(
  wrapping: Wrapping,
  address: AddressLike,
  options: ConnectOptions,
): Promise<SSLSocket<Socket>> {
  const target = parseAddress(address);
  const { sourceAddress: source = null, transport: kind, signal } = options;
  const host = 'host' in target && target.host !== '' ? target.host : null;
  const serverHostname = options.serverHostname === undefined ? host : options.serverHostname;
  // Member by member, here and for accepted connections: copying an object and replacing members takes V8 microseconds.
  const wrapOptions: WrapSocketOptions = {
    serverSide: false,
    doHandshakeOnConnect: options.doHandshakeOnConnect,
    suppressRaggedEofs: options.suppressRaggedEofs,
    serverHostname,
    session: options.session,
    timeout: options.timeout,
    transport: kind,
    handshakeTimeout: options.handshakeTimeout,
    signal,
  } satisfies Record<keyof WrapSocketOptions, unknown>;
  // What is wrong with the options is refused before anything is sent.
  checkRole(wrapping.context, wrapOptions);
  const timeout = checkTimeout(options.timeout ?? null);
  const addon = checkTransportKind(kind) === 'auto' ? descriptorAddon() : null;
  if (addon === null) {
    const socket = await createConnection(address, { timeout, sourceAddress: source, signal });
    return wrapConnection(wrapping, socket, wrapOptions);
  }
  const wait = new Wait('connect', timeout || null, signal);
  const transport = await connectDescriptor(addon, target, { source, wait });
  try {
    return await wrapConnection<DescriptorTransport>(wrapping, transport, wrapOptions);
  } catch (error) {
    await transport.close();
    throw error;
  }
}
