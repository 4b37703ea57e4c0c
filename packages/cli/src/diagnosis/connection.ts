import { ExitCode } from '../exit-code.ts';
import { codeOf, messageOf } from '../failure.ts';
import { formatTarget, type Target } from '../target.ts';
import type { Diagnosis } from './diagnosis.ts';

type Words = Pick<Diagnosis, 'title' | 'why' | 'remedies'>;

/** Says why there is no connection, for errors of the operating system and of name resolution; null for others. */
export function diagnoseConnection(error: unknown, target: Pick<Target, 'host' | 'port'>): Diagnosis | null {
  const cause = firstOf(error);
  const code = codeOf(cause);
  const words = explain(code, target);
  if (words === null) return null;
  return { exitCode: ExitCode.UNREACHABLE, code, ...words };
}

/** A host with several addresses gives an error that gathers those of all attempts. */
function firstOf(error: unknown): unknown {
  return error instanceof AggregateError && error.errors.length > 0 ? error.errors[0] : error;
}

function explain(code: string, target: Pick<Target, 'host' | 'port'>): Words | null {
  const place = formatTarget(target);
  const { host, port } = target;
  switch (code) {
    case 'ECONNREFUSED':
      return {
        title: `${place} refuses connections`,
        why: [`The machine answers, and nothing listens at port ${port}.`],
        remedies: ['Check the port, and whether the server runs.'],
      };
    case 'ENOTFOUND':
      return {
        title: `there is no host ${host}`,
        why: ['The name does not resolve to an address.'],
        remedies: ['Check the spelling, and the DNS servers of this machine.'],
      };
    case 'EAI_AGAIN':
      return {
        title: `the address of ${host} could not be looked up`,
        why: ['The DNS servers of this machine do not answer.'],
        remedies: ['Check the network connection, and try again.'],
      };
    case 'ETIMEDOUT':
      return {
        title: `${place} does not answer`,
        why: ['Nothing came back in time: the machine is off, or a firewall drops what is sent to it.'],
        remedies: ['Check host and port; --timeout SECONDS waits longer.'],
      };
    case 'EHOSTUNREACH':
    case 'ENETUNREACH':
      return {
        title: `there is no way to ${place}`,
        why: ['The network says that it cannot be reached from here.'],
        remedies: ['Check the network connection and the address.'],
      };
    case 'ECONNRESET':
    case 'EPIPE':
      return {
        title: `${place} dropped the connection`,
        why: ['The other side, or a firewall between, ended it without a word of TLS.'],
        remedies: [
          'Check whether the server at this port expects TLS; with STARTTLS it does only after a question (--starttls).',
        ],
      };
    case 'EACCES':
    case 'EPERM':
    case 'EADDRNOTAVAIL':
    case 'EINVAL':
      return {
        title: `this machine does not connect to ${place}`,
        why: [`The operating system refuses it (${code}).`],
        remedies: ['Check the address and the firewall of this machine.'],
      };
    default:
      return null;
  }
}

/** For an error that nothing else explains. */
export function diagnoseUnknown(error: unknown): Diagnosis {
  return {
    exitCode: ExitCode.FAILED,
    code: codeOf(error) || 'ERR_UNKNOWN',
    title: messageOf(error),
    why: [],
    remedies: [],
  };
}
