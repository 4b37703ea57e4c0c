// A consumer's TypeScript: only type-checked, against the declarations in the tarballs.
import * as net from 'node:net';
import { MemoryBIO } from '@sslkit/bio';
import { SSLContext, type SSLObject } from '@sslkit/context';
import { SSLError } from '@sslkit/errors';
import * as ssl from '@sslkit/socket';
import { pemCertToDerCert } from '@sslkit/x509';

export const der: Uint8Array = pemCertToDerCert('');
export const object: SSLObject = new SSLContext(ssl.PROTOCOL_TLS_CLIENT).wrapBio(new MemoryBIO(), new MemoryBIO());

export async function fetchGreeting(): Promise<string> {
  const context = ssl.createDefaultContext();
  context.options |= ssl.OP_NO_TLSv1;
  const conn = await context.wrapSocket(net.connect(443, 'example.org'), { serverHostname: 'example.org' });
  try {
    await conn.sendAll('hello');
    const greeting = await conn.recv(1024);
    return greeting.toString('utf8');
  } catch (error) {
    if (error instanceof SSLError) return error.code;
    throw error;
  } finally {
    await conn.close();
  }
}
