import type { PlainDialogue } from '../plain-dialogue.ts';

/** SMTP, RFC 3207. */
export async function startSmtp(dialogue: PlainDialogue): Promise<void> {
  await expectReply(dialogue, '220', 'does not greet as an SMTP server');
  // The name of this machine is nobody's business, and an address literal is allowed: RFC 5321 §4.1.1.1.
  dialogue.send('EHLO [127.0.0.1]\r\n');
  const abilities = await expectReply(dialogue, '250', 'refuses EHLO');
  if (!/^250[ -]STARTTLS\s*$/im.test(abilities)) throw dialogue.withoutTls('does not offer STARTTLS');
  dialogue.send('STARTTLS\r\n');
  await expectReply(dialogue, '220', 'refuses STARTTLS', 'withoutTls');
}

/** FTP, RFC 4217. */
export async function startFtp(dialogue: PlainDialogue): Promise<void> {
  await expectReply(dialogue, '220', 'does not greet as an FTP server');
  dialogue.send('AUTH TLS\r\n');
  await expectReply(dialogue, '234', 'refuses AUTH TLS', 'withoutTls');
}

/** Reads a reply of several lines, the last of which has a space behind its code: RFC 5321 §4.2.1, RFC 959 §4.2. */
async function expectReply(
  dialogue: PlainDialogue,
  code: string,
  complaint: string,
  kind: 'refusal' | 'withoutTls' = 'refusal',
): Promise<string> {
  const lines: string[] = [];
  do lines.push(await dialogue.line());
  while (!/^\d{3}( |$)/.test(lines.at(-1) ?? ''));
  const last = lines.at(-1) ?? '';
  if (!last.startsWith(code)) throw dialogue[kind](complaint, last);
  return lines.join('\n');
}

/** IMAP, RFC 9051 §6.2.1. */
export async function startImap(dialogue: PlainDialogue): Promise<void> {
  const greeting = await dialogue.line();
  if (!/^\* OK\b/i.test(greeting)) throw dialogue.refusal('does not greet as an IMAP server', greeting);
  dialogue.send('a1 STARTTLS\r\n');
  let line = await dialogue.line();
  // Servers may say other things in between.
  while (line.startsWith('*')) line = await dialogue.line();
  if (!/^a1 OK\b/i.test(line)) throw dialogue.withoutTls('refuses STARTTLS', line);
}

/** POP3, RFC 2595 §4. */
export async function startPop3(dialogue: PlainDialogue): Promise<void> {
  const greeting = await dialogue.line();
  if (!greeting.startsWith('+OK')) throw dialogue.refusal('does not greet as a POP3 server', greeting);
  dialogue.send('STLS\r\n');
  const answer = await dialogue.line();
  if (!answer.startsWith('+OK')) throw dialogue.withoutTls('refuses STLS', answer);
}

/** ManageSieve, RFC 5804 §2.2. */
export async function startSieve(dialogue: PlainDialogue): Promise<void> {
  const abilities: string[] = [];
  let line = await dialogue.line();
  while (line.startsWith('"')) {
    abilities.push(line);
    line = await dialogue.line();
  }
  if (!/^OK\b/i.test(line)) throw dialogue.refusal('does not greet as a ManageSieve server', line);
  if (!abilities.some((ability) => /^"STARTTLS"/i.test(ability))) throw dialogue.withoutTls('does not offer STARTTLS');
  dialogue.send('STARTTLS\r\n');
  const answer = await dialogue.line();
  if (!/^OK\b/i.test(answer)) throw dialogue.withoutTls('refuses STARTTLS', answer);
}

const XMPP_TLS = 'urn:ietf:params:xml:ns:xmpp-tls';

/** XMPP, RFC 6120 §5. */
export async function startXmpp(dialogue: PlainDialogue, host: string): Promise<void> {
  const to = host.replaceAll(/[<>&'"]/g, '');
  dialogue.send(
    `<?xml version='1.0'?><stream:stream to='${to}' version='1.0' xmlns='jabber:client' ` +
      `xmlns:stream='http://etherx.jabber.org/streams'>`,
  );
  const features = await dialogue.until(/<\/stream:features>|<stream:features\s*\/>|<\/stream:stream>/);
  // RFC 6120 §4.9: a condition, and words for people where the server has some.
  const [, condition] = /<stream:error\b[^>]*>\s*<([a-z-]+)/.exec(features) ?? [];
  const [, words = ''] = /<text\b[^>]*>([^<]*)/.exec(features) ?? [];
  if (condition === 'host-unknown') throw dialogue.unknownName(`does not serve '${host}'`);
  if (condition !== undefined) throw dialogue.withoutTls('does not offer STARTTLS', `${condition} ${words}`.trim());
  if (!features.includes(XMPP_TLS)) throw dialogue.withoutTls('does not offer STARTTLS');
  dialogue.send(`<starttls xmlns='${XMPP_TLS}'/>`);
  const answer = await dialogue.until(/<proceed\b[^>]*>(<\/proceed>)?|<failure\b[^>]*>/);
  if (!answer.includes('<proceed')) throw dialogue.withoutTls('refuses STARTTLS');
}
