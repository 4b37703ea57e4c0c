import type { TLSVersion } from '@sslkit/context';
import { makeClientContext, makeServerContext } from './contexts.ts';
import { type MemoryPair, type MemoryPairOptions, makeMemoryPair, moveBytes, shakeHands } from './memory-pair.ts';

/** What a test says about its pair; the client has a certificate. */
export interface PairSettings extends MemoryPairOptions {
  version?: TLSVersion;
  /** The client offers, and the server waits for, a certificate after the handshake. */
  clientPha?: boolean;
  serverPha?: boolean;
  /** The server's; it trusts the authority. */
  verifyMode?: number;
}

/** Makes a client and a server with contexts of their own. */
export async function makePair(settings: PairSettings = {}): Promise<MemoryPair> {
  const { version } = settings;
  const versions = version === undefined ? {} : { version };
  const client = await makeClientContext({ ...versions, certificate: 'client' });
  // A server that trusts the root sends it, too: OpenSSL completes the chain from what it trusts.
  const trust = settings.verifyMode === undefined ? {} : ({ trust: 'authority' } as const);
  const server = await makeServerContext({ ...versions, ...trust });
  client.postHandshakeAuth = settings.clientPha === true;
  server.postHandshakeAuth = settings.serverPha === true;
  if (settings.verifyMode !== undefined) server.verifyMode = settings.verifyMode;
  return makeMemoryPair(client, server, settings);
}

/** Makes a pair whose handshake is done and whose tickets were read. */
export async function connect(settings: PairSettings = {}): Promise<MemoryPair> {
  const pair = await makePair(settings);
  shakeHands(pair);
  moveBytes(pair.server, pair.client);
  pair.client.read();
  return pair;
}
