// The whole of Python's ssl module in one import: the layers below, and what this one adds or puts in their place.

export * from '@sslkit/bio';
// Declared alike by both native layers
export * from '@sslkit/context';
export * from '@sslkit/errors';
export * from '@sslkit/x509';
// Addresses, options, deadlines
export type { Sendable } from './bytes.ts';
// Connections
export type { Ending } from './channel.ts';
// Transports
export { type CheckOptions, checkTransport, type TransportPair } from './check-transport.ts';
export { type ConnectionOptions, createConnection } from './connect.ts';
export type { ConnectOptions } from './connect-wrapped.ts';
export { type CallOptions, type Operation, TimeoutError } from './deadlines.ts';
// Diagnostics
export type { AcceptFailureMessage, ConnectionMessage, FailureMessage, HandshakeMessage } from './diagnostics.ts';
export { SSLDuplex, type SSLDuplexOptions } from './duplex.ts';
export { SSLListener } from './listener.ts';
export { type ModuleWrapSocketOptions, wrapSocket } from './module-wrap-socket.ts';
export { getServerCertificate, type ServerCertificateOptions } from './server-certificate.ts';
export { SessionCache } from './session-cache.ts';
export type { AddressLike, SocketAddress } from './socket-address.ts';
export {
  IPPROTO_TCP,
  SHUT_RD,
  SHUT_RDWR,
  SHUT_WR,
  SO_ERROR,
  SO_KEEPALIVE,
  SO_RCVBUF,
  SO_SNDBUF,
  SO_TYPE,
  SOCK_STREAM,
  SOL_SOCKET,
  TCP_KEEPIDLE,
  TCP_NODELAY,
} from './socket-options.ts';
// Contexts
export { createDefaultContext, SSLContext } from './ssl-context.ts';
export { SSLSocket } from './ssl-socket.ts';
export type { SSLSocketParts, TransferOptions } from './ssl-socket-parts.ts';
export type { SystemError } from './system-error.ts';
export type { Transport, TransportListener } from './transport.ts';
export { MessagePortTransport } from './transports/message-port.ts';
export { SSLSocketTransport } from './transports/ssl-socket.ts';
export { StreamTransport } from './transports/stream.ts';
export { type WebStreamPair, WebStreamTransport } from './transports/web-streams.ts';
export type { LowerOf, SSLSocketClass, Wrappable, WrapSocketOptions } from './wrap-socket.ts';
