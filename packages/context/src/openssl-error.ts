import {
  type QueuedError,
  SSLCertVerificationError,
  SSLEOFError,
  SSLError,
  SSLErrorNumber,
  SSLSyscallError,
  SSLZeroReturnError,
  type TLSAlert,
  type VerificationDetails,
} from '@sslkit/errors';
import type { NativeFailure, NativeFailureRecord } from './addon.ts';
import { nameAlert } from './enums/tls-message.ts';
import { OPENSSL_REASONS } from './openssl-reasons.ts';
import { NativeOutcome, Outcome } from './outcome.ts';
import { recognizeProtocol } from './peer-protocol.ts';
import { describeVerification } from './verification-text.ts';

interface Library {
  readonly name: string;
  readonly reasons: ReadonlyMap<number, string>;
}

let libraries: ReadonlyMap<number, Library> | undefined;

// Read when the first error is made: most programs make none while they start.
function findLibrary(number: number): Library | undefined {
  libraries ??= new Map(
    OPENSSL_REASONS.trimEnd()
      .split('\n')
      .map((line) => {
        const [library = '', name = '', ...reasons] = line.split(' ');
        const entries = reasons.map((entry): [number, string] => {
          const [code = '', mnemonic = ''] = entry.split('=');
          return [Number(code), mnemonic];
        });
        return [Number(library), { name, reasons: new Map(entries) }];
      }),
  );
  return libraries.get(number);
}

function nameReason(library: number, reason: number, text: string): string | null {
  const known = findLibrary(library)?.reasons.get(reason);
  if (known !== undefined) return known;
  // Reasons that came after these tables: OpenSSL's text is the mnemonic in lower case with spaces, and nothing else.
  // 'PEM lib' and its like name a library instead of a reason; Python has no mnemonic for them either.
  return /^[a-z0-9]+( [a-z0-9]+)*$/.test(text) && !text.endsWith(' lib')
    ? text.toUpperCase().replaceAll(' ', '_')
    : null;
}

function nameEntries(queue: NativeFailure): QueuedError[] {
  return queue.map(({ number, library, reason, text, data }) => ({
    number,
    library: findLibrary(library)?.name ?? null,
    reason: nameReason(library, reason, text),
    text,
    data,
  }));
}

/** `[SSL: REASON] text`, as Python words it, without the line number of its C source. */
function wordEntry(entry: QueuedError | undefined, fallback: string): string {
  if (entry === undefined) return fallback;
  const text = entry.text === '' ? 'unknown error' : entry.text;
  if (entry.library === null) return text;
  return entry.reason === null ? `[${entry.library}] ${text}` : `[${entry.library}: ${entry.reason}] ${text}`;
}

/** An entry such as `[SSL] PEM lib` only says where to look: the entry before it says what was wrong. */
function wordConfiguration(queue: readonly QueuedError[], fallback: string): string {
  const last = queue.at(-1);
  const before = queue.at(-2);
  const text = wordEntry(last, fallback);
  return last?.reason === null && before !== undefined ? `${text}: ${wordEntry(before, '')}` : text;
}

/** `ERR_SSL_PEM_LIB` for entries that name a library in place of a reason; undefined leaves the choice to the class. */
function codeOf(entry: QueuedError | undefined): string | undefined {
  if (entry === undefined || entry.reason !== null || !/^\w+ lib$/.test(entry.text)) return undefined;
  return `ERR_SSL_${entry.text.toUpperCase().replaceAll(' ', '_')}`;
}

/** OpenSSL's number of a reason, which is what Python puts into `errno` of configuration errors. */
function reasonNumber(failure: NativeFailure): number {
  return failure.at(-1)?.reason ?? 0;
}

/**
 * Makes the error for a configuration call that failed. The last entry of the queue names it, as in Python.
 *
 * @param failure - what the native call returned.
 * @param fallback - the text where OpenSSL left none.
 */
export function configurationError(
  failure: NativeFailure,
  fallback = 'A failure in the SSL library occurred',
): SSLError {
  const queue = nameEntries(failure);
  const last = queue.at(-1);
  return new SSLError(wordConfiguration(queue, fallback), {
    code: codeOf(last),
    errno: reasonNumber(failure),
    library: last?.library ?? null,
    reason: last?.reason ?? null,
    queue,
  });
}

/** Throws what {@link configurationError} makes, if the call failed. */
export function throwIfFailed(failure: NativeFailure | undefined): void {
  if (failure !== undefined) throw configurationError(failure);
}

/**
 * Makes the error for an outcome that ended a connection.
 *
 * @param record - what the native object tells of it.
 * @param hostName - the name that the peer's certificate was held to, for the words of a mismatch.
 */
export function connectionError(record: NativeFailureRecord, hostName: string | null): Error {
  const queue = nameEntries(record.queue);
  const last = pickEntry(queue);
  const details = {
    library: last?.library ?? null,
    reason: last?.reason ?? null,
    queue,
    alert: describeAlert(record),
  };
  if (last?.library === 'SSL' && last.reason === 'CERTIFICATE_VERIFY_FAILED') {
    return verificationError(record, hostName, details);
  }
  if (last?.library === 'SSL' && last.reason === 'UNEXPECTED_EOF_WHILE_READING') {
    return new SSLEOFError(`${wordEntry(last, '')}: EOF occurred in violation of protocol`, details);
  }
  if (record.outcome === NativeOutcome.syscall) {
    return last === undefined
      ? new SSLEOFError('EOF occurred in violation of protocol', details)
      : new SSLSyscallError(wordEntry(last, ''), details);
  }
  if (record.outcome === Outcome.CLOSED) return new SSLZeroReturnError(undefined, details);
  const peerProtocol = recognizeProtocol(record.firstBytes);
  const text = wordEntry(last, 'A failure in the SSL library occurred');
  return new SSLError(peerProtocol === null ? text : `${text}: the peer speaks ${peerProtocol}, not TLS`, {
    errno: SSLErrorNumber.SSL_ERROR_SSL,
    ...details,
    peerProtocol,
  });
}

/**
 * Picks the entry that names a failure: as in Python the one added last, the closest to the call. OpenSSL ≥ 3.2 puts
 * RECORD_LAYER_FAILURE on top of what its record layer said, which older versions give alone.
 */
function pickEntry(queue: readonly QueuedError[]): QueuedError | undefined {
  const last = queue.at(-1);
  return last?.reason === 'RECORD_LAYER_FAILURE' ? (queue.at(-2) ?? last) : last;
}

function verificationError(
  record: NativeFailureRecord,
  hostName: string | null,
  details: Pick<VerificationDetails, 'library' | 'reason' | 'queue' | 'alert'>,
): SSLCertVerificationError {
  const verifyMessage = describeVerification(record.verifyResult, hostName);
  return new SSLCertVerificationError(`[SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed: ${verifyMessage}`, {
    errno: SSLErrorNumber.SSL_ERROR_SSL,
    ...details,
    verifyCode: record.verifyResult,
    verifyMessage,
    verifyDepth: record.verifyDepth,
    verifyCertificate: record.verifyCertificate,
    verifyChain: record.verifyChain,
  });
}

function describeAlert(record: NativeFailureRecord): TLSAlert | null {
  // Where both went over the wire, ours answers theirs: what the peer said is the cause.
  if (record.alertReceived > 0) return toAlert(record.alertReceived, 'received');
  if (record.alertSent > 0) return toAlert(record.alertSent, 'sent');
  return null;
}

function toAlert(number: number, direction: TLSAlert['direction']): TLSAlert {
  return { number, name: nameAlert(number), direction };
}
