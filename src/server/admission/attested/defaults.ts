import type { Row } from './row.ts';
import { OTHERS } from './rows-others.ts';
import { OBJECT, WORKLOADS } from './rows-workloads.ts';

/** Where an object carries its own attestation: it is no part of what was attested. */
export const CARRIER = 'admission.exhibit/attestation';
export const CARRIER_PLACE = '/metadata/annotations/admission.exhibit~1attestation';

/** Whatever the kind. A name is added where the manifest asks for one to be made; whose object it is was looked at before. */
const EVERYWHERE: readonly Row[] = [
  { at: CARRIER_PLACE, given: true },
  { at: '/metadata/name', given: true },
  { at: '/metadata/namespace', given: true },
];

/** Rows by the last segment of their place, which is where a difference is looked up. */
export type Table = ReadonlyMap<string, readonly { segments: readonly string[]; row: Row }[]>;

const KINDS = { ...WORKLOADS, ...OTHERS };
const made = new Map<string, Table>();

/**
 * The named differences of a kind.
 * @param type such as `apps/v1 Deployment`; attacker-controlled
 */
export function tableOf(type: string): Table {
  const known = Object.hasOwn(KINDS, type) ? type : '';
  const before = made.get(known);
  if (before !== undefined) return before;
  const table = tableWith([...EVERYWHERE, ...(KINDS[known] ?? OBJECT)]);
  made.set(known, table);
  return table;
}

export function tableWith(rows: readonly Row[]): Table {
  const all = rows.map((row) => ({ segments: row.at.split('/').slice(1), row }));
  return Map.groupBy(all, ({ segments }) => segments.at(-1) ?? '');
}

/** For documentation: every kind with its rows. */
export const NAMED_KINDS: Readonly<Record<string, readonly Row[]>> = KINDS;
