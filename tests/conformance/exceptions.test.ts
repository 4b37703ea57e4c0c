import * as bio from '@sslkit/bio';
import { MemoryBIO } from '@sslkit/bio';
import { Outcome, SSLContext } from '@sslkit/context';
import * as errors from '@sslkit/errors';
import {
  CertificateError,
  SSLCertVerificationError,
  SSLEOFError,
  SSLError,
  SSLSyscallError,
  SSLWantReadError,
  SSLWantWriteError,
  SSLZeroReturnError,
} from '@sslkit/errors';
import { matchHostname } from '@sslkit/x509';
import { makeClientContext, makeServerContext } from '../support/contexts.ts';
import {
  collectHandshakeErrors,
  type MemoryPair,
  makeMemoryPair,
  moveBytes,
  shakeHands,
} from '../support/memory-pair.ts';
import { catchError, checkRows } from '../support/rows.ts';

/** The fields that the table speaks of. */
async function describeError(call: () => unknown): Promise<unknown> {
  const error = await catchError(call);
  if (!(error instanceof SSLError)) throw error;
  const { name, errno, code, library, reason } = error;
  return { name, errno, code, library, reason };
}

async function makePair(): Promise<MemoryPair> {
  return makeMemoryPair(await makeClientContext(), await makeServerContext());
}

async function connect(): Promise<MemoryPair> {
  const pair = await makePair();
  shakeHands(pair);
  moveBytes(pair.server, pair.client);
  pair.client.read();
  return pair;
}

const wantRead = { name: 'SSLWantReadError', errno: 2, code: 'ERR_SSL_WANT_READ', library: null, reason: null };
const eof = { name: 'SSLEOFError', errno: 8, code: 'ERR_SSL_EOF' };
const parentOf = (errorClass: typeof SSLError) => Object.getPrototypeOf(errorClass) as unknown;

checkRows('SSLError', [
  ['is an Error', () => parentOf(SSLError), Error],
  ['with two arguments: errno and strerror', () => new SSLError('text', { errno: 7 }).errno, 7],
  ['with two arguments: strerror is the text', () => new SSLError('text', { errno: 7 }).strerror, 'text'],
  ['with two arguments: args', () => new SSLError('text', { errno: 7 }).args, [7, 'text']],
  ['with one argument: errno is None', () => new SSLError('text').errno, null],
  ['with one argument: strerror is None', () => new SSLError('text').strerror, null],
  ['with one argument: args', () => new SSLError('text').args, ['text']],
  ['library and reason default to None', () => [new SSLError('x').library, new SSLError('x').reason], [null, null]],
  [
    'from the queue: errno 1, library and reason as mnemonics',
    async () => {
      const { server } = await makePair();
      server.receive(Buffer.from('GET / HTTP/1.0\r\n\r\n'));
      return describeError(() => server.object.doHandshake());
    },
    { name: 'SSLError', errno: 1, code: 'ERR_SSL_HTTP_REQUEST', library: 'SSL', reason: 'HTTP_REQUEST' },
  ],
  [
    'reason of an alert of the peer is TLSV1_ALERT_*',
    async () => {
      const pair = makeMemoryPair(await makeClientContext({ trust: 'otherAuthority' }), await makeServerContext());
      return describeError(() => {
        throw collectHandshakeErrors(pair).server;
      });
    },
    {
      name: 'SSLError',
      errno: 1,
      code: 'ERR_SSL_TLSV1_ALERT_UNKNOWN_CA',
      library: 'SSL',
      reason: 'TLSV1_ALERT_UNKNOWN_CA',
    },
  ],
  [
    'with text of the module’s own: one argument, no library',
    () => describeError(() => new SSLContext().setCiphers('')),
    { name: 'SSLError', errno: null, code: 'ERR_SSL_NO_CIPHER_MATCH', library: null, reason: null },
  ],
  [
    'of a BIO written to after its end: one argument',
    () =>
      describeError(() => {
        const queue = new MemoryBIO();
        queue.writeEof();
        queue.write(Buffer.from('x'));
      }),
    { name: 'SSLError', errno: null, code: 'ERR_SSL_WRITE_AFTER_EOF', library: null, reason: null },
  ],
]);

checkRows('The subclasses', [
  ['SSLZeroReturnError is an SSLError', () => parentOf(SSLZeroReturnError), SSLError],
  ['SSLWantReadError is an SSLError', () => parentOf(SSLWantReadError), SSLError],
  ['SSLWantWriteError is an SSLError', () => parentOf(SSLWantWriteError), SSLError],
  ['SSLSyscallError is an SSLError', () => parentOf(SSLSyscallError), SSLError],
  ['SSLEOFError is an SSLError', () => parentOf(SSLEOFError), SSLError],
  ['SSLCertVerificationError is an SSLError', () => parentOf(SSLCertVerificationError), SSLError],
  ['SSLCertVerificationError is a ValueError', () => new SSLCertVerificationError('x').isValueError, true],
  ['CertificateError is SSLCertVerificationError', () => CertificateError === SSLCertVerificationError, true],
  ['SSLWantWriteError: errno 3', () => new SSLWantWriteError().errno, 3],
  ['SSLSyscallError: errno 5', () => new SSLSyscallError().errno, 5],
  ['bio has no error classes of its own', () => Object.keys(bio).filter((name) => name in errors), []],
]);

