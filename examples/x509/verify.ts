// Has OpenSSL verify a server's chain in a handshake that no network sees.

// #region readme
import { MemoryBIO } from '@sslkit/bio';
import { PROTOCOL_TLS_CLIENT, PROTOCOL_TLS_SERVER, SSLContext } from '@sslkit/context';

const serverContext = new SSLContext(PROTOCOL_TLS_SERVER);
serverContext.loadCertChain('server.pem', 'server.key');
const clientContext = new SSLContext(PROTOCOL_TLS_CLIENT);
clientContext.loadVerifyLocations({ cafile: 'ca.pem' });

const [toClient, toServer] = [new MemoryBIO(), new MemoryBIO()];
const client = clientContext.wrapBio(toClient, toServer, { serverHostname: 'localhost' });
const server = serverContext.wrapBio(toServer, toClient, { serverSide: true });
client.tryHandshake(); // waits for the server
server.tryHandshake();
client.tryHandshake(); // throws SSLCertVerificationError where the chain or the name is refused
console.log(client.getPeerCert()?.subjectAltName);
// #endregion
