// A consumer's ES module: the whole module in one import, and the layers below it, with one identity of every class.
import assert from 'node:assert/strict';
import { MemoryBIO } from '@sslkit/bio';
import * as context from '@sslkit/context';
import { SSLError } from '@sslkit/errors';
import * as ssl from '@sslkit/socket';
import { pemCertToDerCert } from '@sslkit/x509';

assert.equal(ssl.SSLError, SSLError);
assert.equal(SSLError.name, 'SSLError');
assert.equal(ssl.MemoryBIO, MemoryBIO);
assert.equal(ssl.pemCertToDerCert, pemCertToDerCert);
assert.ok(new ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT) instanceof context.SSLContext);

const incoming = new MemoryBIO();
const outgoing = new MemoryBIO();
const client = ssl.createDefaultContext().wrapBio(incoming, outgoing, { serverHostname: 'example.org' });
assert.throws(() => client.doHandshake(), ssl.SSLWantReadError);
assert.ok(outgoing.pending > 0);
