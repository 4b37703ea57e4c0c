/** One element: the identifier octet, and contents in bytes, text (ISO 8859-1) or further elements. */
export function der(tag: number, ...contents: (Uint8Array | string | readonly number[])[]): Uint8Array {
  const parts = contents.map((part) =>
    typeof part === 'string' ? Buffer.from(part, 'latin1') : Uint8Array.from(part),
  );
  const length = parts.reduce((sum, part) => sum + part.length, 0);
  const octets: number[] = [];
  for (let left = length; left > 0; left = Math.floor(left / 256)) octets.unshift(left % 256);
  const header = length < 0x80 ? [tag, length] : [tag, 0x80 | octets.length, ...octets];
  return new Uint8Array(Buffer.concat([Uint8Array.from(header), ...parts]));
}

/** Bytes from hexadecimal, blanks ignored. */
export function hex(text: string): Uint8Array {
  return new Uint8Array(Buffer.from(text.replaceAll(/\s/g, ''), 'hex'));
}

export const sequence = (...contents: Uint8Array[]): Uint8Array => der(0x30, ...contents);

/** An attribute of a name: the contents of its identifier in hexadecimal, and its encoded value. */
export const attribute = (oid: string, value: Uint8Array): Uint8Array => sequence(der(0x06, hex(oid)), value);

/** A Name of relative names with one attribute each. */
export const nameOf = (...attributes: Uint8Array[]): Uint8Array => sequence(...attributes.map((one) => der(0x31, one)));

export const COMMON_NAME = '550403';
export const plainName: Uint8Array = nameOf(attribute(COMMON_NAME, der(0x0c, 'example.com')));

/** An extension: the contents of its identifier in hexadecimal, and its value. */
export const extension = (oid: string, value: Uint8Array): Uint8Array =>
  sequence(der(0x06, hex(oid)), der(0x04, value));

export const SUBJECT_ALT_NAME = '551d11';
export const INFO_ACCESS = '2b06010505070101';
export const DISTRIBUTION_POINTS = '551d1f';

/** The parts of a certificate that a test may replace; each is whole, with its header. */
export interface Parts {
  version: Uint8Array;
  serial: Uint8Array;
  issuer: Uint8Array;
  notBefore: Uint8Array;
  notAfter: Uint8Array;
  subject: Uint8Array;
  uids: Uint8Array;
  extensions: readonly Uint8Array[];
}

const algorithm = sequence(der(0x06, hex('2a8648ce3d040302')));
const publicKey = sequence(
  sequence(der(0x06, hex('2a8648ce3d0201')), der(0x06, hex('2a8648ce3d030107'))),
  der(0x03, [0, 4], new Uint8Array(64).fill(7)),
);

/** A certificate whose signature and key mean nothing: for reading alone. */
export function certificateWith(parts: Partial<Parts> = {}): Uint8Array {
  const { extensions = [] } = parts;
  return sequence(
    sequence(
      parts.version ?? der(0xa0, der(0x02, [2])),
      parts.serial ?? der(0x02, [1]),
      algorithm,
      parts.issuer ?? plainName,
      sequence(parts.notBefore ?? der(0x17, '250101000000Z'), parts.notAfter ?? der(0x17, '350101000000Z')),
      parts.subject ?? plainName,
      publicKey,
      ...(parts.uids === undefined ? [] : [parts.uids]),
      ...(extensions.length === 0 ? [] : [der(0xa3, sequence(...extensions))]),
    ),
    algorithm,
    der(0x03, [0, 1, 2, 3]),
  );
}

export const withAltNames = (...names: Uint8Array[]): Uint8Array =>
  certificateWith({ extensions: [extension(SUBJECT_ALT_NAME, sequence(...names))] });
