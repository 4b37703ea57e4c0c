import type { Socket } from 'node:net';
import type { SSLSocket } from '@sslkit/socket';
import { summarizeCertificate } from '../../certificate-summary.ts';
import { escapeHtml } from '../../html.ts';
import { IdentityStore } from './identities.ts';

/** Shows a client what it has negotiated. */
export function renderStatusPage(connection: SSLSocket<Socket>, asJson: boolean): { type: string; body: string } {
  const facts = describe(connection);
  if (asJson) return { type: 'application/json', body: `${JSON.stringify(facts, null, 2)}\n` };
  const rows = Object.entries(facts).map(
    ([name, value]) => `<tr><th>${escapeHtml(name)}</th><td>${escapeHtml(formatValue(value))}</td></tr>`,
  );
  return { type: 'text/html; charset=utf-8', body: PAGE.replace('<!--rows-->', () => rows.join('\n')) };
}

function describe(connection: SSLSocket<Socket>) {
  const [cipher = null, , bits = null] = connection.cipher() ?? [];
  const certificate = connection.getPeerCert({ binaryForm: true });
  const summary = certificate === null ? null : summarizeCertificate(certificate);
  return {
    protocol: connection.version(),
    cipher,
    bits,
    alpn: connection.selectedAlpnProtocol(),
    serverName: IdentityStore.nameAskedFor(connection),
    sessionResumed: connection.sessionReused,
    clientCertificate: summary === null ? null : summary.subject,
    sharedCiphers: (connection.sharedCiphers() ?? []).map(([name]) => name),
  };
}

function formatValue(value: unknown): string {
  if (value === null) return 'none';
  return Array.isArray(value) ? value.join(', ') : String(value);
}

const PAGE = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Your TLS connection</title>
<style>
  :root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif; }
  body { max-width: 52rem; margin: 3rem auto; padding: 0 1rem; }
  table { border-collapse: collapse; width: 100%; }
  th, td { text-align: left; vertical-align: top; padding: .5rem; border-bottom: 1px solid #8884; overflow-wrap: anywhere; }
  th { width: 12rem; font-weight: 600; }
</style>
<h1>Your TLS connection</h1>
<table>
<!--rows-->
</table>
</html>
`;
