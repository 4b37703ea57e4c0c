import { invalidArgumentType, invalidArgumentValue } from '@sslkit/errors';
import {
  DerTag,
  encodeAscii,
  encodeElement,
  encodeExplicit,
  encodeImplicit,
  encodeImplicitSequence,
  encodeOid,
  encodeOidContent,
  encodeUtf8String,
} from '../der/writer.ts';
import { toAsciiHost } from './ascii-host.ts';
import { parseIpAddress, parseIpNetwork } from './ip-address.ts';
import { encodeName, type NameInput } from './name.ts';

/**
 * A subject alternative name to write. Text is taken for what it looks like: an IP literal becomes an iPAddress, text
 * with `://` or a leading `urn:` a URI, text with `@` an email address, all else a dNSName. An object says the kind itself;
 * it has exactly one key. A `Uint8Array` instead of text gives the octets as they are, unchecked.
 */
export type GeneralNameInput =
  | string
  | { readonly dns: string | Uint8Array }
  | { readonly email: string | Uint8Array }
  | { readonly uri: string | Uint8Array }
  | { readonly ip: string | Uint8Array }
  | { readonly directoryName: NameInput }
  /** A dotted object identifier. */
  | { readonly registeredId: string }
  /** The dotted type and the DER of the value. */
  | { readonly otherName: { readonly type: string; readonly value: Uint8Array } }
  /** Microsoft's user principal name, such as `user@example.org`: an otherName. */
  | { readonly upn: string }
  /** An internationalised mailbox: an otherName, RFC 8398. */
  | { readonly smtpUtf8Mailbox: string }
  /** A Jabber address: an otherName, RFC 6120 §13.7.1.4. */
  | { readonly xmppAddr: string }
  /** A network access identifier's realm: an otherName, RFC 7585 §2.2. */
  | { readonly naiRealm: string }
  /** `_service.name`: an otherName, RFC 4985. */
  | { readonly srvName: string };

/** Where a general name is to stand; the base of a constraint has forms of its own, RFC 5280 §4.2.1.10. */
export type GeneralNameUse = 'name' | 'constraint';

function encodeOtherName(type: string, value: Uint8Array): Uint8Array {
  return encodeImplicitSequence(0, [encodeOid(type), encodeExplicit(0, value)]);
}

function encodeText(value: unknown, kind: string, tag: number, encode: (text: string) => Uint8Array): Uint8Array {
  if (value instanceof Uint8Array) return encodeImplicit(tag, value);
  return encodeImplicit(tag, encode(requireText(value, kind)));
}

function requireText(value: unknown, kind: string): string {
  if (typeof value !== 'string') throw invalidArgumentType(`names: ${kind}`, 'a string', value);
  return value;
}

function encodeDnsName(text: string, use: GeneralNameUse): Uint8Array {
  const name = toAsciiHost(text);
  // A constraint may be empty (every name) or begin with a dot (OpenSSL: subdomains alone).
  const pattern =
    use === 'constraint' ? /^\.?([\w-]{1,63}(\.[\w-]{1,63})*)?$/ : /^(\*|[\w*-]{1,63})(\.[\w-]{1,63})*\.?$/;
  if (!pattern.test(name) || name.length > 254) {
    throw invalidArgumentValue(`Not a host name: ${JSON.stringify(text)}`);
  }
  return encodeAscii(name, 'A host name');
}

function encodeEmail(text: string, use: GeneralNameUse): Uint8Array {
  const octets = encodeAscii(text, 'An email address (other than smtpUtf8Mailbox)');
  if (use === 'name' ? !/^[^\s@]+@[^\s@]+$/.test(text) : !/^\S+$/.test(text)) {
    throw invalidArgumentValue(`Not an email address: ${JSON.stringify(text)}`);
  }
  return octets;
}

