import { SUITES } from '../certificates.mjs';
import { runCases } from '../measuring.mjs';

const COUNT = 8000; // messages for one turn
const countOf = (contender) => (contender === 'tls' ? COUNT / 8 : COUNT); // it takes so much longer
const suite = SUITES['AES-128-GCM'];

/** One connection in memory, one message at a time: each arrives before the next is sent. */
export const messages = {
  title: 'Small messages: both ends in one process, TLS 1.3, AES-128-GCM',
  run: (settings) =>
    runCases(
      { ...settings, suite },
      {
        warmUp: [`bulk ${suite} 64 30000 1`],
        contenders: ['fast', 'bio', 'tls', 'cpython', 'c'],
        cases: [1, 64, 256].map((size) => ({
          name: `${size} B`,
          command: (contender) => `bulk ${suite} ${size} ${countOf(contender)} 1`,
          units: countOf,
        })),
        comparisons: [
          { one: 'fast', other: 'c' },
          { one: 'fast', other: 'tls', goal: 5 },
          { one: 'fast', other: 'cpython', goal: 1.2 },
          { one: 'bio', other: 'c' },
          { one: 'bio', other: 'tls' },
          { one: 'bio', other: 'cpython', goal: 1.2 },
        ],
      },
    ),
};
