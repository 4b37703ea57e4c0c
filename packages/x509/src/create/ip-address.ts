function parseIpv4(text: string): number[] | undefined {
  const parts = text.split('.');
  if (parts.length !== 4) return undefined;
  // No leading zeros: some readers take 010 for eight.
  if (!parts.every((part) => /^(0|[1-9]\d{0,2})$/.test(part) && Number(part) <= 255)) return undefined;
  return parts.map(Number);
}

function parseGroups(text: string): number[] | undefined {
  if (text === '') return [];
  const groups = text.split(':');
  const octets: number[] = [];
  for (const [index, group] of groups.entries()) {
    if (index === groups.length - 1 && group.includes('.')) {
      const embedded = parseIpv4(group);
      if (embedded === undefined) return undefined;
      octets.push(...embedded);
    } else {
      if (!/^[0-9a-f]{1,4}$/i.test(group)) return undefined;
      const value = Number.parseInt(group, 16);
      octets.push(value >> 8, value & 0xff);
    }
  }
  return octets;
}

function parseIpv6(text: string): number[] | undefined {
  const halves = text.split('::');
  if (halves.length > 2) return undefined;
  const [head, tail] = halves.map(parseGroups);
  if (head === undefined) return undefined;
  if (halves.length === 1) return head.length === 16 ? head : undefined;
  if (tail === undefined || (halves[0] ?? '').includes('.')) return undefined;
  // RFC 4291 §2.2: "::" stands for one or more groups.
  const zeros = 16 - head.length - tail.length;
  if (zeros < 2) return undefined;
  return [...head, ...new Array<number>(zeros).fill(0), ...tail];
}

/**
 * Reads an IP literal: four decimal numbers without leading zeros, or any form of RFC 4291 §2.2 without a zone.
 *
 * @returns 4 or 16 octets, or undefined where the text is something else.
 */
export function parseIpAddress(text: string): Uint8Array | undefined {
  const octets = text.includes(':') ? parseIpv6(text) : parseIpv4(text);
  return octets === undefined ? undefined : Uint8Array.from(octets);
}

/**
 * Reads an address and the length of its prefix, such as `10.0.0.0/8`; an address alone is the network of one host.
 *
 * @returns the address with the host's bits cleared and the mask after it: 8 or 32 octets, as RFC 5280 §4.2.1.10 asks;
 *   undefined where the text is something else.
 */
export function parseIpNetwork(text: string): Uint8Array | undefined {
  const [literal = '', length, ...rest] = text.split('/');
  const address = parseIpAddress(literal);
  if (address === undefined || rest.length > 0) return undefined;
  const bits = address.length * 8;
  if (length !== undefined && !/^\d{1,3}$/.test(length)) return undefined;
  const prefix = length === undefined ? bits : Number(length);
  if (prefix > bits) return undefined;
  const network = new Uint8Array(address.length * 2);
  for (const [index, octet] of address.entries()) {
    const mask = (0xff00 >> Math.min(8, Math.max(0, prefix - index * 8))) & 0xff;
    network[index] = octet & mask;
    network[address.length + index] = mask;
  }
  return network;
}
