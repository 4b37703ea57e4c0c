// The tags of X.680 §8.4, as DerCursor.tag has them: the identifier octet without its constructed bit.
export const BOOLEAN = 0x01;
export const INTEGER = 0x02;
export const BIT_STRING = 0x03;
export const OCTET_STRING = 0x04;
export const NULL = 0x05;
export const OBJECT_IDENTIFIER = 0x06;
export const ENUMERATED = 0x0a;
export const UTF8_STRING = 0x0c;
export const SEQUENCE = 0x10;
export const SET = 0x11;
export const NUMERIC_STRING = 0x12;
export const PRINTABLE_STRING = 0x13;
export const T61_STRING = 0x14;
export const IA5_STRING = 0x16;
export const UTC_TIME = 0x17;
export const GENERALIZED_TIME = 0x18;
export const UNIVERSAL_STRING = 0x1c;
export const BMP_STRING = 0x1e;

/** The tag of a context-specific element, `[number]` in the ASN.1 modules; `number` is 0 to 30. */
export function contextTag(number: number): number {
  return 0x80 | number;
}

/** A tag as people write it, such as `[3]` or `SEQUENCE (16)`. */
export function describeTag(tag: number): string {
  const number = tag > 0xff ? Math.floor(tag / 256) : tag & 0x1f;
  const kind = ['universal', 'application', '', 'private'][(tag & 0xc0) >> 6];
  return `[${kind ? `${kind} ` : ''}${number}]`;
}
