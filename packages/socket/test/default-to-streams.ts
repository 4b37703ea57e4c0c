import { SSLContext } from '@sslkit/socket';

// Importing this gives the stream to every connection of the file that does not choose how its socket is driven.
const { wrapSocket } = SSLContext.prototype;
Object.assign(SSLContext.prototype, {
  wrapSocket(this: SSLContext, ...[lower, options]: Parameters<typeof wrapSocket>) {
    return wrapSocket.call(this, lower, { transport: 'stream', ...options });
  },
});
