import { once } from 'node:events';
import { createDefaultContext } from '@sslkit/socket';
import { type CreatedCertificate, createCertificate, createCertificateAuthority } from '@sslkit/x509';
import { shortName, summarizeCertificate } from '../../certificate-summary.ts';
import { diagnoseFailure } from '../../client/diagnose-failure.ts';
import { inspectConnections } from '../../client/inspected-socket.ts';
import { openConnection } from '../../client/open-connection.ts';
import type { Diagnosis } from '../../diagnosis/diagnosis.ts';
import { ExitCode } from '../../exit-code.ts';
import type { Output } from '../../output.ts';
import { describeConnection } from '../connect/report.ts';
import { showProblem, showReport } from '../connect/show.ts';
import { type DemoServer, startServer, TAKE_OFF } from './server.ts';

const HOST = 'localhost';
const OTHER_HOST = 'shop.example';
const TIMEOUT = 10; // seconds, on a machine that is very busy
const DAY = 86_400_000; // milliseconds

/** Shows the whole of it: everything is made, served, connected to and refused here and now. */
export async function demonstrate(options: { json?: boolean }, output: Output): Promise<ExitCode> {
  const show = new Narrator(output, options.json === true);
  show.step('A certificate authority and a server certificate, made in memory');
  const authority = await createCertificateAuthority({ subject: { CN: 'Demo CA' } });
  const valid = await createCertificate({ authority, names: [HOST, '127.0.0.1'] });
  for (const { certificate } of [authority, valid]) {
    const summary = summarizeCertificate(certificate);
    show.line(`${shortName(summary)}: ${summary.key}, ${summary.daysLeft} days, signed by ${summary.issuer}`);
  }
  await using server = await startServer(valid);
  show.step(`A server of ours at 127.0.0.1:${server.port}, and a client of ours that trusts that authority`);
  await converse(server, authority, show);
  const refusals = [
    await refuse(
      server,
      { title: 'a client that does not know the authority', trusted: await createCertificateAuthority() },
      show,
    ),
    await refuse(server, { title: `a client that wants ${OTHER_HOST}`, trusted: authority, name: OTHER_HOST }, show),
  ];
  server.show(await createCertificate({ authority, names: [HOST], notAfter: new Date(Date.now() - 3 * DAY) }));
  refusals.push(await refuse(server, { title: 'a server whose certificate has expired', trusted: authority }, show));
  const expected = [ExitCode.UNTRUSTED, ExitCode.NAME_MISMATCH, ExitCode.EXPIRED];
  const isAsExpected = expected.every((code, index) => refusals[index]?.exitCode === code);
  if (options.json) output.json({ schema: 'sslkit/demo/1', steps: show.steps, refusals });
  return isAsExpected ? ExitCode.OK : ExitCode.FAILED;
}

/** Tells what happens, or keeps it for the JSON. */
class Narrator {
  readonly steps: { title: string; lines: string[] }[] = [];
  readonly output: Output;
  readonly #silent: boolean;

  constructor(output: Output, silent: boolean) {
    this.output = output;
    this.#silent = silent;
  }

  step(title: string): void {
    const number = this.steps.push({ title, lines: [] });
    if (!this.#silent) this.output.report(this.output.colours.strong(`\n${number}. ${title}`));
  }

  line(text: string): void {
    this.steps.at(-1)?.lines.push(text);
    if (!this.#silent) this.output.report(`   ${text}`);
  }

  /** Lets `write` write for people. */
  block(write: (output: Output) => void): void {
    if (!this.#silent) write(this.output);
  }
}

function trusting({ certificatePem }: CreatedCertificate) {
  const context = createDefaultContext({ cadata: certificatePem });
  inspectConnections(context);
  return context;
}

const TRUST_SOURCE = 'the certificates that this client trusts';

async function converse(server: DemoServer, authority: CreatedCertificate, show: Narrator): Promise<void> {
  const target = { host: '127.0.0.1', port: server.port };
  const setting = { target, serverName: HOST, trustSource: TRUST_SOURCE };
  const opened = await openConnection(trusting(authority), { ...setting, timeout: TIMEOUT });
  show.block((output) => showReport(describeConnection(opened, setting, null), output));
  const { connection } = opened;

  show.step('Data over TLS');
  await connection.sendAll('hello');
  show.line(`client: hello`);
  show.line(`server: ${await connection.recv()}`);

  show.step('TLS taken off with unwrap(), on the same connection');
  await connection.sendAll(TAKE_OFF);
  show.line(`client: ${TAKE_OFF}`);
  show.line(`server: ${await connection.recv()}`);
  const plain = await connection.unwrap();
  const answered = once(plain, 'data');
  plain.write('hello again');
  show.line('client: hello again');
  const [answer] = await answered;
  show.line(`server: ${answer}`);
  plain.destroy();
}

interface Refusal {
  readonly title: string;
  readonly trusted: CreatedCertificate;
  readonly name?: string;
}

async function refuse(server: DemoServer, refusal: Refusal, show: Narrator): Promise<Diagnosis | null> {
  const { title, trusted, name = HOST } = refusal;
  show.step(`Refused: ${title}`);
  const setting = { target: { host: '127.0.0.1', port: server.port }, serverName: name, trustSource: TRUST_SOURCE };
  try {
    const { connection } = await openConnection(trusting(trusted), { ...setting, timeout: TIMEOUT });
    await connection.close();
    show.line('It was not refused, and should have been');
    return null;
  } catch (error) {
    const diagnosis = diagnoseFailure(error, setting);
    show.line(`exit code of sslkit connect: ${diagnosis.exitCode}`);
    show.block((output) => showProblem(diagnosis, output, 'report'));
    return diagnosis;
  }
}
