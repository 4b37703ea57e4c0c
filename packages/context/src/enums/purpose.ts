import type { ASN1Object } from '@sslkit/x509';

/**
 * What a context authenticates: `SERVER_AUTH` on a client, `CLIENT_AUTH` on a server. Told apart by `oid`.
 *
 * Python: `ssl.Purpose`.
 */
export const Purpose = Object.freeze({
  /** The context verifies servers: it is a client's. */
  SERVER_AUTH: Object.freeze<ASN1Object>({
    nid: 129,
    shortName: 'serverAuth',
    longName: 'TLS Web Server Authentication',
    oid: '1.3.6.1.5.5.7.3.1',
  }),
  /** The context verifies clients: it is a server's. */
  CLIENT_AUTH: Object.freeze<ASN1Object>({
    nid: 130,
    shortName: 'clientAuth',
    longName: 'TLS Web Client Authentication',
    oid: '1.3.6.1.5.5.7.3.2',
  }),
});
export type Purpose = ASN1Object;
