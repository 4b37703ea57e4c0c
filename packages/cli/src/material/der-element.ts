/** One element of a DER encoding, X.690 §8.1. */
export interface DerElement {
  /** The identifier octet. */
  readonly tag: number;
  readonly content: Uint8Array;
  /** The element with its header. */
  readonly whole: Uint8Array;
}

export const DerTag = {
  INTEGER: 0x02,
  BIT_STRING: 0x03,
  OCTET_STRING: 0x04,
  NULL: 0x05,
  OBJECT_IDENTIFIER: 0x06,
  BMP_STRING: 0x1e,
  SEQUENCE: 0x30,
  SET: 0x31,
} as const;

/** Bytes that are no DER, or not the DER that was expected. */
export class DerError extends Error {}

/** Reads the element at the start of `bytes`. @throws DerError */
export function readElement(bytes: Uint8Array): DerElement {
  const [tag, first] = bytes;
  if (tag === undefined || first === undefined) throw new DerError('The encoding ends too early');
  let length = first;
  let header = 2;
  if (first >= 0x80) {
    const octets = first & 0x7f;
    // Four octets are more than any file here; none is the indefinite length of BER.
    if (octets === 0 || octets > 4) throw new DerError('The encoding is not DER');
    header += octets;
    length = 0;
    for (const octet of bytes.subarray(2, header)) length = length * 256 + octet;
  }
  if (header + length > bytes.length) throw new DerError('The encoding ends too early');
  return { tag, content: bytes.subarray(header, header + length), whole: bytes.subarray(0, header + length) };
}

/** Reads the elements inside of a constructed one. @throws DerError */
export function readElements(content: Uint8Array): DerElement[] {
  const elements: DerElement[] = [];
  for (let at = 0; at < content.length; ) {
    const element = readElement(content.subarray(at));
    elements.push(element);
    at += element.whole.length;
  }
  return elements;
}

/** Takes the elements of a SEQUENCE or a SET. @throws DerError where it is none */
export function enter(element: DerElement | undefined, tag: number = DerTag.SEQUENCE): DerElement[] {
  return readElements(contentOf(element, tag));
}

/** The content of an element that must have a tag. @throws DerError where it has another */
export function contentOf(element: DerElement | undefined, tag: number): Uint8Array {
  if (element?.tag !== tag) throw new DerError(`Tag 0x${tag.toString(16)} was expected`);
  return element.content;
}

/** Encodes an element. */
export function encode(tag: number, ...parts: readonly Uint8Array[]): Uint8Array {
  const content = Buffer.concat(parts);
  const { length } = content;
  if (length < 0x80) return Buffer.concat([Uint8Array.of(tag, length), content]);
  const octets: number[] = [];
  for (let rest = length; rest > 0; rest = Math.floor(rest / 256)) octets.unshift(rest % 256);
  return Buffer.concat([Uint8Array.of(tag, 0x80 | octets.length, ...octets), content]);
}
