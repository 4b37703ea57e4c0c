import { unwatchFile, watchFile } from 'node:fs';
import { isIP } from 'node:net';
import { CERT_OPTIONAL, CERT_REQUIRED, createDefaultContext, Purpose, type SSLContext } from '@sslkit/socket';
import { checkHost, checkIp, createCertificate, createCertificateAuthority, decodeCertificate } from '@sslkit/x509';
import { applySettings, loadIdentity } from '../../client/settings.ts';
import { loadTrust } from '../../client/trust.ts';
import { messageOf, usageError } from '../../failure.ts';
import { writeOutputFiles } from '../../output-file.ts';
import { readPassword } from '../../password.ts';
import { openPkcs12 } from '../../pkcs12/open.ts';
import type { ServeOptions } from './options.ts';

const LOOK_EVERY = 500; // milliseconds between looks at the files

interface Identity {
  readonly context: SSLContext;
  /** DER of the certificate, by whose names SNI chooses. */
  readonly certificate: Uint8Array;
}

// What a client asked for is only known while SNI decides.
const namesAskedFor = new WeakMap<object, string | null>();

/** The certificates that a server has, read again when their files change. */
export class IdentityStore implements AsyncDisposable {
  readonly #options: ServeOptions;
  readonly #watched: string[] = [];
  #context: SSLContext;

  private constructor(options: ServeOptions, context: SSLContext) {
    this.#options = options;
    this.#context = context;
  }

  /**
   * Loads the certificates, or makes one up, and watches their files.
   *
   * @param tell - told when they were read again, or could not be.
   * @throws Failure with the exit code for input.
   */
  static async load(options: ServeOptions, tell: (text: string) => void): Promise<IdentityStore> {
    const { cert: files = [], key: keys = [] } = options;
    if (keys.length > files.length) throw usageError('there are more --key than --cert');
    if (files.length === 0) return new IdentityStore(options, chooseBySni([await makeUp(options)]));
    if (options.caOut !== undefined)
      throw usageError('--ca-out is for a certificate that is made up: leave --cert out');
    const store = new IdentityStore(options, loadAll(options));
    for (const path of new Set([...files, ...keys])) store.#watch(path, tell);
    return store;
  }

  /** For the connections from now on; those that are open keep theirs. */
  get context(): SSLContext {
    return this.#context;
  }

  /** The name that the client of a connection asked for. */
  static nameAskedFor(connection: object): string | null {
    return namesAskedFor.get(connection) ?? null;
  }

  #watch(path: string, tell: (text: string) => void): void {
    this.#watched.push(path);
    watchFile(path, { interval: LOOK_EVERY }, () => {
      try {
        this.#context = loadAll(this.#options);
        tell(`${path} has changed: its certificate is shown from now on`);
      } catch (error) {
        // Half of the files may have been written; the next change brings the rest.
        tell(`${path} has changed and cannot be used, the old certificate stays: ${messageOf(error)}`);
      }
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const path of this.#watched) unwatchFile(path);
  }
}

function loadAll(options: ServeOptions): SSLContext {
  const { cert: files = [], key: keys = [] } = options;
  return chooseBySni(files.map((file, index) => loadOne(file, keys[index], options)));
}

function loadOne(file: string, key: string | undefined, options: ServeOptions): Identity {
  const context = createContext(options);
  const password = readPassword(options);
  const items = loadIdentity(context, file, { ...options, key });
  const opened = items.flatMap((item) =>
    item.kind === 'pkcs12' ? openPkcs12(item.der, password, file).items : [item],
  );
  const certificate = opened.find(({ kind }) => kind === 'certificate')?.der ?? new Uint8Array();
  return { context, certificate };
}

async function makeUp(options: ServeOptions): Promise<Identity> {
  const authority = await createCertificateAuthority({ subject: { CN: 'sslkit serve' } });
  const names = new Set(['localhost', '127.0.0.1', '::1', ...(isEveryAddress(options.host) ? [] : [options.host])]);
  const { chainPem, privateKeyPem, certificate } = await createCertificate({ authority, names: [...names] });
  if (options.caOut !== undefined) {
    writeOutputFiles([{ path: options.caOut, content: authority.certificatePem, secret: false }], { force: true });
  }
  const context = createContext(options);
  context.loadCertChain({ cert: chainPem, key: privateKeyPem });
  return { context, certificate };
}

function isEveryAddress(host: string): boolean {
  return host === '0.0.0.0' || host === '::';
}

function createContext(options: ServeOptions): SSLContext {
  const context = createDefaultContext({ purpose: Purpose.CLIENT_AUTH });
  if (options.clientCa !== undefined) {
    loadTrust(context, { cafile: options.clientCa }, '--client-ca');
    context.verifyMode = options.clientOptional === true ? CERT_OPTIONAL : CERT_REQUIRED;
  } else if (options.clientOptional) throw usageError('--client-optional needs --client-ca');
  const { cert: _cert, key: _key, ...settings } = options;
  applySettings(context, settings);
  return context;
}

/** The first identity is for clients that ask for no name, or for one that nobody has. */
function chooseBySni(identities: readonly Identity[]): SSLContext {
  const [first] = identities;
  if (first === undefined) throw usageError('there is no certificate to show');
  first.context.sniCallback = (connection, serverName) => {
    namesAskedFor.set(connection, serverName);
    const chosen = serverName === null ? undefined : identities.find((identity) => isFor(identity, serverName));
    if (chosen !== undefined && chosen !== first) connection.context = chosen.context;
    return null;
  };
  return first.context;
}

function isFor({ certificate }: Identity, serverName: string): boolean {
  const names = decodeCertificate(certificate);
  return (isIP(serverName) ? checkIp(names, serverName) : checkHost(names, serverName)) !== undefined;
}