function encodeUri(text: string, use: GeneralNameUse): Uint8Array {
  // RFC 5280 §4.2.1.6: "The name MUST NOT be a relative URI"; a constraint is a host or, with a leading dot, a domain.
  const pattern = use === 'name' ? /^[a-z][a-z0-9+.-]*:[\x21-\x7e]+$/i : /^[\x21-\x7e]+$/;
  if (!pattern.test(text)) throw invalidArgumentValue(`Not an absolute URI in ASCII: ${JSON.stringify(text)}`);
  return encodeAscii(text, 'A URI');
}

function encodeIp(text: string, use: GeneralNameUse): Uint8Array {
  const octets = use === 'name' ? parseIpAddress(text) : parseIpNetwork(text);
  if (octets !== undefined) return octets;
  const what = use === 'name' ? 'IP address' : 'IP network (such as 10.0.0.0/8)';
  throw invalidArgumentValue(`Not an ${what}: ${JSON.stringify(text)}`);
}

function classifyText(text: string, use: GeneralNameUse): GeneralNameInput {
  if ((use === 'name' ? parseIpAddress(text) : parseIpNetwork(text)) !== undefined) return { ip: text };
  if (/^[a-z][a-z0-9+.-]*:\/\/|^urn:/i.test(text)) return { uri: text };
  return text.includes('@') ? { email: text } : { dns: text };
}

const utf8 = encodeUtf8String;
const ia5 = (text: string) => encodeElement(DerTag.IA5_STRING, encodeAscii(text, 'A service name'));

// The types of otherName with a value of text, and how each encodes it.
const TEXT_OTHER_NAMES: ReadonlyMap<string, readonly [oid: string, encode: (text: string) => Uint8Array]> = new Map([
  ['upn', ['1.3.6.1.4.1.311.20.2.3', utf8]],
  ['smtpUtf8Mailbox', ['1.3.6.1.5.5.7.8.9', utf8]],
  ['xmppAddr', ['1.3.6.1.5.5.7.8.5', utf8]],
  ['naiRealm', ['1.3.6.1.5.5.7.8.8', utf8]],
  ['srvName', ['1.3.6.1.5.5.7.8.7', ia5]],
]);

/**
 * Encodes a GeneralName, RFC 5280 §4.2.1.6.
 *
 * @throws TypeError `ERR_INVALID_ARG_TYPE` for a name of no known kind.
 * @throws RangeError `ERR_INVALID_ARG_VALUE` for text that its kind cannot hold.
 */
export function encodeGeneralName(input: GeneralNameInput, use: GeneralNameUse = 'name'): Uint8Array {
  const name = typeof input === 'string' ? classifyText(input, use) : input;
  const [entry, ...others] = typeof name === 'object' && name !== null ? Object.entries(name) : [];
  if (entry === undefined || others.length > 0) {
    throw invalidArgumentType('names', 'an array of strings and of objects with one key', input);
  }
  const [kind, value]: [string, unknown] = entry;
  if ('dns' in Object(name)) return encodeText(value, kind, 2, (text) => encodeDnsName(text, use));
  if ('email' in Object(name)) return encodeText(value, kind, 1, (text) => encodeEmail(text, use));
  if ('uri' in Object(name)) return encodeText(value, kind, 6, (text) => encodeUri(text, use));
  if ('ip' in Object(name)) return encodeText(value, kind, 7, (text) => encodeIp(text, use));
  if (typeof name === 'object') {
    // The CHOICE of Name makes this tag EXPLICIT, X.680 §31.2.7.
    if ('directoryName' in name) return encodeExplicit(4, encodeName(name.directoryName));
    if ('registeredId' in name) return encodeImplicit(8, encodeOidContent(name.registeredId));
    if ('otherName' in name) {
      const { type, value: inner } = Object(value);
      if (!(inner instanceof Uint8Array)) throw invalidArgumentType('names: otherName.value', 'a Uint8Array', inner);
      return encodeOtherName(type, inner);
    }
  }
  const otherName = TEXT_OTHER_NAMES.get(kind);
  if (otherName === undefined) {
    throw invalidArgumentValue(`Unknown kind of name ${JSON.stringify(kind)}`);
  }
  const [oid, encode] = otherName;
  return encodeOtherName(oid, encode(requireText(value, kind)));
}
