import { lookup } from 'node:dns/promises';
import { isIP, Server } from 'node:net';
import { constants } from 'node:os';
import type { Accepted, Acceptor, AcceptorListener } from '../acceptor.ts';
import { Descriptor } from '../descriptor.ts';
import { type Addon, type DescriptorOwner, descriptorAddon } from '../native.ts';
import type { NetAddress, SocketAddress } from '../socket-address.ts';
import {
  IPPROTO_TCP,
  SO_KEEPALIVE,
  SOL_SOCKET,
  TCP_KEEPIDLE,
  TCP_NODELAY,
  writeDescriptorOption,
} from '../socket-options.ts';
import { numberedSystemError } from '../system-error.ts';
import { takeDescriptor } from '../transports/descriptor.ts';
import { chargeTurn, isTurnSpent } from '../turn-budget.ts';
import { standInFor } from './server-handle.ts';

const { EADDRNOTAVAIL, EAFNOSUPPORT, EAGAIN } = constants.errno;

// accept(2) of Linux: "Linux accept() passes already-pending network errors on the new socket as an error code from
// accept()": they are about that connection, and the next one is fine.
const GONE = new Set([
  constants.errno.ECONNABORTED,
  constants.errno.ENETDOWN,
  constants.errno.EPROTO,
  constants.errno.ENOPROTOOPT,
  constants.errno.EHOSTUNREACH,
  constants.errno.EOPNOTSUPP,
  constants.errno.ENETUNREACH,
  constants.errno.EPERM, // a firewall's refusal
]);

// How long nothing is accepted where the process has no descriptor to spare: connections wait in the system meanwhile.
const PAUSE_MS = 100;

/** What a `net.Server` has been told about its connections. */
interface ConnectionSettings {
  readonly allowHalfOpen: boolean;
  readonly noDelay: boolean;
  readonly keepAlive: boolean;
  /** Seconds. */
  readonly keepAliveInitialDelay: number;
}

/** True where a listener can do without the server that it was made of: nobody else has connections from it. */
export async function canStandIn(server: Server): Promise<boolean> {
  if (descriptorAddon() === null || Object.getPrototypeOf(server) !== Server.prototype) return false;
  // One of them is ours.
  if (server.listenerCount('connection') > 1 || server.maxConnections !== undefined) return false;
  // Workers of a cluster share their server with each other: that takes Node's own. They have a channel to the primary.
  return process.send === undefined || !(await import('node:cluster')).default.isWorker;
}

/**
 * Starts to listen at `address` with a descriptor of our own, on behalf of `server`, which says that it listens from then
 * on.
 *
 * @throws SystemError such as `EADDRINUSE`.
 */
export async function listenByDescriptor(
  server: Server,
  address: NetAddress,
  options: { backlog: number; listener: AcceptorListener },
): Promise<DescriptorAcceptor> {
  const addon = descriptorAddon() as Addon;
  const number = await openListening(addon, address, options.backlog);
  const acceptor = new DescriptorAcceptor(addon, number, { settings: settingsOf(server), listener: options.listener });
  standInFor(server, acceptor);
  return acceptor;
}

async function openListening(addon: Addon, address: NetAddress, backlog: number): Promise<number> {
  if ('path' in address) return checkListening(addon.listen(address.path, -1, backlog), address);
  const { port } = address;
  if (address.host === '') {
    // Every interface, by either family where the system has both: as Node does it.
    const both = addon.listen('::', port, backlog);
    if (both !== -EAFNOSUPPORT && both !== -EADDRNOTAVAIL) return checkListening(both, address);
    return checkListening(addon.listen('0.0.0.0', port, backlog), address);
  }
  const host = isIP(address.host) === 0 ? (await lookup(address.host)).address : address.host;
  return checkListening(addon.listen(host, port, backlog), { host, port });
}

function checkListening(number: number, address: NetAddress): number {
  if (number >= 0) return number;
  const where = 'path' in address ? { address: address.path } : { address: address.host, port: address.port };
  throw Object.assign(numberedSystemError(number, 'listen', Object.values(where).join(':')), where);
}

function settingsOf(server: Server): ConnectionSettings {
  const setting = (name: string): unknown => Reflect.get(server, name);
  return {
    allowHalfOpen: setting('allowHalfOpen') === true,
    noDelay: setting('noDelay') === true,
    keepAlive: setting('keepAlive') === true,
    keepAliveInitialDelay: Number(setting('keepAliveInitialDelay')) || 0,
  };
}

