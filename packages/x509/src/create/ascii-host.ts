import { invalidArgumentValue } from '@sslkit/errors';

/**
 * Brings a host name into ASCII; one that is ASCII already stays as it is.
 *
 * RFC 5280 §7.2: "conforming implementations MUST convert internationalized domain names to the ASCII Compatible
 * Encoding (ACE) format specified in Section 4 of RFC 3490 before storage in the dNSName field."
 *
 * @throws RangeError `ERR_INVALID_ARG_VALUE` for text that has no such form.
 */
export function toAsciiHost(name: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the question is whether there is anything but ASCII.
  if (/^[\x00-\x7f]*$/.test(name)) return name;
  // What ends the host in a URL would be dropped in silence.
  if (/[/\\?#@:%\s]/.test(name)) throw invalidArgumentValue(`Not a host name: ${JSON.stringify(name)}`);
  try {
    return new URL(`https://${name}`).hostname;
  } catch (cause) {
    throw Object.assign(invalidArgumentValue(`Not a host name: ${JSON.stringify(name)}`), { cause });
  }
}
