import { lookup } from 'node:dns/promises';
import { getDefaultAutoSelectFamilyAttemptTimeout, isIP } from 'node:net';
import { constants } from 'node:os';
import type { Wait } from './deadlines.ts';
import type { Addon } from './native.ts';
import type { NetAddress } from './socket-address.ts';
import { readDescriptorOption, SO_ERROR, SOL_SOCKET } from './socket-options.ts';
import { numberedSystemError } from './system-error.ts';
import { type DescriptorTransport, takeDescriptor } from './transports/descriptor.ts';

/** What can be said about where to connect from, and for how long. */
export interface DescriptorConnection {
  readonly source: readonly [host: string, port: number] | null;
  readonly wait: Wait;
}

/**
 * Connects a descriptor of our own, trying every address of the host in turn.
 *
 * @throws SystemError of the last address, such as `ECONNREFUSED`.
 */
export async function connectDescriptor(
  addon: Addon,
  address: NetAddress,
  options: DescriptorConnection,
): Promise<DescriptorTransport> {
  if ('path' in address) return attempt(addon, { host: address.path, port: -1 }, options);
  const hosts = await addressesOf(address.host || 'localhost', options.wait);
  for (const host of hosts.slice(0, -1)) {
    try {
      return await attempt(addon, { host, port: address.port }, options, getDefaultAutoSelectFamilyAttemptTimeout());
    } catch (error) {
      // The caller's own deadline or signal, not that of this address.
      if (!(error instanceof Error && 'syscall' in error)) throw error;
    }
  }
  return attempt(addon, { host: hosts.at(-1) ?? '', port: address.port }, options);
}

async function addressesOf(host: string, wait: Wait): Promise<string[]> {
  if (isIP(host) !== 0) return [host];
  const found = await wait.race(lookup(host, { all: true }));
  return found.map(({ address }) => address);
}

/** @param patience - milliseconds, after which the next address is tried; undefined for no limit but the caller's. */
async function attempt(
  addon: Addon,
  target: { readonly host: string; readonly port: number },
  { source, wait }: DescriptorConnection,
  patience?: number,
): Promise<DescriptorTransport> {
  const [sourceHost, sourcePort] = sourceFor(target.host, source);
  const connecting = addon.connect(target.host, target.port, sourceHost, sourcePort);
  if (typeof connecting === 'number') throw connectError(connecting, target);
  const [number, isConnected] = connecting;
  const transport = takeDescriptor(addon, number, { allowHalfOpen: false });
  if (isConnected) return transport;
  try {
    await wait.race(settle(transport, target, patience));
    return transport;
  } catch (error) {
    void transport.close();
    throw error;
  }
}

function settle(
  transport: DescriptorTransport,
  target: { readonly host: string; readonly port: number },
  patience: number | undefined,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer =
      patience === undefined
        ? undefined
        : setTimeout(() => reject(connectError(-constants.errno.ETIMEDOUT, target)), patience);
    transport.awaitConnected(() => {
      clearTimeout(timer);
      const failure = readDescriptorOption(transport.descriptor, SOL_SOCKET, SO_ERROR);
      if (failure === 0) resolve();
      else reject(connectError(-failure, target));
    });
  });
}

function sourceFor(host: string, source: DescriptorConnection['source']): [host?: string, port?: number] {
  if (source === null || (source[0] === '' && source[1] === 0)) return [];
  return [source[0] || (isIP(host) === 6 ? '::' : '0.0.0.0'), source[1]];
}

function connectError(number: number, { host, port }: { readonly host: string; readonly port: number }): Error {
  const where = port < 0 ? { address: host } : { address: host, port };
  return Object.assign(numberedSystemError(number, 'connect', Object.values(where).join(':')), where);
}
