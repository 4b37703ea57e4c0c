import { ExitCode } from '../../exit-code.ts';
import { messageOf } from '../../failure.ts';
import { type Output, printable } from '../../output.ts';

/** One thing that was looked at. */
interface Finding {
  readonly topic: string;
  readonly state: 'good' | 'warning' | 'bad';
  readonly text: string;
}

/** Looks at everything that TLS here depends on. */
export async function examine(options: { json?: boolean }, output: Output): Promise<ExitCode> {
  const findings = [...describeNode(), ...(await describeTls())];
  const isWell = findings.every(({ state }) => state === 'good');
  if (options.json === true) output.json({ schema: 'sslkit/doctor/1', isWell, findings });
  else {
    const { good, warn, bad, faint } = output.colours;
    const marks = { good: good('✓'), warning: warn('!'), bad: bad('✗') };
    for (const { topic, state, text } of findings) {
      output.report(`${marks[state]} ${faint(topic.padEnd(14))} ${printable(text)}`);
    }
  }
  return isWell ? ExitCode.OK : ExitCode.WARNING;
}

const finding = (topic: string, text: string, state: Finding['state'] = 'good'): Finding => ({ topic, state, text });

function describeNode(): Finding[] {
  const { versions, platform, arch, env } = process;
  const isOpenSsl3 = versions.openssl.startsWith('3.');
  const findings = [
    finding('Node', `${versions.node} on ${platform} ${arch}`),
    finding('OpenSSL', `${versions.openssl}, the one that Node carries`, isOpenSsl3 ? 'good' : 'bad'),
  ];
  if (env['NODE_TLS_REJECT_UNAUTHORIZED'] === '0') {
    findings.push(
      finding(
        'environment',
        'NODE_TLS_REJECT_UNAUTHORIZED=0: node:tls verifies nothing; sslkit does all the same',
        'warning',
      ),
    );
  }
  // A certificate's dates are in this project's lifetime: an earlier clock is wrong.
  const isClockSane = Date.now() > Date.UTC(2025, 0, 1);
  findings.push(finding('clock', `${new Date().toISOString()}`, isClockSane ? 'good' : 'bad'));
  return findings;
}

async function describeTls(): Promise<Finding[]> {
  let socket: typeof import('@sslkit/socket');
  try {
    socket = await import('@sslkit/socket');
  } catch (error) {
    return [finding('add-ons', messageOf(error), 'bad')];
  }
  const versions = (
    [
      ['1.0', socket.HAS_TLSv1],
      ['1.1', socket.HAS_TLSv1_1],
      ['1.2', socket.HAS_TLSv1_2],
      ['1.3', socket.HAS_TLSv1_3],
    ] as const
  ).filter(([, has]) => has);
  const suites = new socket.SSLContext(socket.PROTOCOL_TLS_CLIENT).getCiphers().length;
  return [
    finding('add-ons', `loaded, for ${socket.OPENSSL_VERSION}`),
    finding('TLS', `${versions.map(([name]) => name).join(', ')}; ${suites} cipher suites in use`),
    finding('random', socket.randStatus() ? 'seeded' : 'not seeded', socket.randStatus() ? 'good' : 'bad'),
    await describeTrust(),
    await tryConnection(),
  ];
}

async function describeTrust(): Promise<Finding> {
  const { readTrustStore } = await import('./trust-store.ts');
  const { certificates, places, problem } = readTrustStore();
  const found = places.filter(({ exists }) => exists).map(({ path }) => path);
  const where = found.length === 0 ? "Node's and the system's own lists" : found.join(' and ');
  const text = problem ?? `${certificates} certificates from ${where}`;
  const hasFolder = places.some(({ kind, exists }) => kind === 'folder' && exists);
  return finding('trust store', text, problem === null && (certificates > 0 || hasFolder) ? 'good' : 'warning');
}

/** A connection of our own, over loopback: everything at once. */
async function tryConnection(): Promise<Finding> {
  const { converseOverLoopback } = await import('./loopback.ts');
  try {
    return finding('connection', await converseOverLoopback());
  } catch (error) {
    return finding('connection', `to ourselves failed: ${messageOf(error)}`, 'bad');
  }
}
