// A handshake that needs a decision of the user's stops, and goes on once it has the answer. Who wants to await the
// answer takes the Decision; for everybody else the context's callback is called at once.
import { invalidArgumentType, invalidState } from '@sslkit/errors';
import type { NativeFailure, NativeObject } from '../addon.ts';
import { TLSAlertType } from '../enums/tls-message.ts';
import { NativeOutcome } from '../outcome.ts';
import { decodeAlpn } from '../ssl-context/alpn.ts';
import type { Awaitable, DecisionCallbacks, Verification } from '../ssl-context/decision-callbacks.ts';
import { nativeOf, SSLContext } from '../ssl-context/ssl-context.ts';
import { describeVerification } from '../verification-text.ts';
import type { SSLObject } from './ssl-object.ts';

/** A server has the ClientHello: it may switch the context, pick a protocol, or refuse. */
export interface ServerNameDecision {
  readonly kind: 'serverName';
  /** ASCII, or null where the client named none. */
  readonly serverName: string | null;
  /** What the client offers, in its order; empty where it offers nothing. */
  readonly alpnProtocols: readonly string[];
  /**
   * Lets the next `tryHandshake` go on, or end with an alert.
   *
   * @param refusal - the number of an alert, or what a callback threw; nothing to go on.
   * @param alpnProtocol - one that the client offers, or null for none; by default the context's list decides.
   */
  answer(refusal?: number | Error | null, alpnProtocol?: string | null): void;
}

/** A client is asked for its certificate. */
export interface CertificateDecision {
  readonly kind: 'certificate';
  /** DER of the names that the server says it accepts; empty where it says nothing. */
  readonly issuers: readonly Buffer[];
  /** @param context - whose certificate and key to show; null for none. */
  answer(context?: SSLContext | null): void;
}

/** A client has the server's certificate and OpenSSL's opinion of it. */
export interface VerificationDecision {
  readonly kind: 'verification';
  readonly verification: Verification;
  answer(accept: boolean): void;
}

/** Every kind of decision that a handshake can wait for; each is answered once. */
export type Decision = ServerNameDecision | CertificateDecision | VerificationDecision;

/** What the add-on takes for "go on". */
const NO_ALERT = -1;

/** What a decision does to the connection that waits for it. */
export interface Waiting {
  readonly native: NativeObject;
  readonly hostName: string | null;
  /** Ends the waiting; false where the connection was closed in the meantime. */
  resume(): boolean;
  /** Keeps what explains a refusal for the error that the handshake is about to throw. */
  keepError(error: unknown): void;
  refuseUnlessSet(result: NativeFailure | number | undefined): void;
}

/** Describes what a handshake waits for, by the outcome it paused with. */
export function describeDecision(outcome: number, waiting: Waiting): Decision {
  const { native } = waiting;
  if (outcome === NativeOutcome.pausedCertificate) {
    return {
      kind: 'certificate',
      issuers: native.peerCaNames(),
      answer: (context = null) => {
        if (context !== null && !(context instanceof SSLContext)) {
          throw invalidArgumentType('context', 'an SSLContext or null', context);
        }
        if (!waiting.resume()) return;
        waiting.refuseUnlessSet(native.answerCertificate(context === null ? null : nativeOf(context)));
      },
    };
  }
  if (outcome === NativeOutcome.pausedVerify) {
    return {
      kind: 'verification',
      verification: describeFinding(waiting),
      answer: (accept) => {
        if (waiting.resume()) native.answerVerification(accept === true);
      },
    };
  }
  const hello = native.clientHello();
  return {
    kind: 'serverName',
    serverName: decodeServerName(hello.serverName),
    alpnProtocols: decodeAlpn(hello.alpn),
    answer: (refusal = null, alpnProtocol) => {
      if (refusal instanceof Error) waiting.keepError(refusal);
      if (!waiting.resume()) return;
      if (alpnProtocol !== undefined) native.chooseAlpn(alpnProtocol ?? '');
      native.answerClientHello(toAlertNumber(refusal));
    },
  };
}

/** Answers a decision by the context's callback, as Python does. What a callback throws refuses. */
export function decideNow(
  decision: Decision,
  callbacks: DecisionCallbacks,
  connection: SSLObject,
  context: SSLContext,
  keepError: (error: unknown) => void,
): void {
  if (decision.kind === 'serverName') {
    decideByClientHello(decision, callbacks, connection, context);
  } else if (decision.kind === 'certificate') {
    decision.answer(attempt(() => callbacks.clientCertificate?.(connection, decision.issuers), keepError));
  } else {
    decision.answer(attempt(() => callbacks.verify?.(connection, decision.verification), keepError) ?? false);
  }
}

function decideByClientHello(
  decision: ServerNameDecision,
  callbacks: DecisionCallbacks,
  connection: SSLObject,
  context: SSLContext,
): void {
  try {
    const refusal = requireNow(callbacks.serverName?.(connection, decision.serverName, context));
    // Refused already: which protocol would have been spoken does not matter.
    const refused = refusal !== null && refusal !== undefined;
    const offered = decision.alpnProtocols;
    const protocol = refused || offered.length === 0 ? undefined : requireNow(callbacks.alpn?.(connection, offered));
    decision.answer(refusal, protocol);
  } catch (error) {
    decision.answer(error instanceof Error ? error : new Error('The callback threw', { cause: error }));
  }
}

/** @throws Error `ERR_INVALID_STATE` - the callback gave a promise, and nobody here can wait for it. */
function requireNow<Answer>(answer: Awaitable<Answer>): Answer {
  if (typeof answer === 'object' && answer !== null && 'then' in answer && typeof answer.then === 'function') {
    throw invalidState('The callback gave a promise, which only a socket can wait for: use pauseForDecisions here');
  }
  return answer as Answer;
}

function attempt<Answer>(ask: () => Awaitable<Answer>, keepError: (error: unknown) => void): Answer | null {
  try {
    return requireNow(ask());
  } catch (error) {
    keepError(error);
    return null;
  }
}

/** The alert for what a callback of the user's gave back or threw, as Python maps it. */
function toAlertNumber(refusal: unknown): number {
  if (refusal === null || refusal === undefined) return NO_ALERT;
  if (refusal instanceof Error) return TLSAlertType.HANDSHAKE_FAILURE;
  if (typeof refusal === 'number' && Number.isInteger(refusal) && refusal >= 0 && refusal <= 255) return refusal;
  return TLSAlertType.INTERNAL_ERROR;
}

/** A name on the wire that is not ASCII is none that a certificate could be chosen by. */
function decodeServerName(name: Buffer | null): string | null {
  if (name === null) return null;
  return name.every((byte) => byte > 0x20 && byte < 0x7f) ? name.toString('latin1') : null;
}

function describeFinding({ native, hostName }: Waiting): Verification {
  const record = native.verification();
  return {
    verifyCode: record.verifyResult,
    verifyMessage: describeVerification(record.verifyResult, hostName),
    verifyDepth: record.verifyDepth,
    verifyCertificate: record.verifyCertificate,
    chain: native.unverifiedChain(),
  };
}
