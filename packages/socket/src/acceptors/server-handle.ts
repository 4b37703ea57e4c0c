import type { Server } from 'node:net';
import type { Acceptor } from '../acceptor.ts';

/**
 * Lets a `net.Server` know that an acceptor of ours listens in its place: `listening`, `address`, `ref`, `unref` and `close`
 * work, and `listening` and `close` are emitted. Node's own workers of a cluster put such an object there too.
 */
export function standInFor(server: Server, acceptor: Acceptor): void {
  const name = acceptor.getSockName();
  const handle = {
    close: () => acceptor.close(),
    ref: () => acceptor.reference(true),
    unref: () => acceptor.reference(false),
    hasRef: () => acceptor.descriptor?.isReferenced() ?? false,
    // Where a server has no such method it gives its path.
    ...(typeof name === 'string' ? {} : { getsockname: (into: object) => fillIn(into, name) }),
  };
  Reflect.set(server, '_handle', handle);
  if (typeof name === 'string') Reflect.set(server, '_pipeName', name);
  // What was asked of it before it listened.
  if (Reflect.get(server, '_unref') === true) handle.unref();
  process.nextTick(() => {
    if (server.listening) server.emit('listening');
  });
}

function fillIn(into: object, [address, port]: readonly [host: string, port: number]): number {
  Object.assign(into, { address, family: address.includes(':') ? 'IPv6' : 'IPv4', port });
  return 0;
}
