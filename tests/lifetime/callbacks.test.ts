import { CERT_REQUIRED, type SSLContext, SSLObject, TLSVersion } from '@sslkit/context';
import { SSLError } from '@sslkit/errors';
import { describe, expect, test } from 'vitest';
import { makeClientContext, makeServerContext } from '../support/contexts.ts';
import {
  collectHandshakeErrors,
  type HandshakeFailure,
  type MemoryPair,
  makeMemoryPair,
  WAYS,
} from '../support/memory-pair.ts';

/** What a callback does before it answers as usual. */
type Act = (object: SSLObject) => void;

interface Stage {
  client: SSLContext;
  server: SSLContext;
  /** Whose callback it is. */
  side: 'client' | 'server';
  /** Makes the callback do this; where it is not told of its connection, `pair` is asked. */
  set(act: Act, pair: () => MemoryPair): void;
}

const KEY = Buffer.alloc(32, 7);

/** Every callback that a handshake calls, with contexts that make it do so. */
const CALLBACKS: Record<string, (version: TLSVersion) => Promise<Stage>> = {
  async sniCallback(version) {
    const stage = await makeStage(version, 'server');
    return {
      ...stage,
      set(act) {
        stage.server.sniCallback = (object) => {
          act(object);
          return null;
        };
      },
    };
  },
  async alpnCallback(version) {
    const stage = await makeStage(version, 'server');
    stage.client.setAlpnProtocols(['a', 'b']);
    return {
      ...stage,
      set(act) {
        stage.server.alpnCallback = (object) => {
          act(object);
          return 'b';
        };
      },
    };
  },
  async clientCertificateCallback(version) {
    const stage = await makeStage(version, 'client');
    const identity = await makeClientContext({ certificate: 'client' });
    stage.server.verifyMode = CERT_REQUIRED;
    return {
      ...stage,
      set(act) {
        stage.client.clientCertificateCallback = (object) => {
          act(object);
          return identity;
        };
      },
    };
  },
  async verifyCallback(version) {
    const stage = await makeStage(version, 'client');
    return {
      ...stage,
      set(act) {
        stage.client.verifyCallback = (object) => {
          act(object);
          return true;
        };
      },
    };
  },
  async messageCallback(version) {
    const stage = await makeStage(version, 'server');
    return {
      ...stage,
      set(act) {
        stage.server.messageCallback = act;
      },
    };
  },
  async pskClientCallback(version) {
    const stage = await makePskStage(version, 'client');
    stage.server.setPskServerCallback(() => KEY);
    return {
      ...stage,
      set(act, pair) {
        stage.client.setPskClientCallback(() => {
          act(pair().client.object);
          return ['me', KEY];
        });
      },
    };
  },
  async pskServerCallback(version) {
    const stage = await makePskStage(version, 'server');
    stage.client.setPskClientCallback(() => ['me', KEY]);
    return {
      ...stage,
      set(act, pair) {
        stage.server.setPskServerCallback(() => {
          act(pair().server.object);
          return KEY;
        });
      },
    };
  },
};

async function makeStage<Side extends Stage['side']>(version: TLSVersion, side: Side) {
  const client = await makeClientContext({ version });
  const server = await makeServerContext({ version, trust: 'authority' });
  return { client, server, side };
}

async function makePskStage<Side extends Stage['side']>(version: TLSVersion, side: Side) {
  const stage = await makeStage(version, side);
  // TLS 1.2 has suites of its own for it, 1.3 only wants the hash of its first suite.
  if (version === TLSVersion.TLSv1_2) for (const context of [stage.client, stage.server]) context.setCiphers('PSK');
  return stage;
}

const VERSIONS = [
  ['TLS 1.2', TLSVersion.TLSv1_2],
  ['TLS 1.3', TLSVersion.TLSv1_3],
] as const;

