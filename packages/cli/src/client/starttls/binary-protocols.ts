import { DerError, enter, readElements } from '../../material/der-element.ts';
import type { PlainDialogue } from '../plain-dialogue.ts';

/** PostgreSQL: SSLRequest, whose code is 80877103, and an answer of one byte. */
export async function startPostgres(dialogue: PlainDialogue): Promise<void> {
  dialogue.send(Buffer.from([0, 0, 0, 8, 0x04, 0xd2, 0x16, 0x2f]));
  const answer = (await dialogue.bytes(1)).toString('latin1');
  if (answer === 'N') throw dialogue.withoutTls('is a PostgreSQL server with TLS turned off (ssl = off)');
  if (answer !== 'S') throw dialogue.refusal('does not answer as a PostgreSQL server', answer);
}

const CLIENT_PROTOCOL_41 = 0x0200;
const CLIENT_SSL = 0x0800;
const CLIENT_SECURE_CONNECTION = 0x8000;
const UTF8MB4 = 45; // a collation, by its number

/** MySQL and MariaDB: the server's handshake packet, then the first half of ours with CLIENT_SSL set. */
export async function startMysql(dialogue: PlainDialogue): Promise<void> {
  const header = await dialogue.bytes(4);
  const packet = await dialogue.bytes(header.readUIntLE(0, 3));
  if (packet[0] === 0xff) throw dialogue.refusal('refuses the connection', packet.subarray(3).toString('latin1'));
  const versionEnd = packet.indexOf(0, 1);
  // Behind the version: the thread (4), part of the salt (8), a filler (1), then the abilities.
  const abilitiesAt = versionEnd + 14;
  if (packet[0] !== 10 || versionEnd < 0 || packet.length < abilitiesAt + 2) {
    throw dialogue.refusal('does not greet as a MySQL server');
  }
  if ((packet.readUInt16LE(abilitiesAt) & CLIENT_SSL) === 0) {
    throw dialogue.withoutTls('is a MySQL server with TLS turned off');
  }
  const request = Buffer.alloc(36); // the header and a packet of 32 bytes
  request.writeUIntLE(32, 0, 3);
  request[3] = 1; // the sequence number: the server's packet was 0
  request.writeUInt32LE(CLIENT_PROTOCOL_41 | CLIENT_SSL | CLIENT_SECURE_CONNECTION, 4);
  request.writeUInt32LE(0x1000000, 8); // the largest packet: 16 MiB
  request[12] = UTF8MB4;
  dialogue.send(request);
}

const START_TLS = '1.3.6.1.4.1.1466.20037';

/** LDAP, RFC 4511 §4.14: an extended request, and a response whose result code is 0. */
export async function startLdap(dialogue: PlainDialogue): Promise<void> {
  const name = Buffer.from(START_TLS, 'latin1');
  const request = [0x80, name.length, ...name];
  const message = [0x02, 1, 1, 0x77, request.length, ...request];
  dialogue.send(Uint8Array.of(0x30, message.length, ...message));
  const [tag = 0, first = 0] = await dialogue.bytes(2);
  if (tag !== 0x30) throw dialogue.refusal('does not answer as an LDAP server');
  const length =
    first < 0x80 ? first : (await dialogue.bytes(first & 0x7f)).reduce((sum, octet) => sum * 256 + octet, 0);
  if (length > 65_536) throw dialogue.refusal('does not answer as an LDAP server');
  const { code, text } = readExtendedResponse(await dialogue.bytes(length), dialogue);
  if (code === 0) return;
  // RFC 4511 §4.14.2: "If the server does not support TLS […], it MUST return with the resultCode set to protocolError."
  const complaint = code === PROTOCOL_ERROR ? 'does not offer StartTLS' : 'refuses StartTLS';
  throw dialogue.withoutTls(`${complaint} (LDAP result ${code})`, text === '' ? undefined : text);
}

const EXTENDED_RESPONSE = 0x78; // [APPLICATION 24]
const PROTOCOL_ERROR = 2;

/** Reads what an LDAPMessage holds: RFC 4511 §4.1.1, §4.1.9 and §4.12. */
function readExtendedResponse(message: Uint8Array, dialogue: PlainDialogue): { code: number; text: string } {
  try {
    const [, response] = readElements(message);
    const [result, , diagnostic] = enter(response, EXTENDED_RESPONSE);
    const code = result?.content[0];
    if (code === undefined) throw new DerError('The result is missing');
    return { code, text: Buffer.from(diagnostic?.content ?? []).toString('utf8') };
  } catch (error) {
    if (!(error instanceof DerError)) throw error;
    throw dialogue.refusal('does not answer as an LDAP server');
  }
}
