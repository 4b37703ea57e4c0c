import { buildChain, type Certificate } from '@sslkit/x509';
import { describeValidity, formatName, shortName, summarizeCertificate } from '../../certificate-summary.ts';
import { type Output, printable } from '../../output.ts';

/** Draws the chain of the first certificate as a tree, the root on top. */
export function showChain(certificates: readonly Certificate[], output: Output): void {
  const { strong, faint, warn } = output.colours;
  const [leaf] = certificates;
  if (leaf === undefined) return;
  const chain = buildChain(
    leaf.der,
    certificates.map(({ der }) => der),
  );
  output.report('');
  output.report(strong('chain'));
  let depth = 0;
  const draw = (text: string) => {
    output.report(`  ${depth === 0 ? '' : `${'   '.repeat(depth - 1)}└─ `}${text}`);
    depth++;
  };
  if (chain.status === 'missing-issuer' && chain.missingIssuer !== null) {
    draw(warn(`${printable(formatName(chain.missingIssuer))} (not here)`));
  }
  for (const der of [...chain.certificates].reverse()) {
    const summary = summarizeCertificate(der);
    draw(`${shortName(summary)} ${faint(describeValidity(summary))}`);
  }
  const inChain = new Set(chain.certificates.map((der) => Buffer.from(der).toString('base64')));
  for (const { der } of certificates) {
    if (inChain.has(Buffer.from(der).toString('base64'))) continue;
    output.report(`  ${warn('unrelated:')} ${shortName(summarizeCertificate(der))}`);
  }
}
