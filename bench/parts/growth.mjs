import { SUITES } from '../certificates.mjs';
import { runCases } from '../measuring.mjs';

const suite = SUITES['AES-128-GCM'];
const MANY = 1000; // connections that are open at a time
const bytes = (chunk, count, connections) => `bulk ${suite} ${chunk << 10} ${count} ${connections}`;

const work = {
  'bytes, 16 KiB chunks': { one: bytes(16, 10_000, 1), many: bytes(16, 10_000, MANY) },
  'bytes, 64 KiB chunks': { one: bytes(64, 3000, 1), many: bytes(64, 3000, MANY) },
  'bytes, 256 KiB chunks': { one: bytes(256, 1000, 1), many: bytes(256, 1000, MANY) },
  'full handshakes': { one: 'handshakes 1.3 ecdsa full 100 0', many: `handshakes 1.3 ecdsa full 100 ${MANY}` },
};

/** The same work on one connection and among a thousand. The limit's own growth is that of caches and of malloc. */
export const growth = {
  title: 'Growth of cost: 1,000 connections against 1, both ends in one process',
  async run(settings) {
    const results = [];
    for (const [name, { one, many }] of Object.entries(work)) {
      results.push(
        await runCases(
          { ...settings, suite },
          {
            contenders: ['fast', 'bio', 'c'],
            turns: 1, // each of a thousand connections is to have some
            variants: ['many', 'one'],
            cases: [{ name, command: (_name, variant) => (variant === 'many' ? many : one) }],
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