describe.each(Object.entries(CALLBACKS))('%s', (_, setUp) => {
  describe.each(VERSIONS)('in %s', (_, version) => {
    describe.each(WAYS)('by way of %s', (way) => {
      /** Lets the callback do `act` whenever it is called, and carries the handshake as far as it goes. */
      async function play(act: Act) {
        const stage = await setUp(version);
        let calls = 0;
        let pair: MemoryPair | undefined;
        stage.set(
          (object) => {
            calls += 1;
            act(object);
          },
          () => pair as MemoryPair,
        );
        pair = makeMemoryPair(stage.client, stage.server, { way });
        const failure = collectErrors(pair, stage.side);
        expect(calls).toBeGreaterThan(0);
        return { pair, own: failure[stage.side], failure };
      }

      test('that answers lets the handshake complete', async () => {
        const { pair, failure } = await play(() => {});
        expect(failure).toEqual({ client: undefined, server: undefined });
        expect(pair.client.object.version()).not.toBeNull();
      });

      test('that throws is what the call throws, or its cause', async () => {
        const reason = new Error('thrown by the callback');
        const { own } = await play(() => {
          throw reason;
        });
        expect(own === reason || (own instanceof SSLError && own.cause === reason)).toBe(true);
      });

      test('that throws what is no error ends in an error', async () => {
        const { own } = await play(() => {
          throw null;
        });
        expect(own).toBeInstanceOf(Error);
      });

      test('that uses every method of its own connection neither breaks the process nor the handshake', async () => {
        const { pair, failure } = await play(useEverything);
        expect(failure).toEqual({ client: undefined, server: undefined });
        expect(pair.client.object.version()).not.toBeNull();
      });

      test('that closes its connection leaves a closed object', async () => {
        const { own, pair } = await play((object) => object.close());
        expect(own).toBeInstanceOf(Error);
        for (const { object } of [pair.client, pair.server]) object.close();
        expect(() => pair.client.object.tryHandshake()).toThrow(expect.objectContaining({ code: 'ERR_INVALID_STATE' }));
      });

      test('that switches the context ends in a handshake or an error', async () => {
        const other = await makeServerContext({ version, certificate: 'serverRsa', trust: 'authority' });
        const identity = await makeClientContext({ version, certificate: 'client' });
        const { pair, failure } = await play((object) => {
          try {
            object.context = object.serverSide ? other : identity;
          } catch (error) {
            if (!(error instanceof Error && 'code' in error)) throw error;
          }
        });
        const failed = failure.client ?? failure.server;
        if (failed === undefined) expect(pair.client.object.version()).not.toBeNull();
        else expect(failed).toBeInstanceOf(Error);
      });

      test('that collects all garbage lets the handshake complete', async () => {
        const { failure } = await play(() => globalThis.gc?.());
        expect(failure).toEqual({ client: undefined, server: undefined });
      });
    });
  });
});

/** As `collectHandshakeErrors`, also where the connection is closed by the time its bytes are fetched. */
function collectErrors(pair: MemoryPair, side: Stage['side']): HandshakeFailure {
  try {
    return collectHandshakeErrors(pair);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ERR_INVALID_STATE')) throw error;
    return { client: undefined, server: undefined, [side]: error };
  }
}

/** Calls what can be called without closing the connection; every error must be one of ours. */
function useEverything(object: SSLObject): void {
  const bytes = Buffer.alloc(20_000);
  const uses: (() => unknown)[] = [
    () => object.tryHandshake(),
    () => object.doHandshake(),
    () => object.tryRead(bytes),
    () => object.read(10),
    () => object.tryWrite(Buffer.alloc(0)),
    () => object.encrypt(Buffer.alloc(0), Buffer.alloc(0)),
    () => object.verifyClientPostHandshake(),
    () => object.getPeerCert(),
    () => object.exportKeyingMaterial(16, 'label'),
    () => object.getChannelBinding('tls-server-end-point'),
    () => object.getChannelBinding('tls-exporter'),
    () => object.session?.toBytes(),
    () => object.getVerifiedChain(),
    () => object.getUnverifiedChain(),
    () => object.sharedCiphers(),
    () => object.version(),
    () => object.cipher(),
    () => object.pending(),
    () => object.shutdownState,
    () => object.outgoingPending,
    () => object.decision,
    () => object.context.getCiphers(),
    () => object.context.wrapBuffers({ serverSide: object.serverSide }).tryHandshake(),
  ];
  for (const use of uses) {
    try {
      use();
    } catch (error) {
      if (!(error instanceof Error && 'code' in error)) throw error;
    }
  }
  expect(object).toBeInstanceOf(SSLObject);
}
