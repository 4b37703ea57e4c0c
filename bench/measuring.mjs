// Rounds, medians and ratios.
import { endContenders, labelOf, startContenders } from './contenders.mjs';

// So often at most, for three rounds each, are contenders started anew in the midst of a part: where a process finds its
// memory is chance, makes some of them a tenth slower than others, and stays as it is until it ends.
const LIVES = 3;
// Rounds of each case at the start of a life that do not count.
const WARM_UP = 1;
// A round is so many turns of each contender, some 10 to 20 ms of work each: what slows a shared machine down comes and goes
// within a tenth of a second.
const TURNS = 4;

/** How many connections warm up what opens connections: V8 compiles for so long, be it for sslkit or for `node:tls`. */
export const CONNECTIONS_OF_WARM_UP = 2000;

/**
 * Lets contenders do the same work in turn: A B C, then C B A, and so on, several times in a round. The first rounds only
 * warm up.
 *
 * @param settings - `folder` with the certificates, `suite`, `rounds`.
 * @param plan - `contenders` by name; `cases`, each with a `name` and a `command` of one turn or a function that gives
 * it for a contender (and a variant), `units` of work in it where they differ, and `goals` of its own; `variants` of a
 * contender, each a process of its own; `comparisons`, each of `one` with an `other` and a `goal`; `warmUp`, commands that each
 * life begins with and that do not count; `turns` in a round where they are not the usual number; `fresh`, whether each answer needs a
 * process of its own.
 * @returns rows with ratios, `missing` contenders with reasons, and what the others are.
 */
export async function runCases(settings, plan) {
  const found = { missing: {}, about: {} };
  const answers = plan.cases.map(() => ({}));
  for (const rounds of shareRounds(settings.rounds, plan.fresh ? 1 : LIVES)) {
    const { running, missing } = await startContenders(plan.contenders, settings, plan.variants);
    Object.assign(found.missing, missing);
    for (const { label, about } of Object.values(running)) found.about[label] = about;
    try {
      for (const line of plan.warmUp ?? []) {
        for (const contender of Object.values(running)) await contender.ask(line);
      }
      for (const [index, { command, units }] of plan.cases.entries()) {
        const ask = async (name) => {
          const [contender, variant] = running[name].parts;
          const line = typeof command === 'function' ? command(contender, variant) : command;
          const answer = plan.fresh ? await askFresh(contender, line, settings) : await running[name].ask(line);
          return answer.map((number) => number / (units?.(contender) ?? 1));
        };
        await runRounds(Object.keys(running), ask, {
          rounds,
          // A process of its own for each answer has nothing to warm up.
          warmUp: plan.fresh ? 0 : WARM_UP,
          turns: plan.fresh ? 1 : (plan.turns ?? TURNS),
          answers: answers[index],
        });
      }
    } finally {
      endContenders(running);
    }
  }
  const rows = plan.cases.map(({ name, goals }, index) => {
    const comparisons = plan.comparisons.map((comparison) => ({
      ...comparison,
      goal: goals?.[`${comparison.one}:${comparison.other}`] ?? comparison.goal,
    }));
    return {
      name,
      ...compareAll(answers[index], comparisons, labelOf),
      rate: takeRate(plan.rates, answers[index]),
    };
  });
  return { rows, ...found };
}

/** How many rounds each life of the contenders has; no fewer than three. */
function shareRounds(rounds, most) {
  const lives = Math.max(1, Math.min(most, Math.floor(rounds / 3)));
  return Array.from({ length: lives }, (_, life) => Math.floor((rounds + life) / lives));
}

/** Those up to 0 for warming up, then the rounds that count. */
export function countRounds(rounds, warmUp = 1) {
  return Array.from({ length: rounds + warmUp }, (_, round) => round - warmUp + 1);
}

/** The means of a round's answers, not their medians: what is collected or compiled now and then is paid for in one of its turns. */
async function runRounds(order, ask, { rounds, warmUp, turns, answers }) {
  for (const name of order) answers[name] ??= [];
  for (const round of countRounds(rounds, warmUp)) {
    const means = {};
    for (let turn = 0; turn < turns; turn += 1) {
      for (const name of order) {
        means[name] ??= [0, 0];
        const answer = await ask(name);
        means[name] = answer.map((number, which) => means[name][which] + number / turns);
      }
      order.reverse();
    }
    if (round > 0) for (const name of order) answers[name].push(means[name]);
  }
}

async function askFresh(name, line, settings) {
  const { running } = await startContenders([name], settings);
  try {
    return await running[name].ask(line);
  } finally {
    endContenders(running);
  }
}

/**
 * Compares lists of answers, each `[CPU time, wall time]` or a single number of which less is better.
 *
 * @returns `ratios`, those whose two sides answered, and `answers` with the medians they come from.
 */
export function compareAll(answers, comparisons, label) {
  const ratios = comparisons
    .filter(({ one, other }) => answers[one] !== undefined && answers[other] !== undefined)
    .map(({ one, other, goal }) => ({
      one: label(one),
      other: label(other),
      ...compare(answers[one], answers[other], 0),
      wall: answers[one][0].length > 1 ? compare(answers[one], answers[other], 1).median : null,
      goal: goal ?? null,
    }));
  const medians = Object.entries(answers).map(([name, list]) => [
    label(name),
    list[0].map((_, which) => summarize(list.map((answer) => answer[which])).median),
  ]);
  return { ratios, answers: Object.fromEntries(medians) };
}

/** Round by round, so that what slows the machine down for a while slows down both. Above 1: `one` needs less. */
function compare(one, other, which) {
  return summarize(one.map((answer, round) => other[round][which] / answer[which]));
}

/** The middle, and the quarters on both sides of it, of numbers in any order. */
function summarize(values) {
  const sorted = [...values].sort((left, right) => left - right);
  const at = (part) => {
    const place = part * (sorted.length - 1);
    const below = Math.floor(place);
    const above = Math.min(below + 1, sorted.length - 1);
    return sorted[below] + (sorted[above] - sorted[below]) * (place - below);
  };
  return { median: at(0.5), low: at(0.25), high: at(0.75) };
}

function takeRate(wanted, answers) {
  if (wanted === undefined || answers[wanted.name] === undefined) return null;
  const seconds = summarize(answers[wanted.name].map(([cpu]) => cpu)).median;
  return { value: 1 / seconds, unit: wanted.unit, goal: wanted.goal };
}