checkRows('SSLWantReadError', [
  ['do_handshake()', async () => describeError(() => makeClientEnd().doHandshake()), wantRead],
  ['read()', async () => describeError(async () => (await connect()).client.object.read()), wantRead],
  [
    'write() before the handshake',
    async () => describeError(async () => (await makePair()).client.object.write(Buffer.of(1))),
    wantRead,
  ],
  ['unwrap()', async () => describeError(async () => (await connect()).client.object.unwrap()), wantRead],
  [
    'text starts as in Python',
    async () => ((await catchError(async () => (await connect()).client.object.read())) as Error).message,
    'The operation did not complete (read)',
  ],
]);

function makeClientEnd() {
  return new SSLContext(16).wrapBio(new MemoryBIO(), new MemoryBIO(), { serverHostname: 'localhost' });
}

checkRows('SSLZeroReturnError', [
  [
    'read() after both have closed',
    async () => {
      const { client, server } = await connect();
      client.unwrap();
      moveBytes(client, server);
      server.unwrap();
      return describeError(() => server.object.read());
    },
    { name: 'SSLZeroReturnError', errno: 6, code: 'ERR_SSL_ZERO_RETURN', library: null, reason: null },
  ],
  [
    'read() after the close of the peer alone is b""',
    async () => {
      const { client, server } = await connect();
      client.unwrap();
      moveBytes(client, server);
      return server.object.read();
    },
    Buffer.alloc(0),
  ],
]);

checkRows('SSLEOFError', [
  [
    'the first one names the reason',
    async () => {
      const { client } = await connect();
      client.receiveEnd();
      return describeError(() => client.object.read());
    },
    { ...eof, library: 'SSL', reason: 'UNEXPECTED_EOF_WHILE_READING' },
  ],
  [
    'later ones do not',
    async () => {
      const { client } = await connect();
      client.receiveEnd();
      await catchError(() => client.object.read());
      return describeError(() => client.object.read());
    },
    { ...eof, library: null, reason: null },
  ],
  [
    'in the handshake',
    async () => {
      const { client } = await makePair();
      client.receiveEnd();
      return describeError(() => client.object.doHandshake());
    },
    { ...eof, library: 'SSL', reason: 'UNEXPECTED_EOF_WHILE_READING' },
  ],
  [
    'in unwrap()',
    async () => {
      const { client } = await connect();
      client.receiveEnd();
      return describeError(() => client.object.unwrap());
    },
    { ...eof, library: 'SSL', reason: 'UNEXPECTED_EOF_WHILE_READING' },
  ],
]);

async function refuse(
  certificate: 'otherName' | 'distrusted' | 'selfSigned' | 'expired',
  serverHostname = 'localhost',
) {
  const pair = makeMemoryPair(await makeClientContext(), await makeServerContext({ certificate }), {
    client: { serverHostname },
  });
  const { client } = collectHandshakeErrors(pair);
  if (!(client instanceof SSLCertVerificationError)) throw client;
  const { errno, reason, verifyCode, verifyMessage } = client;
  return { errno, reason, verifyCode, verifyMessage };
}

const failed = { errno: 1, reason: 'CERTIFICATE_VERIFY_FAILED' };

checkRows('SSLCertVerificationError', [
  [
    'verify_code 62 for a host name',
    () => refuse('otherName'),
    { ...failed, verifyCode: 62, verifyMessage: "Hostname mismatch, certificate is not valid for 'localhost'." },
  ],
  [
    'verify_code 64 for an IP address',
    () => refuse('otherName', '10.0.0.1'),
    { ...failed, verifyCode: 64, verifyMessage: "IP address mismatch, certificate is not valid for '10.0.0.1'." },
  ],
  [
    'verify_code 20 without an issuer',
    () => refuse('distrusted'),
    { ...failed, verifyCode: 20, verifyMessage: 'unable to get local issuer certificate' },
  ],
  [
    'verify_code 18 for a certificate that signs itself',
    () => refuse('selfSigned'),
    { ...failed, verifyCode: 18, verifyMessage: 'self-signed certificate' },
  ],
  [
    'verify_code 10 for an expired one',
    () => refuse('expired'),
    { ...failed, verifyCode: 10, verifyMessage: 'certificate has expired' },
  ],
  [
    'of match_hostname(): one argument, no verify_code',
    async () => {
      const error = await catchError(() => matchHostname({ subjectAltName: [['DNS', 'a.example']] }, 'b.example'));
      if (!(error instanceof SSLCertVerificationError)) throw error;
      return { errno: error.errno, count: error.args.length, verifyCode: error.verifyCode };
    },
    { errno: null, count: 1, verifyCode: undefined },
  ],
]);

checkRows('The numbers behind the outcomes of try…', [
  ['WANT_READ', () => -Outcome.WANT_READ, errors.SSL_ERROR_WANT_READ],
  ['WANT_WRITE', () => -Outcome.WANT_WRITE, errors.SSL_ERROR_WANT_WRITE],
  ['CLOSED', () => -Outcome.CLOSED, errors.SSL_ERROR_ZERO_RETURN],
]);
