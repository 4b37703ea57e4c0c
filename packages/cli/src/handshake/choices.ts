import type { CertificateSummary } from '../certificate-summary.ts';
import type { ClientHello, ServerHello } from './hello.ts';
import type { HandshakeTrace } from './trace.ts';

/** Something that the two sides had to agree on, and why it came out this way. */
export interface Choice {
  readonly topic: 'version' | 'session' | 'cipher suite' | 'group' | 'signature' | 'ALPN' | 'certificate';
  /** `none` where they did not agree, or did without. */
  readonly chosen: string;
  readonly why: string;
  /** What was offered and not taken, in the order of the offer. */
  readonly passedOver: readonly string[];
}

const NONE = 'none';
const NEW = 'TLSv1.3';

/** What is known of a handshake beside its messages. */
export interface Background {
  /** The server's certificate; null where it is not known. */
  readonly leaf: CertificateSummary | null;
  /** The name in it that is the one asked for; null for none. */
  readonly matchedName: string | null;
  /** Whether this side had a session to resume. */
  readonly hadSession: boolean;
}

/** Explains what the two sides agreed on from what they said; and where the server answered nothing, what it was offered. */
export function explainChoices(
  trace: HandshakeTrace,
  { leaf, matchedName, hadSession }: Background = { leaf: null, matchedName: null, hadSession: false },
): Choice[] {
  const { offer, reply } = trace;
  if (offer === null) return [];
  if (reply === null) return explainRefusal(offer, trace);
  // "If the session_id value is identical to that suggested by the client, the server agrees to resume": RFC 5246
  // §F.1.4, where this side had suggested one. TLS 1.3 sends it back in any case.
  const echoes = reply.version !== NEW && hadSession && reply.sessionId !== '' && reply.sessionId === offer.sessionId;
  const setting = { offer, reply, trace, isResumed: reply.resumes || echoes };
  return [
    choose('version', reply.version, offer.versions, explainVersion(setting)),
    ...(hadSession ? [explainSession(setting)] : []),
    explainSuite(setting),
    ...explainGroup(setting),
    ...explainSignature(setting, leaf),
    ...explainAlpn(setting),
    ...explainCertificate(setting, leaf, matchedName),
  ];
}

interface Setting {
  readonly offer: ClientHello;
  readonly reply: ServerHello;
  readonly trace: HandshakeTrace;
  readonly isResumed: boolean;
}

function choose(topic: Choice['topic'], chosen: string, offered: readonly string[], why: string): Choice {
  return { topic, chosen, why, passedOver: offered.filter((name) => name !== chosen) };
}

/** What ends so is no suite, but a signal in the place of one. */
function withoutSignals(suites: readonly string[]): string[] {
  return suites.filter((name) => !name.endsWith('_SCSV'));
}

/** Where the server said nothing, or an alert at once: which part of the offer it means is in the alert at best. */
function explainRefusal(offer: ClientHello, trace: HandshakeTrace): Choice[] {
  const alert = trace.find('Alert')?.summary;
  const said = wordAnswer(alert, trace.find('ServerHello') !== undefined);
  // Each alert about an offer with what it is about; "handshake failure" can mean any of the last three.
  const culprits: Readonly<Record<string, readonly Choice['topic'][]>> = {
    'fatal: protocol version': ['version'],
    'fatal: no application protocol': ['ALPN'],
    'fatal: unrecognized name': ['certificate'],
    'fatal: insufficient security': ['cipher suite', 'group', 'signature'],
    'fatal: handshake failure': ['cipher suite', 'group', 'signature'],
  };
  const blamed = culprits[alert ?? ''] ?? [];
  const lists: readonly [Choice['topic'], readonly string[]][] = [
    ['version', offer.versions],
    ['cipher suite', withoutSignals(offer.suites)],
    ['group', offer.groups],
    ['signature', offer.signatures],
    ['ALPN', offer.alpn],
    ['certificate', offer.serverName === null ? [] : [offer.serverName]],
  ];
  return lists
    .filter(([, offered]) => offered.length > 0)
    .map(([topic, offered]) => {
      const only = blamed.length === 1 ? 'it means that none of these will do' : 'none of these may be what it wants';
      return choose(topic, NONE, offered, `${said}${blamed.includes(topic) ? `: ${only}` : ''}.`);
    });
}

function wordAnswer(alert: string | undefined, isMalformed: boolean): string {
  if (isMalformed) return 'What the server answered cannot be read';
  return alert === undefined ? 'The server did not answer the offer' : `The server answered with '${alert}'`;
}

function explainVersion({ offer: { versions }, reply }: Setting): string {
  const newest = versions[0] ?? NONE;
  if (reply.version !== newest)
    return `This side offers ${newest} too: the server does not have it, or may not use it.`;
  if (reply.couldDoNewer) return 'It is the newest that this side offers; the server lets on that it has a newer one.';
  if (reply.version === NEW) return 'It is the newest that this side offers, and there is no newer one.';
  return 'It is the newest that this side offers.';
}

const ORDINALS = ['the first', 'the second', 'the third', 'the fourth', 'the fifth'];

