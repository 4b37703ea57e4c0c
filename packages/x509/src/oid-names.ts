import { OidNames } from './oid.ts';
import { longNameTable } from './oid-tables/long-names.ts';

/** One named identifier of the table. */
export interface NamedOid {
  readonly oid: string;
  readonly longName: string;
}

/** Unpacks the table of long names, in its order: ascending identifiers. */
export function unpackLongNames(): NamedOid[] {
  let arcs: string[] = [];
  return longNameTable.split(/[;\n]/).map((entry) => {
    const space = entry.indexOf(' ');
    const others = entry.slice(1, space);
    arcs = arcs.slice(0, Number.parseInt(entry.charAt(0), 36));
    if (others !== '') arcs.push(...others.split('.'));
    return { oid: arcs.join('.'), longName: entry.slice(space + 1) };
  });
}

/** All 1,103 names that OpenSSL has for object identifiers. */
export const allNames: OidNames = /* @__PURE__ */ new OidNames(() => {
  const names = new Map<string, string>();
  for (const { oid, longName } of unpackLongNames()) {
    // Two objects are called 1.3; OpenSSL finds the first.
    if (!names.has(oid)) names.set(oid, longName);
  }
  return names;
});
