import { runCases } from '../measuring.mjs';

// The libraries take a hundred times as long: they get fewer certificates, and all count by the certificate.
const counts = {
  'decode sslkit': 20_000,
  'decode node:crypto': 1000,
  'decode @peculiar/x509': 288,
  'decode pkijs': 288,
};

/** Certificates into dictionaries: the roots of this machine. */
export const decode = {
  title: 'decodeCertificate on the roots of this machine',
  run: (settings) =>
    runCases(settings, {
      turns: 1, // ratios of fifty and more need no close look
      contenders: Object.keys(counts),
      cases: [{ name: 'dictionaries', command: (name) => `decode ${counts[name]}`, units: (name) => counts[name] }],
      comparisons: [
        { one: 'decode sslkit', other: 'decode node:crypto', goal: 20 },
        { one: 'decode sslkit', other: 'decode @peculiar/x509', goal: 30 },
        { one: 'decode sslkit', other: 'decode pkijs', goal: 30 },
      ],
      rates: { name: 'decode sslkit', unit: 'dictionaries a CPU second', goal: 100_000 },
    }),
};
