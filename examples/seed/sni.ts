// `SSLContext.sni_callback` of Python's documentation: one address, many names, a certificate for each.
import { AlertDescription, createDefaultContext, Purpose, type SSLContext } from '@sslkit/socket';

/** Makes a context for a server of several names; a client that asks for another is refused with an alert. */
export function makeVirtualHosts(files: ReadonlyMap<string, { certfile: string; keyfile: string }>): SSLContext {
  const contexts = new Map<string | null, SSLContext>();
  for (const [name, { certfile, keyfile }] of files) {
    const context = createDefaultContext({ purpose: Purpose.CLIENT_AUTH });
    context.loadCertChain(certfile, keyfile);
    contexts.set(name, context);
  }
  const entrance = createDefaultContext({ purpose: Purpose.CLIENT_AUTH });
  entrance.sniCallback = (socket, serverName) => {
    const context = contexts.get(serverName);
    if (context === undefined) return AlertDescription.ALERT_DESCRIPTION_UNRECOGNIZED_NAME;
    socket.context = context;
    return null;
  };
  return entrance;
}
