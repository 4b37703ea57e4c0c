import { SSLEOFError, SSLError } from '@sslkit/errors';
import { TimeoutError } from '@sslkit/socket';
import { ExitCode } from '../exit-code.ts';
import { printable } from '../output.ts';
import { formatTarget, type Target } from '../target.ts';
import type { Diagnosis } from './diagnosis.ts';

/** What was seen of a handshake that failed. */
export interface HandshakeSetting {
  readonly target: Pick<Target, 'host' | 'port'>;
  /** The first bytes that the peer sent; empty where it sent none. */
  readonly firstBytes: Uint8Array;
  /** The name that the server was asked for. */
  readonly serverName: string | null;
}

/** Says why a handshake failed, for errors of TLS other than a refused certificate; null for others. */
export function diagnoseHandshake(error: unknown, setting: HandshakeSetting): Diagnosis | null {
  const { target, firstBytes } = setting;
  const place = formatTarget(target);
  if (error instanceof TimeoutError && error.operation === 'handshake') {
    return {
      exitCode: firstBytes.length === 0 ? ExitCode.NOT_TLS : ExitCode.HANDSHAKE,
      code: 'ETIMEDOUT',
      title: `${place} accepts the connection and does not answer to TLS`,
      why: [firstBytes.length === 0 ? 'Not one byte came back.' : 'The handshake began, and stopped in the middle.'],
      remedies: ['Check whether this port speaks TLS from the start; --timeout SECONDS waits longer.'],
    };
  }
  const greeting = readGreeting(firstBytes);
  if (!(error instanceof SSLError) && !isReset(error)) return null;
  if (firstBytes.length > 0 && !isTls(firstBytes)) return diagnosePlaintext(greeting, setting);
  if (!(error instanceof SSLError) || error instanceof SSLEOFError) return diagnoseCut(place, firstBytes.length === 0);
  if (error.alert?.direction === 'received') return diagnoseAlert(error, setting);
  return {
    exitCode: ExitCode.HANDSHAKE,
    code: error.code,
    ...(OWN_REASONS.get(error.reason ?? '') ?? {
      title: `the handshake with ${place} failed: ${error.message}`,
      why: [],
      remedies: [],
    }),
  };
}

function isReset(error: unknown): boolean {
  return error instanceof Error && 'code' in error && (error.code === 'ECONNRESET' || error.code === 'EPIPE');
}

/** Whether bytes begin with a record of TLS: a content type of 20 to 23 and the major version 3, RFC 8446 §5.1. */
export function isTls(bytes: Uint8Array): boolean {
  const [type = 0, major = 3] = bytes;
  return type >= 20 && type <= 23 && major === 3;
}

function readGreeting(bytes: Uint8Array): string {
  const line = Buffer.from(bytes).toString('latin1').split(/\r?\n/, 1)[0] ?? '';
  return printable(line.slice(0, 120));
}

const TALKERS: readonly (readonly [RegExp, string, string | null])[] = [
  [/^HTTP\/\d/, 'HTTP without TLS', null],
  [/^220.*\bFTP\b|^220.*ftpd/i, 'FTP, which turns TLS on by a command', 'ftp'],
  [/^220[ -]/, 'SMTP, which turns TLS on by a command', 'smtp'],
  [/^\* (OK|PREAUTH|BYE)/, 'IMAP, which turns TLS on by a command', 'imap'],
  [/^\+OK/, 'POP3, which turns TLS on by a command', 'pop3'],
  [/^"IMPLEMENTATION"/i, 'ManageSieve, which turns TLS on by a command', 'sieve'],
  [/^<\?xml|^<stream/, 'XMPP, which turns TLS on by a command', 'xmpp'],
  [/^SSH-/, 'SSH, which has its own encryption', null],
  [/^[\s\S]{4}\n\d+\.\d+/, 'MySQL, which turns TLS on by a command', 'mysql'],
];

function diagnosePlaintext(greeting: string, { target, firstBytes }: HandshakeSetting): Diagnosis {
  const raw = Buffer.from(firstBytes).toString('latin1');
  const talker = TALKERS.find(([pattern]) => pattern.test(raw));
  const starttls = talker?.[2] ?? null;
  return {
    exitCode: ExitCode.NOT_TLS,
    code: 'NOT_TLS',
    title: `${formatTarget(target)} does not speak TLS`,
    why: [
      greeting === '' ? 'It answered with bytes that are no TLS.' : `It answered '${greeting}'.`,
      ...(talker === undefined ? [] : [`That looks like ${talker[1]}.`]),
    ],
    remedies: [
      starttls === null
        ? 'Check the port: HTTPS, for example, is usually at 443.'
        : `Ask for it with --starttls ${starttls}, or use the port where TLS is spoken from the start.`,
    ],
  };
}

