/*
 * How a chain is found.
 *
 * Certificates are the nodes of a graph; an edge goes from one to each that may have issued it: the issuer's name is its
 * subject, and the key identifiers are the same where both give one. A cross-signed authority is several nodes with one
 * subject and one key, a loop of cross-signatures a cycle.
 *
 * The search is breadth first from the leaf, so that the first root it meets ends a shortest chain. Every node is met
 * once: it is taken out of the index when it is reached, so a pool of any shape costs time in proportion to its size, and
 * a loop ends where its nodes are used up. The search runs over the certificates that are valid and may issue first, and
 * over all only where that finds no root: an expired cross-signature then loses against a valid one of any length.
 */
import { invalidArgumentType } from '@sslkit/errors';
import { Certificate } from './certificate.ts';
import { type CertificateInput, type ChainLink, derOf, isRoot, readChainLink } from './chain-link.ts';
import { CertificateDecodeError } from './der/decode-error.ts';
import type { DistinguishedName } from './distinguished-name.ts';

/** Options of {@link buildChain}. */
export interface BuildChainOptions {
  /** When the certificates are to be valid. Default: now. */
  readonly at?: Date | undefined;
}

/** A certificate and those above it. */
export interface Chain {
  /** The leaf first, each followed by its issuer, DER. */
  readonly certificates: readonly Uint8Array[];
  /** Where each certificate above the leaf stands in the pool. */
  readonly positions: readonly number[];
  /**
   * `complete`: the last certificate is a root. `missing-issuer`: its issuer is not in the pool. `loop`: its issuers
   * are all in the chain or lead back to it.
   */
  readonly status: 'complete' | 'missing-issuer' | 'loop';
  /** The name of the issuer that is not in the pool; null where there is none missing. */
  readonly missingIssuer: DistinguishedName | null;
  /** The key identifier of that issuer in upper-case hexadecimal, where the last certificate gives it. */
  readonly missingKeyIdentifier: string | null;
  /** Where the pool has something that is no certificate, and why. */
  readonly unreadable: readonly { readonly position: number; readonly error: CertificateDecodeError }[];
}

/**
 * Puts a certificate and its issuers, which a pool has in any order, into the order of a chain.
 *
 * Of several ways to a root (cross-signatures) the one of valid certificates is taken, then the shortest, then the first in
 * the pool. Where there is no way to a root, the longest way found is given, with the name of the issuer that it lacks.
 * A root is a certificate that names itself as its issuer. Names are compared as RFC 5280 §7.1 has it.
 *
 * Signatures are not verified and nothing is trusted here: OpenSSL does that, in `@sslkit/context`. The time it takes is in
 * proportion to the size of the pool, whatever is in it.
 *
 * @param leaf - DER, a `Certificate`, or a block of a PEM bundle.
 * @param pool - issuers in any order; the leaf may be among them, and so may unrelated certificates.
 * @throws CertificateDecodeError where the leaf is no certificate.
 * @throws TypeError `ERR_INVALID_ARG_TYPE` where something is not bytes, or the pool is not iterable.
 */
export function buildChain(
  leaf: CertificateInput,
  pool: Iterable<CertificateInput>,
  options: BuildChainOptions = {},
): Chain {
  const first = readChainLink(new Certificate(derOf('leaf', leaf)));
  if (typeof pool?.[Symbol.iterator] !== 'function') throw invalidArgumentType('pool', 'iterable', pool);
  const nodes: Node[] = [];
  const unreadable: { position: number; error: CertificateDecodeError }[] = [];
  let position = 0;
  for (const certificate of pool) {
    const der = derOf(`pool[${position}]`, certificate);
    try {
      nodes.push({ link: readChainLink(new Certificate(der)), position });
    } catch (error) {
      if (!(error instanceof CertificateDecodeError)) throw error;
      unreadable.push({ position, error });
    }
    position++;
  }
  const at = (options.at ?? new Date()).getTime();
  const sound = nodes.filter(({ link }) => link.mayIssue && isValidAt(link, at));
  const valid = search(first, sound);
  const found = valid.status === 'complete' ? valid : search(first, nodes);
  return { ...found, unreadable };
}

