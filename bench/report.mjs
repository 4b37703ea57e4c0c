// What a run prints: Markdown that can be read on a terminal.

/** The tables of one part. */
export function formatPart(title, results) {
  const lines = [`## ${title}`, ''];
  const rows = results.flatMap((result) => result.rows);
  const pairs = [...new Set(rows.flatMap((row) => row.ratios.map(nameOfPair)))];
  if (rows.length > 0) {
    const table = [
      ['', ...pairs],
      ...rows.map((row) => [
        row.name,
        ...pairs.map((pair) => formatRatio(row.ratios.find((ratio) => nameOfPair(ratio) === pair))),
      ]),
    ];
    lines.push(...alignColumns(table), '');
  }
  for (const { rate } of rows) if (rate) lines.push(formatRate(rate), '');
  const missing = new Map(results.flatMap((result) => Object.entries(result.missing)));
  for (const [label, reason] of missing) lines.push(`Not measured: ${label}, for ${reason}.`, '');
  return lines.join('\n');
}

/** Each goal with the worst case that it is held to. */
export function formatGoals(parts) {
  const goals = new Map();
  for (const { title, results } of parts) {
    for (const row of results.flatMap((result) => result.rows)) {
      for (const ratio of row.ratios.filter(({ goal }) => goal !== null)) {
        const key = `${title}\0${nameOfPair(ratio)}`;
        const known = goals.get(key) ?? { title, pair: nameOfPair(ratio), goal: ratio.goal, cases: [] };
        known.cases.push({ name: row.name, median: ratio.median });
        goals.set(key, known);
      }
    }
  }
  const table = [['what', 'ratio', 'goal', 'lowest case', 'highest case', '']];
  for (const { title, pair, goal, cases } of goals.values()) {
    const sorted = cases.sort((left, right) => left.median - right.median);
    const [low, high] = [sorted[0], sorted.at(-1)];
    const missed = sorted.filter(({ median }) => median < goal).length;
    const verdict = missed === 0 ? 'reached' : `**missed in ${missed} of ${sorted.length}**`;
    const show = ({ name, median }) => `${median.toFixed(2)} (${name})`;
    table.push([title.replace(/:.*/, ''), pair, String(goal), show(low), show(high), verdict]);
  }
  return ['## Goals', '', ...alignColumns(table), ''].join('\n');
}

/** What part of its goal a ratio may fall to. A busy machine takes less, a lost optimization more. */
const GUARDED_PART = 0.4;

/** A line for each ratio that is so far below its goal that the code must have become slower. */
export function listRegressions(parts) {
  return parts.flatMap(({ part, results }) =>
    results
      .flatMap((result) => result.rows)
      .flatMap((row) =>
        row.ratios
          .filter(({ goal, median }) => goal !== null && median < GUARDED_PART * goal)
          .map((ratio) => {
            const least = (GUARDED_PART * ratio.goal).toFixed(2);
            return `${part}, ${row.name}: ${nameOfPair(ratio)} is ${ratio.median.toFixed(2)}, at least ${least} is expected`;
          }),
      ),
  );
}

/** The machine and the versions that the figures belong to. */
export function formatMachine(machine, about) {
  const contenders = [...new Set(Object.values(about))];
  return [`${machine.cpu || 'unknown processor'}, ${machine.cores} cores, ${machine.platform}.`, ...contenders]
    .join('\n- ')
    .concat('\n');
}

function nameOfPair({ one, other }) {
  return `${one} : ${other}`;
}

/** Median, quarters, and wall time where there is one. */
function formatRatio(ratio) {
  if (ratio === undefined) return '';
  const { median, low, high, wall, goal } = ratio;
  const mark = goal !== null && median < goal ? ' ✗' : '';
  const beside = wall === null ? '' : `, wall ${wall.toFixed(2)}`;
  return `${median.toFixed(2)} (${low.toFixed(2)}–${high.toFixed(2)}${beside})${mark}`;
}

function formatRate({ value, unit, goal }) {
  const rounded = Math.round(value / 1000) * 1000;
  return `${rounded.toLocaleString('en')} ${unit}; the goal is ${goal.toLocaleString('en')}${value < goal ? ' ✗' : ''}.`;
}

function alignColumns(table) {
  const widths = table[0].map((_, column) => Math.max(3, ...table.map((row) => row[column].length)));
  const lines = table.map((row) => `| ${row.map((text, column) => text.padEnd(widths[column])).join(' | ')} |`);
  lines.splice(1, 0, `|${widths.map((width) => '-'.repeat(width + 2)).join('|')}|`);
  return lines;
}