function diagnoseCut(place: string, silent: boolean): Diagnosis {
  return {
    exitCode: silent ? ExitCode.NOT_TLS : ExitCode.HANDSHAKE,
    code: silent ? 'NOT_TLS' : 'ERR_SSL_EOF',
    title: silent
      ? `${place} closed the connection as soon as TLS was spoken`
      : `${place} cut the connection in the middle of the handshake`,
    why: [
      silent
        ? 'Not one byte of TLS came back: the port speaks something else, or wants a name or a version that was not offered.'
        : 'It gave no reason: servers do so when they crash, are overloaded, or dislike something without saying what.',
    ],
    remedies: [
      silent
        ? 'Check the port; where TLS starts after a command, use --starttls.'
        : "Look into the server's log; try --tls 1.2, and --servername with a name that it serves.",
    ],
  };
}

type Words = Pick<Diagnosis, 'title' | 'why' | 'remedies'>;

/** What this side found wrong, by OpenSSL's reason. */
const OWN_REASONS: ReadonlyMap<string, Words> = new Map([
  [
    'UNSUPPORTED_PROTOCOL',
    {
      title: 'there is no TLS version that both sides accept',
      why: ['The server chose a version that was not allowed here.'],
      remedies: ['Allow more with --tls, such as --tls 1.0-1.3; better, update the server.'],
    },
  ],
  [
    'DH_KEY_TOO_SMALL',
    {
      title: "the server's Diffie-Hellman group is too small",
      why: ['Such keys have been broken in practice (Logjam, CVE-2015-4000).'],
      remedies: ['The server must use a group of at least 2048 bits, or elliptic curves.'],
    },
  ],
  [
    'UNSAFE_LEGACY_RENEGOTIATION_DISABLED',
    {
      title: 'the server does not know secure renegotiation',
      why: ['It lacks RFC 5746 of 2010, so somebody between could put data in front of yours (CVE-2009-3555).'],
      remedies: ['The server must be updated.'],
    },
  ],
]);

/** What the server found wrong, by the name of its alert: RFC 8446 §6.2. */
const ALERTS: ReadonlyMap<string, Omit<Words, 'title'> & { readonly meaning: string }> = new Map([
  [
    'HANDSHAKE_FAILURE',
    {
      meaning: 'it found nothing that both sides accept',
      why: ['Usually no cipher suite or group in common, or it wants a client certificate.'],
      remedies: [
        'Try --ciphers ALL@SECLEVEL=0 and --tls 1.0-1.3 to find out which; give a client certificate with --cert and --key.',
      ],
    },
  ],
  [
    'PROTOCOL_VERSION',
    {
      meaning: 'it accepts none of the TLS versions offered',
      why: ['It knows only older versions, or was told to refuse these.'],
      remedies: ['Offer others with --tls, such as --tls 1.0-1.3.'],
    },
  ],
  [
    'UNRECOGNIZED_NAME',
    {
      meaning: 'it does not know the name it was asked for',
      why: [],
      remedies: ['Ask for a name that it serves: --servername NAME'],
    },
  ],
  [
    'CERTIFICATE_REQUIRED',
    {
      meaning: 'it requires a client certificate',
      why: ['None was shown.'],
      remedies: ['Give one with --cert FILE and --key FILE.'],
    },
  ],
  [
    'NO_APPLICATION_PROTOCOL',
    {
      meaning: 'it speaks none of the protocols offered by ALPN',
      why: [],
      remedies: ['Offer others with --alpn, or none.'],
    },
  ],
]);

/** The alerts by which a peer says that it refuses our certificate. */
const CERTIFICATE_ALERTS = new Set([
  'BAD_CERTIFICATE',
  'UNSUPPORTED_CERTIFICATE',
  'CERTIFICATE_REVOKED',
  'CERTIFICATE_EXPIRED',
  'CERTIFICATE_UNKNOWN',
  'UNKNOWN_CA',
  'ACCESS_DENIED',
]);

function diagnoseAlert(error: SSLError, { target, serverName }: HandshakeSetting): Diagnosis {
  const name = error.alert?.name ?? 'UNKNOWN';
  const place = formatTarget(target);
  const words = ALERTS.get(name);
  const readable = name.toLowerCase().replaceAll('_', ' ');
  const base = { exitCode: ExitCode.HANDSHAKE, code: `ALERT_${name}` };
  if (CERTIFICATE_ALERTS.has(name)) {
    return {
      ...base,
      title: `${place} refuses the client certificate (alert ${readable})`,
      why: ['It does not accept the certificate that was shown, or that none was.'],
      remedies: ['Give one that it accepts with --cert FILE and --key FILE.'],
    };
  }
  if (words === undefined) {
    return { ...base, title: `${place} ended the handshake with the alert ${readable}`, why: [], remedies: [] };
  }
  const asked = name === 'UNRECOGNIZED_NAME' && serverName !== null ? [`It was asked for '${serverName}'.`] : [];
  const { meaning, why, remedies } = words;
  return { ...base, title: `${place} refused: ${meaning} (alert ${readable})`, why: [...asked, ...why], remedies };
}
