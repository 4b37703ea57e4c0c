import { PROTOCOL_TLS_CLIENT, SSLContext, TLSVersion } from '@sslkit/context';
import { createCertificate } from '@sslkit/x509';
import { describe, expect, test } from 'vitest';
import { takeCertificate } from '../support/certificates.ts';
import { makeClientContext, makeServerContext } from '../support/contexts.ts';
import { collectHandshakeErrors, makeMemoryPair, shakeHands } from '../support/memory-pair.ts';
import { askPython, pythonObstacle } from '../support/python.ts';
import { checkRows, type Row, sslError, TYPE_ERROR, VALUE_ERROR } from '../support/rows.ts';

/** The name that a connection is made with, of whatever type. */
function prepare(name: unknown): unknown {
  const context = new SSLContext(PROTOCOL_TLS_CLIENT);
  return context.wrapBuffers({ serverHostname: name as string }).serverHostname;
}

const unchanged = [
  'localhost',
  'LOCALHOST',
  'example.com.',
  '*.example.com',
  'a b',
  'under_score',
  '1.2.3',
  '1.2.3.4.',
  'fe80::1%eth0',
  '[::1]',
  '1.2.3.4',
  '::1',
  'xn--bcher-kva.example',
  'a'.repeat(63),
];
const encoded: Readonly<Record<string, string>> = {
  'straße.de': 'strasse.de',
  'ß.de': 'ss.de',
  'faß.DE': 'fass.DE',
  '日本.jp': 'xn--wgv71a.jp',
  'ﬁ.com': 'fi.com',
  'BÜCHER.example': 'xn--bcher-kva.example',
  'pythön.org': 'xn--pythn-mua.org',
  'a。b': 'a.b',
  'a\u00adb.c': 'ab.c',
  'cafe\u0301.com': 'xn--caf-dma.com',
  '\u0378.com': 'xn--zva.com',
};
const refused = [
  '',
  '.example.com',
  'a..b',
  '.',
  '\u00ad',
  'a'.repeat(64),
  `${'x'.repeat(60)}é.com`,
  '\ud800.com',
  'א1.com',
  '1א.com',
];

checkRows('server_hostname as text', [
  ['None', () => prepare(null), null],
  ['nothing given', () => prepare(undefined), null],
  ...unchanged.map((name): Row => [`'${name}' stays`, () => prepare(name), name]),
  ...Object.entries(encoded).map(([name, wire]): Row => [`'${name}' becomes '${wire}'`, () => prepare(name), wire]),
  ...refused.map((name): Row => [`${JSON.stringify(name)}: ValueError`, () => prepare(name), VALUE_ERROR]),
]);

checkRows('server_hostname as something else', [
  ['bytes', () => prepare(Buffer.from('ok.example')), 'ok.example'],
  ['no bytes: ValueError', () => prepare(Buffer.alloc(0)), VALUE_ERROR],
  ['bytes that start with a dot: ValueError', () => prepare(Buffer.from('.x')), VALUE_ERROR],
  ['bytes that are not ASCII: UnicodeDecodeError', () => prepare(Buffer.of(0xff)), VALUE_ERROR],
  ['a NUL: TypeError', () => prepare('x\0y'), TYPE_ERROR],
  ['a number', () => prepare(1), TYPE_ERROR],
  ['a bool', () => prepare(true), TYPE_ERROR],
]);

/** What the server is asked for, and what the client then makes of its certificate. */
async function connect(serverHostname: string | null, certificate: 'server' | 'otherName' = 'server') {
  const [client, server] = [await makeClientContext(), await makeServerContext({ certificate })];
  const asked: (string | null)[] = [];
  server.sniCallback = (_, name) => {
    asked.push(name);
    return null;
  };
  const pair = makeMemoryPair(client, server, { client: { serverHostname } });
  const errors = collectHandshakeErrors(pair);
  return { asked, code: (errors.client as { verifyCode?: number } | undefined)?.verifyCode };
}

checkRows('Names and addresses on the wire', [
  ['a name is sent and checked', () => connect('localhost'), { asked: ['localhost'], code: undefined }],
  ['a name that does not match', () => connect('localhost', 'otherName'), { asked: ['localhost'], code: 62 }],
  ['no name: none is sent, none is checked', () => connect(null, 'otherName'), { asked: [null], code: undefined }],
  ['an address is not sent, but checked', () => connect('127.0.0.1'), { asked: [null], code: undefined }],
  ['an address that does not match', () => connect('127.0.0.2'), { asked: [null], code: 64 }],
  ['an address of IPv6', () => connect('::1'), { asked: [null], code: undefined }],
  [
    'a name is sent where nothing is verified',
    async () => {
      const server = await makeServerContext({ version: TLSVersion.TLSv1_2 });
      let asked: string | null = null;
      server.sniCallback = (_, name) => {
        asked = name;
        return null;
      };
      const client = await makeClientContext({ trust: null });
      client.checkHostname = false;
      client.verifyMode = 0;
      shakeHands(makeMemoryPair(client, server, { client: { serverHostname: 'some.example' } }));
      return asked;
    },
    'some.example',
  ],
  [
    'more than 255 bytes',
    () => prepare('a.'.repeat(130)),
    sslError('ERR_SSL_SSL3_EXT_INVALID_SERVERNAME', { errno: 319 }),
  ],
]);

checkRows('hostname_checks_common_name', [
  ['the default lets it count where there is no DNS name', () => connectByCommonName(true), undefined],
  ['False refuses it', () => connectByCommonName(false), 62],
]);

async function connectByCommonName(checks: boolean): Promise<number | undefined> {
  const authority = await takeCertificate('authority');
  const bare = await createCertificate({ authority, subject: 'common.example' });
  const server = await makeServerContext();
  server.loadCertChain({ cert: bare.chainPem, key: bare.privateKeyPem });
  const client = await makeClientContext();
  client.hostnameChecksCommonName = checks;
  const pair = makeMemoryPair(client, server, { client: { serverHostname: 'common.example' } });
  return (collectHandshakeErrors(pair).client as { verifyCode?: number } | undefined)?.verifyCode;
}

const ASK = `
import json, ssl, sys
def prepare(name):
    try:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        return context.wrap_bio(ssl.MemoryBIO(), ssl.MemoryBIO(), server_hostname=name).server_hostname
    except ValueError:
        return False
print(json.dumps([prepare(name) for name in json.loads(sys.argv[1])]))
`;

describe.skipIf(pythonObstacle !== null)(
  `CPython${pythonObstacle === null ? '' : ` (skipped: ${pythonObstacle})`}`,
  () => {
    test('every name of the table becomes the same', () => {
      const names = [...unchanged, ...Object.keys(encoded), ...refused];
      expect(names.map(prepareOrRefuse)).toEqual(askPython(ASK, JSON.stringify(names)));
    });
  },
);

function prepareOrRefuse(name: string): unknown {
  try {
    return prepare(name);
  } catch {
    return false;
  }
}
