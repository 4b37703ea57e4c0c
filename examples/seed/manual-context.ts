// "If you prefer to tune security settings yourself, you might create a context from scratch."
import { CERT_REQUIRED, createConnection, SSLContext } from '@sslkit/socket';

/** Makes a context that verifies servers, setting by setting. */
export function makeContext(cafile: string): SSLContext {
  const context = new SSLContext();
  context.verifyMode = CERT_REQUIRED;
  context.checkHostname = true;
  context.loadVerifyLocations({ cafile });
  return context;
}

/** Connects first and puts TLS on afterwards; gives back what was agreed on. */
export async function describeConnection(host: string, port: number, cafile: string) {
  const sock = await createConnection([host, port]);
  const conn = await makeContext(cafile).wrapSocket(sock, { serverHostname: host });
  try {
    return { version: conn.version(), cipher: conn.cipher(), subjectAltName: conn.getPeerCert()?.subjectAltName };
  } finally {
    await conn.close();
  }
}