interface Node {
  readonly link: ChainLink;
  /** -1 for the leaf. */
  readonly position: number;
}

/** A node that the search has reached, and from where. */
interface Step extends Node {
  readonly below: Step | null;
}

function isValidAt({ notBefore, notAfter }: ChainLink, at: number): boolean {
  return notBefore !== null && notAfter !== null && notBefore.getTime() <= at && at <= notAfter.getTime();
}

function search(leaf: ChainLink, nodes: readonly Node[]): Omit<Chain, 'unreadable'> {
  const index = new IssuerIndex(nodes);
  let last: Step = { link: leaf, position: -1, below: null };
  let lastWithoutIssuer: Step | null = null;
  const queue: Step[] = [last];
  for (let at = 0; at < queue.length; at++) {
    const step = queue[at];
    if (step === undefined) break;
    if (isRoot(step.link)) return describe(step, 'complete');
    last = step;
    const issuers = index.takeIssuers(step.link);
    if (issuers === null) lastWithoutIssuer = step;
    for (const node of issuers ?? []) {
      if (!isSame(node.link.der, leaf.der)) queue.push({ ...node, below: step });
    }
  }
  // The queue is in the order of length, so the last is the longest.
  return lastWithoutIssuer === null ? describe(last, 'loop') : describe(lastWithoutIssuer, 'missing-issuer');
}

function describe(step: Step, status: Chain['status']): Omit<Chain, 'unreadable'> {
  const steps: Step[] = [];
  for (let at: Step | null = step; at !== null; at = at.below) steps.push(at);
  steps.reverse();
  const isMissing = status === 'missing-issuer';
  return {
    certificates: steps.map(({ link }) => link.der),
    positions: steps.slice(1).map(({ position }) => position),
    status,
    missingIssuer: isMissing ? step.link.issuer : null,
    missingKeyIdentifier: isMissing ? step.link.authorityKeyIdentifier : null,
  };
}

function isSame(one: Uint8Array, other: Uint8Array): boolean {
  return one.length === other.length && one.every((octet, at) => octet === other[at]);
}

/** The nodes of one subject. */
interface Namesakes {
  /** By key identifier; the empty text for those without one. */
  readonly byKey: Map<string, Node[]>;
  /** Whether all of them have been taken, so that no one looks through them again. */
  exhausted: boolean;
}

/** The nodes by what a certificate knows of its issuer. */
class IssuerIndex {
  readonly #bySubject = new Map<string, Namesakes>();

  constructor(nodes: readonly Node[]) {
    for (const node of nodes) {
      const { subjectKey, keyIdentifier } = node.link;
      const { byKey } = this.#namesakes(subjectKey);
      const same = byKey.get(keyIdentifier ?? '');
      if (same === undefined) byKey.set(keyIdentifier ?? '', [node]);
      else same.push(node);
    }
  }

  #namesakes(subjectKey: string): Namesakes {
    const known = this.#bySubject.get(subjectKey);
    if (known !== undefined) return known;
    const namesakes = { byKey: new Map(), exhausted: false };
    this.#bySubject.set(subjectKey, namesakes);
    return namesakes;
  }

  /**
   * The possible issuers that no call has given yet, in the order of the pool, those with the right key first; null where
   * there never was one.
   */
  takeIssuers({ issuerKey, authorityKeyIdentifier }: ChainLink): Node[] | null {
    const namesakes = this.#bySubject.get(issuerKey);
    if (namesakes === undefined) return null;
    const { byKey } = namesakes;
    if (authorityKeyIdentifier !== null) {
      const named = byKey.get(authorityKeyIdentifier);
      const unnamed = byKey.get('');
      if (named === undefined && unnamed === undefined) return null;
      return [...(named?.splice(0) ?? []), ...(unnamed?.splice(0) ?? [])];
    }
    if (namesakes.exhausted) return [];
    namesakes.exhausted = true;
    return [...byKey.values()].flatMap((same) => same.splice(0)).sort((one, other) => one.position - other.position);
  }
}
