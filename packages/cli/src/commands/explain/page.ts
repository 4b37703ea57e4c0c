import { describeValidity, shortName } from '../../certificate-summary.ts';
import { escapeHtml } from '../../html.ts';
import { printable } from '../../output.ts';
import { formatTarget } from '../../target.ts';
import type { HandshakeReport } from './handshake.ts';

const text = (value: string) => escapeHtml(printable(value));

/** Renders a handshake as a page that needs nothing else: no script, no font, no picture from elsewhere. */
export function renderPage(report: HandshakeReport): string {
  const place = formatTarget(report.target);
  const sections = [
    renderVerdict(report),
    section('What was said', renderLadder(report)),
    section('What came out, and why', renderChoices(report)),
    section('The certificates', renderCertificates(report)),
  ];
  return PAGE.replaceAll('<!--title-->', () => text(`The handshake with ${place}`)).replace('<!--body-->', () =>
    sections.join('\n'),
  );
}

function section(title: string, body: string): string {
  return body === '' ? '' : `<section><h2>${title}</h2>${body}</section>`;
}

function renderVerdict({ problem, target, handshakeMs, connectMs }: HandshakeReport): string {
  if (problem === null) {
    return `<p class="verdict good"><strong>Verified</strong> as ${text(target.serverName)}, in ${handshakeMs} ms after ${connectMs} ms to connect.</p>`;
  }
  const list = (lines: readonly string[]) => lines.map((line) => `<li>${text(line)}</li>`).join('');
  return (
    `<div class="verdict bad"><strong>Failed:</strong> ${text(problem.title)} <code>${text(problem.code)}</code>` +
    `<ul>${list(problem.why)}</ul>${problem.remedies.length > 0 ? `<p>What can be done:</p><ul>${list(problem.remedies)}</ul>` : ''}</div>`
  );
}

function renderLadder({ messages, target }: HandshakeReport): string {
  if (messages.length === 0) return '';
  const rungs = messages.map(({ direction, name, summary, ms, size, details }) => {
    const facts = Object.entries(details).map(([label, value]) => {
      const shown = typeof value === 'string' ? value : value.join(', ');
      return `<dt>${text(label)}</dt><dd>${text(shown)}</dd>`;
    });
    const fatal = name === 'Alert' && summary.startsWith('fatal') ? ' fatal' : '';
    const title = `<b>${text(name)}</b> <span>${text(summary)}</span> <small>${ms.toFixed(1)} ms · ${size} bytes</small>`;
    const body =
      facts.length === 0
        ? `<div class="plain">${title}</div>`
        : `<details><summary>${title}</summary><dl>${facts.join('')}</dl></details>`;
    return `<li class="${direction}${fatal}">${body}</li>`;
  });
  const ends = `<div class="ends"><span>this side</span><span>${text(formatTarget(target))}</span></div>`;
  return `${ends}<ol class="ladder">${rungs.join('\n')}</ol>`;
}

function renderChoices({ choices }: HandshakeReport): string {
  if (choices.length === 0) return '';
  const rows = choices.map(({ topic, chosen, why, passedOver }) => {
    const others =
      passedOver.length === 0
        ? ''
        : `<details><summary>${passedOver.length} passed over</summary>${text(passedOver.join(', '))}</details>`;
    return `<tr><th>${topic}</th><td><b>${text(chosen)}</b><br>${text(why)}${others}</td></tr>`;
  });
  return `<table>${rows.join('\n')}</table>`;
}

function renderCertificates({ certificates }: HandshakeReport): string {
  if (certificates.length === 0) return '';
  const rows = certificates.map((certificate) => {
    const { names, issuer, key, fingerprint256 } = certificate;
    const lines = [
      ...(names.length > 0 ? [`for ${names.join(', ')}`] : []),
      `issued by ${issuer}`,
      `${key}, ${describeValidity(certificate)}`,
      `SHA-256 ${fingerprint256}`,
    ];
    return `<tr><th>${escapeHtml(shortName(certificate))}</th><td>${lines.map(text).join('<br>')}</td></tr>`;
  });
  return `<table>${rows.join('\n')}</table>`;
}

const PAGE = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title><!--title--></title>
<style>
  :root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif; --line: #8886; --good: #18794e; --bad: #cd2b31; --sent: #0b68cb; --received: #7c3aed; }
  @media (prefers-color-scheme: dark) { :root { --good: #4cc38a; --bad: #ff6369; --sent: #52a9ff; --received: #bf7af0; } }
  body { max-width: 60rem; margin: 2rem auto 4rem; padding: 0 1rem; }
  h1 { font-size: 1.5rem; } h2 { font-size: 1.15rem; margin-top: 2.5rem; }
  .verdict { border-left: .3rem solid; padding: .75rem 1rem; background: #8881; border-radius: .25rem; }
  .good { border-color: var(--good); } .bad { border-color: var(--bad); }
  .ends { display: flex; justify-content: space-between; font-weight: 600; padding: 0 .25rem .5rem; }
  .ladder { list-style: none; margin: 0; padding: .5rem 0; border: 2px solid var(--line); border-width: 0 2px; }
  .ladder li { position: relative; margin: .9rem 1.5rem; padding-bottom: .35rem; border-bottom: 2px solid var(--sent); max-width: 85%; }
  .ladder li.received { margin-left: auto; border-color: var(--received); text-align: right; }
  .ladder li::after { content: ''; position: absolute; right: -.1rem; bottom: -.42rem; border: .35rem solid transparent; border-left-color: var(--sent); border-right: 0; }
  .ladder li.received::after { left: -.1rem; right: auto; border: .35rem solid transparent; border-right-color: var(--received); border-left: 0; }
  .ladder li.fatal { border-color: var(--bad); color: var(--bad); }
  .ladder small { opacity: .7; white-space: nowrap; }
  summary { cursor: pointer; }
  dl { text-align: left; margin: .5rem 0; font-size: .875rem; } dt { font-weight: 600; } dd { margin: 0 0 .4rem 1rem; overflow-wrap: anywhere; }
  table { border-collapse: collapse; width: 100%; } th, td { text-align: left; vertical-align: top; padding: .6rem .5rem; border-bottom: 1px solid var(--line); overflow-wrap: anywhere; }
  th { width: 11rem; font-weight: 600; }
</style>
<h1><!--title--></h1>
<!--body-->
</html>
`;
