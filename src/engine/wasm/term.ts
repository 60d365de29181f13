/** A Rego number, as its text: 1.0 and 1 print differently, and integers have no upper end. */
export class RegoNumber {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

export class RegoSet {
  readonly items: readonly Term[];
  constructor(items: readonly Term[]) {
    this.items = items;
  }
}

/** An object of Rego: keys may be of any type. */
export class RegoObject {
  readonly entries: readonly (readonly [Term, Term])[];
  constructor(entries: readonly (readonly [Term, Term])[]) {
    this.entries = entries;
  }

  get(key: string): Term | undefined {
    return this.entries.find(([name]) => name === key)?.[1];
  }
}

/** A value of Rego. More than JSON: sets, keys of any type, exact numbers. */
export type Term = null | boolean | string | RegoNumber | readonly Term[] | RegoSet | RegoObject;

export const isArray = (term: Term): term is readonly Term[] => Array.isArray(term);

/** A number of Rego from an integer. */
export const int = (value: number | bigint): RegoNumber => new RegoNumber(String(value));

const RANK = { null: 0, boolean: 1, number: 2, string: 3, array: 4, object: 5, set: 6 } as const;
export type TermType = keyof typeof RANK;

export function typeOf(term: Term): TermType {
  if (term === null) return 'null';
  if (typeof term === 'boolean') return 'boolean';
  if (typeof term === 'string') return 'string';
  if (term instanceof RegoNumber) return 'number';
  if (term instanceof RegoSet) return 'set';
  return term instanceof RegoObject ? 'object' : 'array';
}

/**
 * The order of Rego: null, booleans, numbers, strings, arrays, objects, sets; then by value.
 * @see OPA's ast.Compare
 */
export function compareTerms(a: Term, b: Term): number {
  const rank = RANK[typeOf(a)] - RANK[typeOf(b)];
  if (rank !== 0) return rank;
  if (a === null || b === null) return 0;
  if (typeof a === 'boolean') return Number(a) - Number(b);
  if (typeof a === 'string') return compareText(a, b as string);
  if (a instanceof RegoNumber) return compareNumbers(a, b as RegoNumber);
  if (a instanceof RegoSet) return compareLists(sorted(a.items), sorted((b as RegoSet).items));
  if (a instanceof RegoObject) return compareObjects(a, b as RegoObject);
  return compareLists(a, b as readonly Term[]);
}

export const sorted = (terms: readonly Term[]): Term[] => [...terms].sort(compareTerms);

export const sortedEntries = (object: RegoObject): (readonly [Term, Term])[] =>
  [...object.entries].sort(([a], [b]) => compareTerms(a, b));

export const equalTerms = (a: Term, b: Term): boolean => compareTerms(a, b) === 0;

/** By Unicode code points, which is the order of UTF-8 bytes that Go compares. */
function compareText(a: string, b: string): number {
  if (a === b) return 0;
  const [left, right] = [[...a], [...b]];
  for (let i = 0; i < Math.min(left.length, right.length); i += 1) {
    const difference = (left[i]?.codePointAt(0) ?? 0) - (right[i]?.codePointAt(0) ?? 0);
    if (difference !== 0) return difference;
  }
  return left.length - right.length;
}

function compareNumbers(a: RegoNumber, b: RegoNumber): number {
  const integers = /^-?\d+$/;
  if (integers.test(a.text) && integers.test(b.text)) {
    const [left, right] = [BigInt(a.text), BigInt(b.text)];
    return left < right ? -1 : Number(left > right);
  }
  return Number(a.text) - Number(b.text);
}

function compareLists(a: readonly Term[], b: readonly Term[]): number {
  for (let i = 0; i < Math.min(a.length, b.length); i += 1) {
    const order = compareTerms(a[i] ?? null, b[i] ?? null);
    if (order !== 0) return order;
  }
  return a.length - b.length;
}

function compareObjects(a: RegoObject, b: RegoObject): number {
  const [left, right] = [sortedEntries(a), sortedEntries(b)];
  const keys = compareLists(
    left.map(([key]) => key),
    right.map(([key]) => key),
  );
  return keys === 0
    ? compareLists(
        left.map(([, value]) => value),
        right.map(([, value]) => value),
      )
    : keys;
}
