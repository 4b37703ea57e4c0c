import { type CertificateSummary, describeValidity, shortName } from '../../certificate-summary.ts';
import { escapeHtml } from '../../html.ts';
import { printable } from '../../output.ts';
import { formatTarget } from '../../target.ts';
import type { Difference } from './diff.ts';
import type { HandshakeReport } from './handshake.ts';

const text = (value: string) => escapeHtml(printable(value));

/** Renders a handshake as a page that needs nothing else: no script, no font, no picture from elsewhere. */
export function renderPage(report: HandshakeReport): string {
  return fillPage(`The handshake with ${formatTarget(report.target)}`, [
    renderVerdict(report),
    section('What was said', renderLadder(report)),
    section(
      report.choices.some(({ chosen }) => chosen !== 'none') ? 'What came out, and why' : 'What was offered',
      renderChoices(report),
    ),
    section('The certificates', renderCertificates(report)),
  ]);
}

/** Renders what two servers have in common and what not, and the handshakes side by side. */
export function renderComparison(
  reports: readonly [HandshakeReport, HandshakeReport],
  differences: readonly Difference[],
): string {
  const places = reports.map(({ target }) => formatTarget(target));
  const heads = places.map((place) => `<th>${text(place)}</th>`).join('');
  const rows = differences.map(({ topic, values, isSame }) => {
    const cells = isSame
      ? `<td colspan="2">${text(values[0])}</td>`
      : values.map((value) => `<td>${text(value)}</td>`).join('');
    return `<tr class="${isSame ? 'same' : 'other'}"><th>${isSame ? '=' : '≠'} ${text(topic)}</th>${cells}</tr>`;
  });
  const columns = reports.map((report) => `<div>${renderVerdict(report)}${renderLadder(report)}</div>`);
  return fillPage(`${places.join(' and ')} compared`, [
    section(
      'What is the same, and what is not',
      `<table class="wide"><tr><th></th>${heads}</tr>${rows.join('\n')}</table>`,
    ),
    section('What was said', `<div class="columns">${columns.join('')}</div>`),
  ]);
}

function fillPage(title: string, sections: readonly string[]): string {
  return PAGE.replaceAll('<!--title-->', () => text(title)).replace('<!--body-->', () => sections.join('\n'));
}

function section(title: string, body: string): string {
  return body === '' ? '' : `<section><h2>${title}</h2>${body}</section>`;
}

function renderVerdict({ problem, target, sessionReused, handshakeMs, connectMs, wire }: HandshakeReport): string {
  const traffic = `${wire.sent} bytes sent and ${wire.received} received`;
  if (problem === null) {
    return `<p class="verdict good"><strong>Verified</strong> as ${text(target.serverName)}${sessionReused ? ', resumed' : ''}, in ${handshakeMs} ms after ${connectMs} ms to connect; ${traffic}.</p>`;
  }
  const list = (lines: readonly string[]) => lines.map((line) => `<li>${text(line)}</li>`).join('');
  return (
    `<div class="verdict bad"><strong>${handshakeMs === null ? 'Failed' : 'Not verified, and gone on with'}:</strong> ${text(problem.title)} <code>${text(problem.code)}</code>` +
    `<ul>${list(problem.why)}</ul>${problem.remedies.length > 0 ? `<p>What can be done:</p><ul>${list(problem.remedies)}</ul>` : ''}</div>`
  );
}

const LOCK =
  '<svg class="lock" viewBox="0 0 12 14" role="img" aria-label="encrypted"><path d="M3 6V4a3 3 0 0 1 6 0v2" fill="none" stroke="currentColor" stroke-width="1.6"/><rect x="1.5" y="6" width="9" height="7" rx="1.5" fill="currentColor"/></svg>';

