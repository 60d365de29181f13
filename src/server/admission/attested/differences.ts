import type { Sha256 } from '../../../record/index.ts';
import { compareObject, type ObjectDifference, scalarDigest } from '../../../verify/index.ts';
import { type Table, tableOf } from './defaults.ts';
import { type Allowed, isMutation, withoutInjected } from './mutations.ts';
import { filled, matchPointer, segmentsOf, valueAt } from './pattern.ts';
import { spellings } from './quantity.ts';
import { type Condition, isNamed, type Row } from './row.ts';

/** What is compared: an attested object by its tree, and the one that is about to be admitted. */
export interface Compared {
  tree: unknown;
  /** JSON value; attacker-controlled. */
  admitted: unknown;
  /** `apps/v1 Deployment` */
  type: string;
  /** What the operator named besides. */
  allowed: Allowed;
}

/**
 * Where an admitted object differs from what was attested in a way that nobody named, in the order of the places. No value is told, only
 * places.
 */
export function unnamedDifferences(sha256: Sha256, compared: Compared): ObjectDifference[] {
  const { type, allowed } = compared;
  const admitted = withoutInjected(compared.admitted, type, allowed);
  const tree = withoutNulls(sha256, compared.tree, admitted);
  const found = compareObject(sha256, tree, admitted);
  if (found.length === 0) return found;
  const look = { sha256, tree, admitted, table: tableOf(type) };
  return found.filter((difference) => !isDefault(difference, look) && !isMutation(difference, type, allowed));
}

interface Look {
  sha256: Sha256;
  tree: unknown;
  admitted: unknown;
  table: Table;
}

function isDefault(difference: ObjectDifference, look: Look): boolean {
  const segments = segmentsOf(difference.pointer);
  switch (difference.change) {
    case 'added':
      // A row may speak of something that was added whole, such as an item of a list.
      return segments.some((_, length) => {
        const place = segments.slice(0, length + 1);
        return valueAt(look.tree, place) === undefined && someRow(place, look, isAdded);
      });
    case 'changed':
      return someRow(segments, look, isRewritten);
    case 'removed':
      return (
        isNothing(look.sha256, valueAt(look.tree, segments)) &&
        someRow(segments, look, (row) => 'dropped' in row)
      );
  }
}

type Asks = (row: Row, value: unknown, stars: readonly string[], look: Look, before: unknown) => boolean;

function someRow(place: readonly string[], look: Look, asks: Asks): boolean {
  const value = valueAt(look.admitted, place);
  const last = place.at(-1) ?? '';
  return [last, '*'].some((key) =>
    (look.table.get(key) ?? []).some(({ segments, row }) => {
      const stars = matchPointer(segments, place);
      return stars !== undefined && asks(row, value, stars, look, valueAt(look.tree, place));
    }),
  );
}

function isAdded(row: Row, value: unknown, stars: readonly string[], look: Look): boolean {
  if ('given' in row) return true;
  if ('is' in row) return isNamed(value, row.is) && holds(row.where, stars, look);
  if (!('like' in row)) return false;
  const other = valueAt(look.admitted, segmentsOf(filled(row.like, stars)));
  return typeof value !== 'object' && value !== undefined && value === other && holds(row.where, stars, look);
}

function isRewritten(
  row: Row,
  value: unknown,
  _stars: readonly string[],
  { sha256 }: Look,
  before: unknown,
): boolean {
  if ('quantity' in row) return spellings(value).some((text) => before === scalarDigest(sha256, text));
  return 'is' in row && row.zero === true && isNamed(value, row.is) && before === scalarDigest(sha256, 0);
}

function holds(where: Condition | undefined, stars: readonly string[], { admitted }: Look): boolean {
  if (where === undefined) return true;
  const value = valueAt(admitted, segmentsOf(filled(where.at, stars)));
  return 'in' in where
    ? where.in.some((one) => isNamed(value, one))
    : !where.not.some((one) => isNamed(value, one));
}

/** Texts, numbers and the rest that many fields of an API server's types take for "not written". */
const NOTHING = ['', 0, false];

function isNothing(sha256: Sha256, before: unknown): boolean {
  if (typeof before === 'object' && before !== null) return Object.keys(before).length === 0;
  return NOTHING.some((value) => before === scalarDigest(sha256, value));
}

/** A null in a manifest says that nothing stands there, so that a default may; an API server keeps it only where a type wants it. */
function withoutNulls(sha256: Sha256, tree: unknown, admitted: unknown): unknown {
  const none = scalarDigest(sha256, null);
  const prune = (node: unknown, beside: unknown): unknown => {
    if (Array.isArray(node)) return node.map((item, at) => prune(item, valueAt(beside, [String(at)])));
    if (typeof node !== 'object' || node === null) return node;
    const entries = Object.entries(node).flatMap(([key, item]): [string, unknown][] => {
      const other = isMember(beside, key) ? beside[key] : undefined;
      return item === none && other !== null ? [] : [[key, prune(item, other)]];
    });
    return Object.fromEntries(entries);
  };
  return prune(tree, admitted);
}

function isMember(value: unknown, key: string): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, key);
}
