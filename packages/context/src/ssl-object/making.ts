import { MemoryBIO } from '@sslkit/bio';
import { invalidArgumentType, invalidState, SSLError } from '@sslkit/errors';
import { addon, type NativeContext, type NativeObject } from '../addon.ts';
import { SSLMethod } from '../enums/protocol.ts';
import { configurationError } from '../openssl-error.ts';

/** The two ends of the queues that `wrapBio` was given. */
export interface MemoryTransport {
  readonly incoming: MemoryBIO;
  readonly outgoing: MemoryBIO;
}

/** Makes the native half over two queues, or over buffers where there are none. */
export function makeNative(
  context: NativeContext,
  serverSide: boolean,
  transport: MemoryTransport | null,
): NativeObject {
  if (transport !== null) {
    requireMemoryBio('incoming', transport.incoming);
    requireMemoryBio('outgoing', transport.outgoing);
  }
  const native = new addon.SSLObject(context, serverSide, transport?.incoming ?? null, transport?.outgoing ?? null);
  const { failure } = native;
  if (failure === undefined) return native;
  if (failure === 'context') throw invalidArgumentType('context', 'an SSLContext of this package', context);
  if (failure === 'bio') throw invalidArgumentType('incoming and outgoing', 'of class MemoryBIO', transport);
  if (typeof failure === 'number') {
    throw invalidState(
      `The MemoryBIO comes from a version of @sslkit/bio that this one cannot use (its abi is ${failure}, 1 is needed)`,
    );
  }
  throw configurationError(failure);
}

function requireMemoryBio(name: string, value: unknown): void {
  if (!(value instanceof MemoryBIO)) throw invalidArgumentType(name, 'a MemoryBIO', value);
}

/**
 * Holds a connection to its context's role.
 *
 * @throws SSLError `ERR_SSL_WRONG_ROLE`
 */
export function checkRole(protocol: SSLMethod, serverSide: boolean): void {
  const wrong =
    (protocol === SSLMethod.PROTOCOL_TLS_CLIENT && serverSide) ||
    (protocol === SSLMethod.PROTOCOL_TLS_SERVER && !serverSide);
  if (!wrong) return;
  const [role, name] = serverSide ? ['server', 'PROTOCOL_TLS_CLIENT'] : ['client', 'PROTOCOL_TLS_SERVER'];
  throw new SSLError(`Cannot create a ${role} socket with a ${name} context`, { errno: 0, code: 'ERR_SSL_WRONG_ROLE' });
}
