import { der } from './der-builder.ts';

/** Numbers from 0 to 1 that a seed decides: mulberry32. */
export function randomFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

/** An element of a tree that can be changed and encoded again. */
interface Node {
  tag: number;
  /** Elements, or the bytes of a value. */
  contents: Node[] | Uint8Array;
  style: 'definite' | 'indefinite' | 'padded' | 'pieces';
}

function parse(bytes: Uint8Array): Node[] | undefined {
  const nodes: Node[] = [];
  for (let at = 0; at < bytes.length; ) {
    const tag = bytes[at] as number;
    let length = bytes[at + 1] ?? 0x80;
    let start = at + 2;
    if (length > 0x84 || length === 0x80 || (tag & 0x1f) === 0x1f || tag === 0) return undefined;
    if (length > 0x80) {
      const octets = length - 0x80;
      length = bytes.subarray(start, start + octets).reduce((sum, octet) => sum * 256 + octet, 0);
      start += octets;
    }
    if (start + length > bytes.length) return undefined;
    const value = bytes.slice(start, start + length);
    // An OCTET STRING that holds elements is the value of an extension.
    const inner = tag & 0x20 || tag === 4 ? parse(value) : undefined;
    if (inner === undefined && tag & 0x20) return undefined;
    nodes.push({ tag, contents: inner?.length ? inner : value, style: 'definite' });
    at = start + length;
  }
  return nodes;
}

function encode(node: Node): Uint8Array {
  const inner = Array.isArray(node.contents) ? node.contents.map(encode) : [node.contents];
  const body = new Uint8Array(Buffer.concat(inner));
  switch (node.style) {
    case 'indefinite':
      return new Uint8Array(Buffer.concat([Uint8Array.of(node.tag | 0x20, 0x80), body, Uint8Array.of(0, 0)]));
    case 'padded':
      return new Uint8Array(
        Buffer.concat([Uint8Array.of(node.tag, 0x85, 0, 0, body.length >> 16, body.length >> 8, body.length), body]),
      );
    case 'pieces': {
      const half = body.length >> 1;
      return der(node.tag | 0x20, der(node.tag & 0x1f, body.slice(0, half)), der(node.tag & 0x1f, body.slice(half)));
    }
    default:
      return der(node.tag, body);
  }
}

const TAGS = [
  0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x07, 0x0a, 0x0c, 0x0d, 0x10, 0x11, 0x12, 0x13, 0x14, 0x15, 0x16, 0x17, 0x18,
  0x19, 0x1a, 0x1b, 0x1c, 0x1d, 0x1e, 0x30, 0x31, 0x80, 0x81, 0x82, 0x83, 0x84, 0x85, 0x86, 0x87, 0x88, 0x89, 0xa0,
  0xa1, 0xa2, 0xa3, 0xa4, 0xa5, 0x41, 0xc1,
];
const VALUES = ['', '\0', 'a\0b.com', '\xc3\xa4', '\xc3', '\xff\xfe', '\n', 'a\nb', '20240229123456Z', '240230000000Z'];
const OIDS = [
  '550403',
  '55040a',
  '551d11',
  '551d1f',
  '2b06010505070101',
  '2b0601050507030100',
  '8037',
  '2b80',
  '883703',
];

/** Changes a certificate in one to three places, on the level of its elements or of its bytes. */
export function mutate(certificate: Uint8Array, random: () => number): Uint8Array {
  const pick = (count: number): number => Math.floor(random() * count);
  const nodes = random() < 0.75 ? parse(certificate) : undefined;
  if (nodes === undefined) return mutateBytes(certificate, pick);
  for (let left = 1 + pick(3); left > 0; left--) mutateTree(nodes, pick);
  const encoded = new Uint8Array(Buffer.concat(nodes.map(encode)));
  return random() < 0.1 ? mutateBytes(encoded, pick) : encoded;
}

function mutateTree(roots: Node[], pick: (count: number) => number): void {
  const all: { node: Node; siblings: Node[] }[] = [];
  const collect = (siblings: Node[]): void => {
    for (const node of siblings) {
      all.push({ node, siblings });
      if (Array.isArray(node.contents)) collect(node.contents);
    }
  };
  collect(roots);
  const target = all[pick(all.length)];
  if (target === undefined) return;
  const { node, siblings } = target;
  const at = siblings.indexOf(node);
  const other = all[pick(all.length)]?.node ?? node;
  switch (pick(12)) {
    case 0:
      node.tag = TAGS[pick(TAGS.length)] as number;
      break;
    case 1:
      siblings.splice(at, 1);
      break;
    case 2:
      siblings.splice(at, 0, structuredClone(node));
      break;
    case 3:
      siblings.splice(at, 0, structuredClone(other));
      break;
    case 4:
      siblings[at] = structuredClone(other);
      break;
    case 5:
      siblings.reverse();
      break;
    case 6:
      node.style = node.tag & 0x20 ? 'indefinite' : 'pieces';
      break;
    case 7:
      node.style = 'padded';
      break;
    case 8:
      if (!Array.isArray(node.contents)) node.contents = Buffer.from(VALUES[pick(VALUES.length)] as string, 'latin1');
      break;
    case 9:
      if (node.tag === 6) node.contents = Buffer.from(OIDS[pick(OIDS.length)] as string, 'hex');
      break;
    case 10:
      node.contents = [{ tag: node.tag, contents: node.contents, style: 'definite' }];
      break;
    default:
      if (!Array.isArray(node.contents)) node.contents = mutateBytes(node.contents, pick);
  }
}

function mutateBytes(bytes: Uint8Array, pick: (count: number) => number): Uint8Array {
  const changed = [...bytes];
  const at = pick(bytes.length + 1);
  switch (pick(6)) {
    case 0:
      changed.splice(at, 1 + pick(4));
      break;
    case 1:
      changed.splice(at, 0, pick(256));
      break;
    case 2:
      changed.length = at;
      break;
    case 3:
      changed.push(pick(256));
      break;
    default:
      if (at < changed.length) changed[at] = pick(2) ? (changed[at] as number) ^ (1 << pick(8)) : pick(256);
  }
  return Uint8Array.from(changed);
}
