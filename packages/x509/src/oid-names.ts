import { OidNames } from './oid.ts';
import { arcTable, longNameTable } from './oid-tables/long-names.ts';

/** One named identifier of the table. */
export interface NamedOid {
  readonly oid: string;
  readonly longName: string;
}

/** Unpacks the table of long names, in its order: ascending identifiers. */
export function unpackLongNames(): NamedOid[] {
  const names = longNameTable.split(/[;\n]/);
  let arcs: string[] = [];
  return arcTable.split(/[;\n]/).map((change, index) => {
    const [dropped, ...added] = (change || '1').split('.');
    const kept = arcs.length - Number(dropped);
    // Nothing to add: the next number in the place of the first arc that is dropped.
    if (added.length === 0 && kept < arcs.length) added.push(`${Number(arcs[kept]) + 1}`);
    arcs = [...arcs.slice(0, kept), ...added];
    return { oid: arcs.join('.'), longName: names[index] as string };
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