function renderLadder({ messages, target }: HandshakeReport): string {
  if (messages.length === 0) return '';
  const rungs = messages.map((message) => {
    const { direction, name, summary, ms, size, details, encrypted } = message;
    const facts = Object.entries(details).map(([label, value]) => {
      const shown = typeof value === 'string' ? value : value.join(', ');
      return `<dt>${text(label)}</dt><dd>${text(shown)}</dd>`;
    });
    const fatal = name === 'Alert' && summary.startsWith('fatal') ? ' fatal' : '';
    const title = `<b>${text(name)}</b>${encrypted ? ` ${LOCK}` : ''} <span>${text(summary)}</span>`;
    const body =
      facts.length === 0
        ? `<div class="plain">${title}</div>`
        : `<details><summary>${title}</summary><dl>${facts.join('')}</dl></details>`;
    const figures = `<small>${ms.toFixed(1)} ms<br>${size} bytes</small>`;
    return `<li class="${direction}${fatal}">${figures}<div class="rung">${body}<i></i></div></li>`;
  });
  const ends = `<div class="ends"><span>this side</span><span>${text(formatTarget(target))}</span></div>`;
  return `<div class="drawing">${ends}<ol class="ladder">${rungs.join('\n')}</ol></div>`;
}

const SHOWN = 8;

function renderChoices({ choices }: HandshakeReport): string {
  const isAgreed = choices.some(({ chosen }) => chosen !== 'none');
  const rows = choices.map(({ topic, chosen, why, passedOver }, index) => {
    const chips = passedOver.map((name) => `<span class="chip">${text(name)}</span>`);
    const more = chips.slice(SHOWN);
    const rest = more.length === 0 ? '' : `<details><summary>${more.length} more</summary>${more.join(' ')}</details>`;
    const none = isAgreed ? '<span class="chip">none</span>' : '';
    const taken = chosen === 'none' ? none : `<span class="chip chosen">${text(chosen)}</span>`;
    // Where nothing was agreed on, the reason is mostly the same for all: once is enough.
    const reason = !isAgreed && why === choices[index - 1]?.why ? '' : text(why);
    const others = `<div class="chips">${taken} ${chips.slice(0, SHOWN).join(' ')}</div>${rest}`;
    return `<tr><th>${topic}</th><td>${others}${reason}</td></tr>`;
  });
  return rows.length === 0 ? '' : `<table>${rows.join('\n')}</table>`;
}

function renderCertificates({ certificates }: HandshakeReport): string {
  const rows = certificates.map((certificate) => {
    const { names, issuer, key, fingerprint256 } = certificate;
    const lines = [
      ...(names.length > 0 ? [`for ${names.join(', ')}`] : []),
      `issued by ${issuer}`,
      `${key}, ${describeValidity(certificate)}`,
    ];
    const hash = `<code>SHA-256 ${fingerprint256.replaceAll(':', ':<wbr>')}</code>`;
    return `<tr><th>${escapeHtml(shortName(certificate))}</th><td>${lines.map(text).join('<br>')}${renderLife(certificate)}${hash}</td></tr>`;
  });
  return rows.length === 0 ? '' : `<table>${rows.join('\n')}</table>`;
}

/** How much of the life of a certificate has passed, as a bar. */
function renderLife({ notBefore, notAfter }: CertificateSummary): string {
  if (notBefore === null || notAfter === null) return '<br>';
  const [start, end] = [Date.parse(notBefore), Date.parse(notAfter)];
  const passed = Math.round(Math.min(1, Math.max(0, (Date.now() - start) / Math.max(1, end - start))) * 100);
  return `<svg class="life" viewBox="0 0 100 4" preserveAspectRatio="none" role="img" aria-label="${passed} % of its life has passed"><rect width="100" height="4" class="left"/><rect width="${passed}" height="4" class="passed"/></svg>`;
}

