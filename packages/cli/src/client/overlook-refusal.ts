import type { SSLContext } from '@sslkit/socket';
import type { RefusedCertificate } from '../diagnosis/verification.ts';

/**
 * Makes the connections of a context go on where OpenSSL refuses the server's certificate.
 *
 * @returns what gives the refusal of the last connection; null where there was nothing to refuse.
 */
export function overlookRefusal(context: SSLContext): () => RefusedCertificate | null {
  let refused: RefusedCertificate | null = null;
  context.verifyCallback = (connection, { verifyCode, verifyMessage, verifyDepth, verifyCertificate }) => {
    const verifyChain = connection.getVerifiedChain();
    refused = verifyCode === 0 ? null : { verifyCode, verifyMessage, verifyDepth, verifyCertificate, verifyChain };
    return true;
  };
  return () => refused;
}
