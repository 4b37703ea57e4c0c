import {
  IPPROTO_TCP,
  SO_ERROR,
  SO_KEEPALIVE,
  SO_RCVBUF,
  SO_SNDBUF,
  SO_TYPE,
  SOCK_STREAM,
  SOL_SOCKET,
  TCP_KEEPIDLE,
  TCP_NODELAY,
} from '@sslkit/socket';
import { expect, test } from 'vitest';
import { tlsPair } from './loopback.ts';

test('addresses are those of the socket below', async () => {
  const [client, server] = await tlsPair();
  expect(client.getPeerName()).toEqual(server.getSockName());
  expect(client.getSockName()).toEqual(server.getPeerName());
  expect(client.getPeerName()[0]).toBe('127.0.0.1');
});

test.each(['auto', 'stream'] as const)('options can be set and read: %s', async (transport) => {
  const [client] = await tlsPair({ client: { transport } });
  expect(client.getSockOpt(IPPROTO_TCP, TCP_NODELAY)).toBe(0);
  client.setSockOpt(IPPROTO_TCP, TCP_NODELAY, true);
  client.setSockOpt(SOL_SOCKET, SO_KEEPALIVE, 1);
  client.setSockOpt(IPPROTO_TCP, TCP_KEEPIDLE, 30);
  // "True" is any other number on some systems.
  expect(client.getSockOpt(IPPROTO_TCP, TCP_NODELAY)).toBeGreaterThan(0);
  expect(client.getSockOpt(SOL_SOCKET, SO_KEEPALIVE)).toBeGreaterThan(0);
  expect(client.getSockOpt(IPPROTO_TCP, TCP_KEEPIDLE)).toBe(30);
  expect(client.getSockOpt(SOL_SOCKET, SO_TYPE)).toBe(SOCK_STREAM);
  expect(client.getSockOpt(SOL_SOCKET, SO_ERROR)).toBe(0);
  expect(client.getSockOpt(SOL_SOCKET, SO_SNDBUF)).toBeGreaterThan(0);
  expect(client.getSockOpt(SOL_SOCKET, SO_RCVBUF)).toBeGreaterThan(0);
});

test('what net.Socket does not let through is refused over a stream', async () => {
  const [client] = await tlsPair({ client: { transport: 'stream' } });
  const refused = expect.objectContaining({ code: 'ENOPROTOOPT' });
  expect(() => client.setSockOpt(SOL_SOCKET, SO_SNDBUF, 1)).toThrow(refused);
  expect(() => client.getSockOpt(99, 99)).toThrow(refused);
  // @ts-expect-error: the types refuse it too
  expect(() => client.setSockOpt(IPPROTO_TCP, TCP_NODELAY, '1')).toThrow(
    expect.objectContaining({ code: 'ERR_INVALID_ARG_TYPE' }),
  );
});

test('getTimeout(), setTimeout(), getBlocking() and setBlocking() are one setting', async () => {
  const [client] = await tlsPair({ client: { timeout: 5 } });
  expect([client.getTimeout(), client.getBlocking()]).toEqual([5, true]);
  client.setBlocking(false);
  expect([client.getTimeout(), client.getBlocking()]).toEqual([0, false]);
  client.setBlocking(true);
  expect([client.getTimeout(), client.getBlocking()]).toEqual([null, true]);
});

test('what Python refuses is refused', async () => {
  const [client] = await tlsPair();
  const notImplemented = expect.objectContaining({ code: 'ERR_METHOD_NOT_IMPLEMENTED' });
  const notAllowed = expect.objectContaining({ name: 'RangeError', code: 'ERR_INVALID_ARG_VALUE' });
  for (const name of ['dup', 'sendmsg', 'recvmsg', 'recvmsgInto'] as const) {
    expect(() => client[name]()).toThrow(notImplemented);
  }
  for (const name of ['sendto', 'recvfrom', 'recvfromInto'] as const) expect(() => client[name]()).toThrow(notAllowed);
});

test.skipIf(process.platform === 'win32')('fileno() is the descriptor, and -1 once closed', async () => {
  const [client] = await tlsPair();
  expect(client.fileno()).toBeGreaterThan(2);
  await client.close();
  expect(client.fileno()).toBe(-1);
});

test('what SSLObject answers, the connection answers', async () => {
  const [client, server] = await tlsPair();
  expect(client.cipher()?.[1]).toBe('TLSv1.3');
  expect(server.sharedCiphers()?.length).toBeGreaterThan(0);
  expect(client.sharedCiphers()).toBeNull();
  expect([client.compression(), client.selectedNpnProtocol(), client.selectedAlpnProtocol()]).toEqual([
    null,
    null,
    null,
  ]);
  expect(client.getChannelBinding('tls-exporter')).toEqual(server.getChannelBinding('tls-exporter'));
  expect(client.getVerifiedChain()).toHaveLength(2);
  expect(client.getUnverifiedChain().length).toBeGreaterThan(0);
  expect(client.exportKeyingMaterial(32, 'EXPORTER-x')).toEqual(server.exportKeyingMaterial(32, 'EXPORTER-x'));
  expect(client.serverHostname).toBe('localhost');
  expect(server.serverSide).toBe(true);
  expect(() => client.verifyClientPostHandshake()).toThrow(expect.objectContaining({ code: 'ERR_SSL_NOT_SERVER' }));
});