const PAGE = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title><!--title--></title>
<style>
  :root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif; --back: #fff; --card: #f6f7f9; --line: #d5d9e0; --faint: #5f6b7a; --good: #18794e; --bad: #cd2b31; --sent: #0b68cb; --received: #7c3aed; }
  @media (prefers-color-scheme: dark) { :root { --back: #14171c; --card: #1d2129; --line: #3a414d; --faint: #9aa6b5; --good: #4cc38a; --bad: #ff6369; --sent: #52a9ff; --received: #bf7af0; } }
  body { max-width: 64rem; margin: 2rem auto 4rem; padding: 0 1rem; background: var(--back); }
  h1 { font-size: 1.6rem; overflow-wrap: anywhere; } h2 { font-size: 1.15rem; margin: 2.5rem 0 .75rem; }
  .verdict { border-left: .3rem solid; padding: .75rem 1rem; background: var(--card); border-radius: .35rem; overflow-wrap: anywhere; }
  .verdict ul { margin: .4rem 0; padding-left: 1.3rem; } .verdict p { margin: .4rem 0; }
  .good { border-color: var(--good); } .bad { border-color: var(--bad); } .good strong { color: var(--good); } .bad strong { color: var(--bad); }
  .drawing { background: var(--card); border-radius: .5rem; padding: 1rem; }
  .ends { display: flex; justify-content: space-between; font-weight: 600; padding: 0 0 .5rem 5.5rem; }
  .ladder { list-style: none; margin: 0; padding: 0; }
  .ladder li { display: flex; gap: 1rem; }
  .ladder small { flex: 0 0 4.5rem; text-align: right; color: var(--faint); font-variant-numeric: tabular-nums; line-height: 1.25; padding-top: .75rem; }
  .rung { flex: 1; min-width: 0; border: 2px solid var(--line); border-width: 0 2px; padding-top: .7rem; --arrow: var(--sent); }
  .received .rung { --arrow: var(--received); } .fatal .rung { --arrow: var(--bad); color: var(--bad); }
  .plain, summary { padding: 0 .9rem; } .received .plain, .received summary { text-align: right; }
  .rung b { color: var(--arrow); }
  .rung i { display: block; position: relative; height: .8rem; }
  .rung i::before { content: ''; position: absolute; inset: .35rem 0 auto 0; border-top: 2px solid var(--arrow); }
  .rung i::after { content: ''; position: absolute; top: .05rem; right: 0; border: .37rem solid transparent; border-left: .6rem solid var(--arrow); border-right: 0; }
  .received .rung i::after { right: auto; left: 0; border: .37rem solid transparent; border-right: .6rem solid var(--arrow); border-left: 0; }
  .lock { width: .7rem; height: .8rem; color: var(--good); }
  summary { cursor: pointer; }
  dl { display: grid; grid-template-columns: 8rem 1fr; gap: .2rem 1rem; margin: .5rem .9rem; font-size: .85rem; } dt { font-weight: 600; color: var(--faint); } dd { margin: 0; overflow-wrap: anywhere; }
  table { border-collapse: collapse; width: 100%; table-layout: fixed; } th, td { text-align: left; vertical-align: top; padding: .65rem .5rem; border-bottom: 1px solid var(--line); overflow-wrap: anywhere; }
  th { width: 9rem; font-weight: 600; } .wide th { width: auto; } .wide tr > :first-child { width: 9rem; } .same { color: var(--faint); } .other td { border-left: .2rem solid var(--bad); }
  .chips { margin-bottom: .3rem; } .chip { display: inline-block; border: 1px solid var(--line); border-radius: 1rem; padding: 0 .6rem; margin: 0 .1rem .25rem 0; font-size: .82rem; color: var(--faint); }
  .chosen { border-color: var(--good); color: var(--good); font-weight: 600; } td summary { padding: 0; font-size: .85rem; color: var(--faint); }
  code { font-size: .8rem; color: var(--faint); } .life { display: block; width: 100%; height: .35rem; margin: .35rem 0; border-radius: .2rem; } .left { fill: var(--line); } .passed { fill: var(--sent); }
  .columns { display: grid; grid-template-columns: 1fr 1fr; gap: 1rem; } .columns > div { min-width: 0; }
  @media (max-width: 50rem) { .columns { grid-template-columns: 1fr; } .ladder small { flex-basis: 3.6rem; } .ends { padding-left: 4.6rem; } dl { grid-template-columns: 1fr; } th { width: 6.5rem; } }
</style>
<h1><!--title--></h1>
<!--body-->
</html>
`;