/**
 * A listening descriptor of our own. Nothing is accepted that nobody waits for: the system holds connections until then,
 * as many as the backlog allows. And in one turn of the event loop no more is accepted than its budget allows.
 */
export class DescriptorAcceptor implements Acceptor, DescriptorOwner {
  failure: Error | null = null;
  readonly descriptor: Descriptor;
  readonly #addon: Addon;
  readonly #settings: ConnectionSettings;
  readonly #listener: AcceptorListener;
  readonly #transportOptions: { readonly allowHalfOpen: boolean };
  #wanted = false;
  #watched = false;
  /** Whether one connection may be accepted in this turn whatever else is going on. */
  #due = true;
  #pause: NodeJS.Timeout | null = null;
  #closed = false;

  constructor(addon: Addon, number: number, options: { settings: ConnectionSettings; listener: AcceptorListener }) {
    this.#addon = addon;
    this.#settings = options.settings;
    this.#listener = options.listener;
    this.#transportOptions = { allowHalfOpen: options.settings.allowHalfOpen };
    this.descriptor = new Descriptor(addon, number, { duplicate: false, owner: this });
    const { failure } = this.descriptor;
    if (failure !== 0) throw numberedSystemError(failure, 'listen');
    this.descriptor.removeFile();
    this.#watch(false);
  }

  get listening(): boolean {
    return !this.#closed;
  }

  tryAccept(patient: boolean): Accepted | null {
    if (this.#pause !== null || (patient && !this.#due && isTurnSpent())) return null;
    this.#due = false;
    return chargeTurn(() => this.#accept());
  }

  #accept(): Accepted | null {
    for (;;) {
      const accepted = this.descriptor.accept();
      if (typeof accepted !== 'number') {
        const [number, peer] = accepted;
        const transport = takeDescriptor(this.#addon, number, this.#transportOptions);
        if (typeof peer !== 'string') this.#configure(transport.descriptor);
        return { lower: transport, peer };
      }
      if (accepted === -EAGAIN) return null;
      if (GONE.has(-accepted)) continue;
      this.#rest();
      throw numberedSystemError(accepted, 'accept');
    }
  }

  #configure(descriptor: Descriptor): void {
    const { noDelay, keepAlive, keepAliveInitialDelay } = this.#settings;
    try {
      if (noDelay) writeDescriptorOption(descriptor, IPPROTO_TCP, TCP_NODELAY, true);
      if (keepAlive) writeDescriptorOption(descriptor, SOL_SOCKET, SO_KEEPALIVE, true);
      if (keepAlive && keepAliveInitialDelay > 0) {
        writeDescriptorOption(descriptor, IPPROTO_TCP, TCP_KEEPIDLE, keepAliveInitialDelay);
      }
    } catch {
      // The client has gone already: the handshake will tell.
    }
  }

  /** Leaves the system time to find what it has run out of: without it the event loop would do nothing but fail. */
  #rest(): void {
    this.#watch(false);
    this.#pause = setTimeout(() => {
      this.#pause = null;
      if (this.#closed) return;
      this.#due = true;
      this.#listener.changed();
    }, PAUSE_MS).unref();
  }

  await(): void {
    this.#wanted = true;
    if (this.#pause === null) this.#watch(true);
  }

  getSockName(): SocketAddress {
    return this.descriptor.getSockName();
  }

  reference(keep: boolean): void {
    this.descriptor.reference(keep);
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    if (this.#pause !== null) clearTimeout(this.#pause);
    this.descriptor.close();
    this.#listener.changed();
  }

  /** From the event loop. */
  onEvent(status: number): void {
    this.#due = true;
    if (status < 0) {
      this.failure = numberedSystemError(status, 'accept');
      this.#watched = false;
    } else if (!this.#wanted) {
      // Told before, and nobody has come for it.
      this.#watch(false);
      return;
    }
    this.#wanted = false;
    this.#listener.changed();
  }

  /** Watches for connections, or stays on the event loop for nothing but to keep the process alive. */
  #watch(readable: boolean): void {
    if (this.#closed || (readable && this.#watched)) return;
    this.#watched = readable;
    this.descriptor.watch(readable, false, true);
  }
}
