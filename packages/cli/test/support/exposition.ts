/*
 * Reads the text format of Prometheus, version 0.0.4, as its documentation describes it, and refuses everything that it
 * does not allow: https://prometheus.io/docs/instrumenting/exposition_formats/
 */

/** A metric and its samples. */
export interface Metric {
  readonly name: string;
  readonly type: string;
  readonly help: string;
  readonly samples: readonly Sample[];
}

/** A line with a value. */
export interface Sample {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

const METRIC_NAME = /^[a-zA-Z_:][a-zA-Z0-9_:]*$/;
const LABEL_NAME = /^[a-zA-Z_][a-zA-Z0-9_]*$/;
const TYPES = ['counter', 'gauge', 'histogram', 'summary', 'untyped'];

/** Reads an exposition. @throws Error where it breaks a rule */
export function readExposition(text: string): Metric[] {
  const lines = text.split('\n');
  if (lines.pop() !== '') throw new Error('The last line must end with a line feed');
  const metrics: { name: string; type: string; help: string; samples: Sample[] }[] = [];
  for (const line of lines) {
    const [, keyword, named = '', rest = ''] = /^# (HELP|TYPE) (\S+) (.*)$/.exec(line) ?? [];
    const name = keyword === undefined ? (/^[^{ ]*/.exec(line)?.[0] ?? '') : named;
    if (!METRIC_NAME.test(name)) throw new Error(`No name of a metric: ${line}`);
    let metric = metrics.at(-1);
    if (metric?.name !== name) {
      if (metrics.some((other) => other.name === name)) throw new Error(`The lines of ${name} are not together`);
      metric = { name, type: '', help: '', samples: [] };
      metrics.push(metric);
    }
    if (keyword === 'HELP') metric.help = readOnce(metric.help, unescapeText(rest, /\\(\\|n)/g), line);
    else if (keyword === 'TYPE') {
      if (metric.samples.length > 0 || !TYPES.includes(rest)) throw new Error(`No type, or too late: ${line}`);
      metric.type = readOnce(metric.type, rest, line);
    } else metric.samples.push(readSample(line.slice(name.length), metric.samples));
  }
  return metrics;
}

function readOnce(before: string, now: string, line: string): string {
  if (before !== '') throw new Error(`Said twice: ${line}`);
  return now;
}

function readSample(rest: string, others: readonly Sample[]): Sample {
  const match = /^(?:\{((?:[^"}]|"(?:[^"\\]|\\.)*")*)\})? (\S+)(?: -?\d+)?$/.exec(rest);
  if (match === null) throw new Error(`No sample: ${rest}`);
  const [, list = '', number = ''] = match;
  const labels: Record<string, string> = {};
  let left = list;
  while (left !== '') {
    const [whole = '', name = '', value = ''] = /^([^=,]*)="((?:[^"\\]|\\.)*)"(?:,|$)/.exec(left) ?? [];
    if (whole === '' || !LABEL_NAME.test(name) || name in labels) throw new Error(`No label: ${left}`);
    labels[name] = unescapeText(value, /\\(\\|n|")/g);
    left = left.slice(whole.length);
  }
  const value = readNumber(number);
  if (others.some((other) => JSON.stringify(other.labels) === JSON.stringify(labels)))
    throw new Error(`Twice: ${rest}`);
  return { labels, value };
}

function unescapeText(text: string, escapes: RegExp): string {
  const stray = text.replaceAll(escapes, '');
  if (stray.includes('\\')) throw new Error(`A backslash that escapes nothing: ${text}`);
  return text.replaceAll(escapes, (_whole, what: string) => (what === 'n' ? '\n' : what));
}

/** What Go's ParseFloat takes. */
function readNumber(text: string): number {
  if (/^(NaN|[+-]?Inf)$/.test(text)) return Number(text.replace('Inf', 'Infinity'));
  if (!/^[+-]?(\d+(\.\d*)?|\.\d+)(e[+-]?\d+)?$/i.test(text)) throw new Error(`No number: ${text}`);
  return Number(text);
}
