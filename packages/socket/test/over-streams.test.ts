import { SSLContext } from '@sslkit/socket';
import { describe } from 'vitest';

// The same claims over the other transport: whatever does not choose one gets the stream here.
const { wrapSocket } = SSLContext.prototype;
Object.assign(SSLContext.prototype, {
  wrapSocket(this: SSLContext, ...[lower, options]: Parameters<typeof wrapSocket>) {
    return wrapSocket.call(this, lower, { transport: 'stream', ...options });
  },
});

describe('over streams', async () => {
  await import('./closing.test.ts');
  await import('./duplex.test.ts');
  await import('./failures.test.ts');
  await import('./handshake.test.ts');
  await import('./listener.test.ts');
  await import('./reading.test.ts');
  await import('./sessions.test.ts');
  await import('./wrap-socket.test.ts');
  await import('./writing.test.ts');
});
