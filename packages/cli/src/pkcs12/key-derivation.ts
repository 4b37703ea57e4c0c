import { createHash } from 'node:crypto';

/** What a derived key is for: RFC 7292, appendix B.3. */
export const KeyPurpose = { ENCRYPTION: 1, IV: 2, MAC: 3 } as const;

/** How a key is derived. */
export interface Derivation {
  /** Node's name of the digest. */
  readonly hash: string;
  readonly salt: Uint8Array;
  readonly iterations: number;
  readonly purpose: (typeof KeyPurpose)[keyof typeof KeyPurpose];
  /** Octets wanted. */
  readonly length: number;
}

/**
 * Derives a key from a password by the method of PKCS#12, RFC 7292, appendix B.2. Its letters are kept: D, S, P, I, A, B.
 */
export function deriveKey(password: string, derivation: Derivation): Buffer {
  const { hash, salt, iterations, purpose, length } = derivation;
  const block = /^sha(384|512)$/.test(hash) ? 128 : 64; // v: the input block of the hash, in octets
  const D = Buffer.alloc(block, purpose);
  const S = repeatToBlocks(salt, block);
  const P = repeatToBlocks(encodePassword(password), block);
  const I = Buffer.concat([S, P]);
  const output: Buffer[] = [];
  let produced = 0;
  while (produced < length) {
    let A = createHash(hash).update(D).update(I).digest();
    for (let round = 1; round < iterations; round++) A = createHash(hash).update(A).digest();
    output.push(A);
    produced += A.length;
    addToBlocks(I, Buffer.alloc(block, A), block);
  }
  return Buffer.concat(output).subarray(0, length);
}

/** "the BMPString … in big-endian, terminated with a NULL": RFC 7292, appendix B.1. */
function encodePassword(password: string): Buffer {
  return Buffer.from(`${password}\0`, 'utf16le').swap16();
}

function repeatToBlocks(bytes: Uint8Array, block: number): Buffer {
  if (bytes.length === 0) return Buffer.alloc(0);
  return Buffer.alloc(block * Math.ceil(bytes.length / block), bytes);
}

/** I_j = (I_j + B + 1) mod 2^v, for each block of I. */
function addToBlocks(I: Buffer, B: Buffer, block: number): void {
  for (let start = 0; start < I.length; start += block) {
    let carry = 1;
    for (let at = block - 1; at >= 0; at--) {
      const sum = (I[start + at] ?? 0) + (B[at] ?? 0) + carry;
      I[start + at] = sum & 0xff;
      carry = sum >> 8;
    }
  }
}
