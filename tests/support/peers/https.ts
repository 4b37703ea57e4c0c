import * as http from 'node:http';
import type { Socket } from 'node:net';
import { Duplex } from 'node:stream';
import type { SSLContext, SSLDuplex, SSLSocket, WrapSocketOptions } from '@sslkit/socket';
import { onTestFinished } from 'vitest';
import { connectTo, listenOn } from '../socket-contexts.ts';

/** What our server saw of a client when the handshake was done. */
export interface Visit {
  version: string | null;
  reused: boolean | null;
  alpn: string | null;
  /** The common name of the client's certificate; undefined without one. */
  client: string | undefined;
}

/** Serves HTTP over our sockets until the test is over. The array grows by each connection that is accepted. */
export async function serveHttps(
  server: Pick<http.Server, 'emit'>,
  context: SSLContext,
  options?: WrapSocketOptions,
): Promise<{ port: number; visits: Visit[] }> {
  const { listener, port } = await listenOn(context, options);
  const streams: SSLDuplex[] = [];
  const visits: Visit[] = [];
  const serve = async () => {
    for await (const [connection] of listener) {
      visits.push(describeVisit(connection));
      const stream = connection.makefile();
      streams.push(stream);
      server.emit('connection', stream);
    }
  };
  void serve();
  onTestFinished(() => {
    for (const stream of streams) stream.destroy();
  });
  return { port, visits };
}

function describeVisit(connection: SSLSocket<Socket>): Visit {
  const subject = connection.getPeerCert()?.subject?.flat() ?? [];
  return {
    version: connection.version(),
    reused: connection.sessionReused,
    alpn: connection.selectedAlpnProtocol(),
    client: subject.find(([name]) => name === 'commonName')?.[1]?.toString(),
  };
}

/** Makes an agent whose connections are ours; those it has made are in the array. */
export function makeAgent(
  port: number,
  context: SSLContext,
  options: http.AgentOptions = {},
): { agent: http.Agent; streams: SSLDuplex[] } {
  const streams: SSLDuplex[] = [];
  const agent = new SSLAgent(async () => {
    const stream = (await connectTo(port, context)).makefile();
    streams.push(stream);
    return stream;
  }, options);
  onTestFinished(() => agent.destroy());
  return { agent, streams };
}

class SSLAgent extends http.Agent {
  readonly protocol = 'https:';
  readonly #connect: () => Promise<Duplex>;

  constructor(connect: () => Promise<Duplex>, options: http.AgentOptions) {
    super(options);
    this.#connect = connect;
  }

  override createConnection(_options: object, callback?: (error: Error | null, stream: Duplex) => void): undefined {
    this.#connect().then(
      (stream) => callback?.(null, stream),
      (error) => callback?.(error, new Duplex()),
    );
  }
}