function ordinal(list: readonly string[], item: string): string {
  const place = list.indexOf(item);
  return ORDINALS[place] ?? (place < 0 ? 'something else than any' : `number ${place + 1}`);
}

function explainSession({ reply, offer, isResumed }: Setting): Choice {
  if (isResumed) {
    const why =
      reply.version === NEW
        ? 'The server took the session that was offered: it proves itself by the secret in it, and shows no certificate.'
        : 'The server took the session that was offered: the keys are made of its secret, and no certificate is shown.';
    return choose('session', 'resumed', [], why);
  }
  const why = offer.resumes
    ? 'The server did not take the session that was offered: it has forgotten it, or new keys, or thinks it too old.'
    : 'This side did not offer the session: it is too old, or does not fit what is offered.';
  return choose('session', 'new', [], why);
}

function explainSuite({ offer, reply }: Setting): Choice {
  // The suites of TLS 1.3, all of whose names begin so, and those before it have nothing in common: RFC 8446 §B.4.
  const fits = (name: string) => name.startsWith('TLS_') === (reply.version === NEW);
  const offered = withoutSignals(offer.suites).filter(fits);
  const why =
    offered[0] === reply.suite
      ? "It is this side's first choice, and the server has it."
      : `It is ${ordinal(offered, reply.suite)} that this side offers for ${reply.version}: the server prefers it, or has none of those before it.`;
  return choose('cipher suite', reply.suite, offered, why);
}

function explainGroup({ offer, reply, trace, isResumed }: Setting): Choice[] {
  const group = reply.group ?? textOf(trace.find('ServerKeyExchange')?.details['group']);
  if (group === null) {
    if (isResumed) return [];
    const why = 'The key comes encrypted with the key of the certificate: who gets hold of that can read it all later.';
    return reply.version === NEW ? [] : [choose('group', NONE, offer.groups, why)];
  }
  return [choose('group', group, offer.groups, wordGroup(group, offer, trace))];
}

function wordGroup(group: string, { groups, keyShares }: ClientHello, trace: HandshakeTrace): string {
  if (group.startsWith('DHE')) return "It is a group of the server's own making, which nobody offered by name.";
  if (trace.find('HelloRetryRequest') !== undefined && !keyShares.includes(group)) {
    return `This side had sent a key share for ${keyShares.join(' and ')}, so the server asked again: that cost a round trip.`;
  }
  if (keyShares.includes(group)) return 'This side sent a key share for it at once, so no round trip was lost.';
  return `The server chose it: it is ${ordinal(groups, group)} that this side offers.`;
}

function explainSignature({ offer, trace }: Setting, leaf: CertificateSummary | null): Choice[] {
  const signature =
    textOf(trace.find('CertificateVerify')?.details['signature']) ??
    textOf(trace.find('ServerKeyExchange')?.details['signature']);
  if (signature === null) return [];
  const key = leaf === null ? `${nameKind(signature)} key` : `key of the kind ${leaf.key}`;
  const why = `The certificate has ${leaf === null ? '' : 'a '}${key}, and this is ${ordinal(offer.signatures, signature)} that this side accepts.`;
  return [choose('signature', signature, offer.signatures, why)];
}

function nameKind(signature: string): string {
  if (signature.startsWith('rsa')) return 'an RSA';
  return signature.startsWith('ed') ? 'an Edwards-curve' : 'an elliptic-curve';
}

function explainAlpn({ offer, reply, trace }: Setting): Choice[] {
  if (offer.alpn.length === 0) return [];
  const answer = trace.find('EncryptedExtensions');
  // Behind a failure in between nothing is known of what TLS 1.3 says later.
  if (reply.version === NEW && answer === undefined) return [];
  const alpn = reply.alpn ?? textOf(answer?.details['ALPN']);
  const why =
    alpn === null
      ? 'The server has not taken up what was offered: the protocol is left to what the port is known for.'
      : `The server took ${ordinal(offer.alpn, alpn)} of what was offered.`;
  return [choose('ALPN', alpn ?? NONE, offer.alpn, why)];
}

function explainCertificate(
  { offer: { serverName }, reply, trace, isResumed }: Setting,
  leaf: CertificateSummary | null,
  matchedName: string | null,
): Choice[] {
  if (isResumed)
    return [choose('certificate', NONE, [], 'The session goes on from an earlier one, which had shown it.')];
  const message = trace.find('Certificate');
  if (message === undefined) return [];
  // The server acknowledges the name in the ServerHello of TLS 1.2, and encrypted in TLS 1.3: RFC 6066 §3.
  const acknowledged = [reply.extensions, trace.find('EncryptedExtensions')?.details['extensions'] ?? []].some(
    (extensions) => extensions.includes('server_name'),
  );
  const asked =
    serverName === null
      ? 'This side named no server, so it is the one that the server shows to everybody'
      : `This side asked for ${serverName} (SNI), and the server ${acknowledged ? 'says that it knows the name' : 'does not say whether it chose by the name'}`;
  const match = leaf === null ? '' : matchedName === null ? '; it is for other names' : `; it is for ${matchedName}`;
  return [choose('certificate', message.summary, [], `${asked}${match}.`)];
}

function textOf(value: string | readonly string[] | undefined): string | null {
  return typeof value === 'string' ? value : null;
}
