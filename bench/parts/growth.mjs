import { SUITES } from '../certificates.mjs';
import { CONNECTIONS_OF_WARM_UP, runCases } from '../measuring.mjs';

const suite = SUITES['AES-128-GCM'];
const MANY = 1000; // connections that are open at a time

/** Chunks of so many KiB on connections in turn; in one turn each of a thousand is to have some. */
const makeBytes = (chunk, count) => ({
  name: `bytes, ${chunk} KiB chunks`,
  turns: 1,
  command: (connections) => `bulk ${suite} ${chunk << 10} ${count} ${connections}`,
});

const cases = [
  makeBytes(16, 10_000),
  makeBytes(64, 3000),
  makeBytes(256, 1000),
  {
    name: 'full handshakes',
    turns: 3,
    // Opening a thousand would warm up one of the two alone.
    warmUp: [`handshakes 1.3 ecdsa resumed ${CONNECTIONS_OF_WARM_UP} 0`],
    command: (connections) => `handshakes 1.3 ecdsa full 40 ${connections - 1}`,
  },
];

/** The same work on one connection and among a thousand. The limit's own growth is that of caches and of malloc. */
export const growth = {
  title: 'Growth of cost: 1,000 connections against 1, both ends in one process',
  async run(settings) {
    const results = [];
    // Each with processes of its own, for what a thousand leave behind when they close is not to be paid for by others.
    for (const { name, turns, warmUp, command } of cases) {
      results.push(
        await runCases(
          { ...settings, suite },
          {
            contenders: ['fast', 'bio', 'c'],
            turns,
            warmUp,
            variants: ['many', 'one'],
            cases: [{ name, command: (_name, variant) => command(variant === 'many' ? MANY : 1) }],
            comparisons: [
              { one: 'fast, many', other: 'fast, one', goal: 0.9 },
              { one: 'bio, many', other: 'bio, one', goal: 0.9 },
              { one: 'c, many', other: 'c, one' },
            ],
          },
        ),
      );
    }
    return results;
  },
};
