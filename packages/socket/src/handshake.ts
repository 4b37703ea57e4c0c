import type { ServerNameDecision, SSLContext, SSLObject } from '@sslkit/context';

/**
 * Answers the question that a handshake with the outcome `PAUSED` has: asks the callback of the context, which may take
 * its time, and lets the engine go on with what it says. What a callback throws refuses the peer.
 *
 * @param owner - what the callback is given as the connection.
 * @returns what the callback has thrown, null where it has not.
 */
export async function settleDecision(engine: SSLObject, owner: object): Promise<Error | null> {
  const { context, decision } = engine;
  const connection = owner as SSLObject;
  try {
    switch (decision?.kind) {
      case 'serverName':
        await decideByClientHello(decision, context, connection);
        break;
      case 'certificate':
        decision.answer(await context.clientCertificateCallback?.(connection, decision.issuers));
        break;
      case 'verification':
        decision.answer((await context.verifyCallback?.(connection, decision.verification)) ?? false);
        break;
    }
    return null;
  } catch (reason) {
    const error = reason instanceof Error ? reason : new Error('The callback threw', { cause: reason });
    if (decision?.kind === 'serverName') decision.answer(error);
    else if (decision?.kind === 'certificate') decision.answer(null);
    else decision?.answer(false);
    return error;
  }
}

async function decideByClientHello(
  decision: ServerNameDecision,
  context: SSLContext,
  connection: SSLObject,
): Promise<void> {
  const refusal = (await context.sniCallback?.(connection, decision.serverName, context)) ?? null;
  const offered = decision.alpnProtocols;
  // Refused already: which protocol would have been spoken does not matter.
  const asked = refusal === null && offered.length > 0;
  decision.answer(refusal, asked ? await context.alpnCallback?.(connection, offered) : undefined);
}
