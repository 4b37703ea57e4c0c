import { readClientHello, readServerHello } from './hello.ts';
import type { HandshakeTrace } from './trace.ts';

/** Something that was agreed on, and why it came out this way. */
export interface Choice {
  readonly topic: 'version' | 'cipher suite' | 'group' | 'signature' | 'ALPN' | 'certificate';
  readonly chosen: string;
  readonly why: string;
  /** What was offered and not taken, in the order of the offer. */
  readonly passedOver: readonly string[];
}

/** Explains what the two sides agreed on, from what they said. */
export function explainChoices(trace: HandshakeTrace): Choice[] {
  const first = trace.find('ClientHello');
  const answer = trace.find('ServerHello');
  if (first === undefined || answer === undefined) return [];
  const offer = readClientHello(first.data.subarray(4));
  const reply = readServerHello(answer.data.subarray(4));
  // What ends so is no suite, but a signal in the place of one.
  const suites = offer.suites.filter((name) => !name.endsWith('_SCSV'));
  const retried = trace.find('HelloRetryRequest') !== undefined;
  const group = reply.group ?? textOf(trace.find('ServerKeyExchange')?.details['group']);
  const signature =
    textOf(
      trace.messages.find(({ name, direction }) => name === 'CertificateVerify' && direction === 'received')?.details[
        'signature'
      ],
    ) ?? textOf(trace.find('ServerKeyExchange')?.details['signature']);
  const alpn = reply.alpn ?? textOf(trace.find('EncryptedExtensions')?.details['ALPN']);
  const certificates = trace.messages.find(({ name, direction }) => name === 'Certificate' && direction === 'received');
  return [
    choose('version', reply.version, offer.versions, explainVersion(reply.version, offer.versions)),
    choose('cipher suite', reply.suite, suites, explainSuite(reply.suite, suites)),
    ...(group === null ? [] : [choose('group', group, offer.groups, explainGroup(group, offer, retried))]),
    ...(signature === null
      ? []
      : [choose('signature', signature, offer.signatures, explainSignature(signature, offer.signatures))]),
    ...(alpn === null
      ? []
      : [choose('ALPN', alpn, offer.alpn, `The server took ${ordinal(offer.alpn, alpn)} of what was offered.`)]),
    ...(certificates === undefined ? [] : [explainCertificate(certificates.summary, offer.serverName)]),
  ];
}

function textOf(value: string | readonly string[] | undefined): string | null {
  return typeof value === 'string' ? value : null;
}

function choose(topic: Choice['topic'], chosen: string, offered: readonly string[], why: string): Choice {
  return { topic, chosen, why, passedOver: offered.filter((name) => name !== chosen) };
}

const ORDINALS = ['the first', 'the second', 'the third', 'the fourth', 'the fifth'];

function ordinal(list: readonly string[], item: string): string {
  const place = list.indexOf(item);
  return ORDINALS[place] ?? (place < 0 ? 'something else than any' : `number ${place + 1}`);
}

function explainVersion(chosen: string, offered: readonly string[]): string {
  return chosen === offered[0]
    ? 'It is the newest that this side offers.'
    : `This side offers ${offered[0]} first: the server does not know it, or may not use it.`;
}

function explainSuite(chosen: string, offered: readonly string[]): string {
  const place = ordinal(offered, chosen);
  return place === 'the first'
    ? "It is this side's first choice, and the server has it."
    : `It is ${place} of what this side offers: the server prefers it, or has none of those before it.`;
}

function explainGroup(chosen: string, offer: { keyShares: readonly string[] }, retried: boolean): string {
  if (retried) return 'This side had guessed another, so the server asked again: that cost a round trip.';
  return offer.keyShares.includes(chosen)
    ? 'This side sent a key share for it at once, so no round trip was lost.'
    : 'The server chose it among those that this side knows.';
}

function explainSignature(chosen: string, offered: readonly string[]): string {
  const kind = chosen.startsWith('rsa') ? 'an RSA' : chosen.startsWith('ed') ? 'an Edwards-curve' : 'an elliptic-curve';
  return `The certificate has ${kind} key, and this is ${ordinal(offered, chosen)} that this side accepts.`;
}

function explainCertificate(summary: string, serverName: string | null): Choice {
  const why =
    serverName === null
      ? 'This side named no server, so it is the one that the server shows to everybody.'
      : `This side asked for ${serverName} (SNI).`;
  return { topic: 'certificate', chosen: summary, why, passedOver: [] };
}
