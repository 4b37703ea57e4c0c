import { isIP } from 'node:net';
import { type CertificateDictionary, checkHost, checkIp, decodeCertificate, matchHostname } from '@sslkit/x509';
import { formatGeneralName } from '../../certificate-summary.ts';
import type { RouteOptions } from '../../client/route.ts';
import { ExitCode } from '../../exit-code.ts';
import { inputError, messageOf } from '../../failure.ts';
import { describeInput, readInputFile } from '../../input-file.ts';
import { recognize } from '../../material/material.ts';
import { requireReadable } from '../../material/readable-certificate.ts';
import { parseSource, type Source } from '../../material/source.ts';
import { type Output, printable } from '../../output.ts';

/** The options of `sslkit match`. */
export interface MatchOptions extends RouteOptions {
  readonly json?: boolean;
}

interface NameVerdict {
  readonly name: string;
  /** The rule of connections: the name of the certificate that matches, or null. */
  readonly openssl: string | null;
  /** The rule of Python's `match_hostname`. */
  readonly python: { readonly matches: boolean; readonly reason: string | null };
}

/** Asks a certificate for names. */
export async function match(
  text: string,
  names: readonly string[],
  options: MatchOptions,
  output: Output,
): Promise<ExitCode> {
  const certificate = decodeCertificate(
    await readCertificate(parseSource(text, options.starttls), names[0] ?? '', options),
  );
  const verdicts = names.map((name) => judgeName(certificate, name));
  const isForAll = verdicts.every(({ openssl }) => openssl !== null);
  const certificateNames = (certificate.subjectAltName ?? []).map(([kind, value]) => formatGeneralName(kind, value));
  if (options.json === true) output.json({ schema: 'sslkit/match/1', names: certificateNames, verdicts });
  else showVerdicts(verdicts, certificateNames, output);
  return isForAll ? ExitCode.OK : ExitCode.NAME_MISMATCH;
}

async function readCertificate(source: Source, serverName: string, options: MatchOptions): Promise<Uint8Array> {
  if (source.kind === 'host') {
    const { fetchChain } = await import('../../client/fetch-chain.ts');
    const [leaf] = await fetchChain(source.target, serverName, options);
    if (leaf === undefined) throw inputError('the server shows no certificate');
    return leaf;
  }
  const name = describeInput(source.path);
  const found = recognize(readInputFile(source.path), name).items.find(({ kind }) => kind === 'certificate');
  if (found === undefined) throw inputError(`${name} holds no certificate`);
  requireReadable([found], name);
  return found.der;
}

function judgeName(certificate: CertificateDictionary, name: string): NameVerdict {
  const openssl = (isIP(name) ? checkIp(certificate, name) : checkHost(certificate, name)) ?? null;
  try {
    matchHostname(certificate, name);
    return { name, openssl, python: { matches: true, reason: null } };
  } catch (error) {
    return { name, openssl, python: { matches: false, reason: messageOf(error) } };
  }
}

function showVerdicts(verdicts: readonly NameVerdict[], names: readonly string[], output: Output): void {
  const { good, bad, warn, faint } = output.colours;
  for (const { name, openssl, python } of verdicts) {
    const mark = openssl === null ? bad('no ') : good('yes');
    const by = openssl === null ? '' : faint(` by ${printable(openssl)}`);
    output.report(`${mark} ${printable(name)}${by}`);
    if (python.matches !== (openssl !== null)) {
      output.report(
        `    ${warn(`Python's rule says ${python.matches ? 'yes' : 'no'}`)} ${printable(python.reason ?? '')}`,
      );
    }
  }
  if (verdicts.some(({ openssl }) => openssl === null)) {
    output.say(`The certificate is for ${names.length === 0 ? 'no names at all' : names.map(printable).join(', ')}`);
  }
}
