import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { AbstractConnector, Redis } from 'ioredis';
import { beforeAll, expect, onTestFinished, test } from 'vitest';
import { takeCertificate } from '../../support/certificates.ts';
import { describePeer } from '../../support/peers/daemon.ts';
import { redisObstacle, startRedis } from '../../support/peers/redis.ts';
import { connectTo, socketClientContext } from '../../support/socket-contexts.ts';

const DISCONNECT_TIMEOUT = 2000; // milliseconds; the driver's own default

describePeer('ioredis over our makefile(), against Redis', redisObstacle, () => {
  let port = 0;
  beforeAll(async () => {
    port = (await startRedis()).port;
  });

  test('a value comes back as it was set, small and of megabytes', async () => {
    const redis = await makeClient(port);
    const large = randomBytes(5_000_000);
    await redis.set('small', 'value');
    await redis.set('large', large);
    expect(await redis.get('small')).toBe('value');
    expect((await redis.getBuffer('large'))?.equals(large)).toBe(true);
  });

  test('ten thousand commands of a pipeline are answered in order', async () => {
    const redis = await makeClient(port);
    const pipeline = redis.pipeline();
    for (let index = 1; index <= 10_000; index++) pipeline.incr('counter');
    const answers = await pipeline.exec();
    expect(answers?.map(([, value]) => value)).toEqual(Array.from({ length: 10_000 }, (_, index) => index + 1));
  });

  test('a subscriber hears what another connection publishes', async () => {
    const [subscriber, publisher] = [await makeClient(port), await makeClient(port)];
    await subscriber.subscribe('news');
    const heard = once(subscriber, 'message');
    await publisher.publish('news', 'it works');
    expect(await heard).toEqual(['news', 'it works']);
  });

  test('quit() ends the connection in good order', async () => {
    const redis = await makeClient(port);
    const ended = once(redis, 'end');
    expect(await redis.quit()).toBe('OK');
    await ended;
  });

  test('a client without a certificate is told so by an alert', async () => {
    const connection = await connectTo(port, await socketClientContext());
    await expect(connection.recv()).rejects.toMatchObject({ code: 'ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED' });
  });
});

/** A client of Redis with our certificate, on connections of ours. */
async function makeClient(port: number): Promise<Redis> {
  const context = await socketClientContext();
  const { chainPem, privateKeyPem } = await takeCertificate('client');
  context.loadCertChain({ cert: chainPem, key: privateKeyPem });
  class Connector extends AbstractConnector {
    constructor() {
      super(DISCONNECT_TIMEOUT);
    }
    override async connect() {
      return (await connectTo(port, context)).makefile();
    }
  }
  const redis = new Redis({ Connector, retryStrategy: () => null, lazyConnect: true });
  onTestFinished(() => redis.disconnect());
  await redis.connect();
  return redis;
}
