import type { Pattern } from './pattern.ts';

/** A JSON value; an expression, which is anchored at both ends, stands for the texts that it matches. */
export type Named =
  | null
  | boolean
  | number
  | string
  | RegExp
  | readonly Named[]
  | { readonly [key: string]: Named };

/** Holds only where the value at another place is one of these, or is none of these. */
export type Condition = { at: Pattern; in: Values } | { at: Pattern; not: Values };
/** Undefined: nothing stands there. */
type Values = readonly (Named | undefined)[];

/**
 * One named difference between what was attested and what an API server makes of it. Each was seen in a real API server
 * (tests/interop/apiserver/defaults); what is not named denies.
 */
export type Row =
  /** Added whole, with this value; `zero`: also in the place of 0, which the API server takes there for "not written". */
  | { at: Pattern; is: Named; where?: Condition; zero?: true }
  /** Added, with the value of another place of the object. */
  | { at: Pattern; like: Pattern; where?: Condition }
  /** A false, 0 or empty text, list or object, which the API server leaves out there because it is the same to it as nothing. */
  | { at: Pattern; dropped: true }
  /** Added, with whatever the API server gives out. */
  | { at: Pattern; given: true }
  /** A quantity, which the API server writes in its own form. */
  | { at: Pattern; quantity: true };

/**
 * Rows of a part that stands at a place. In what they refer to, a star of the place is `$1`, so that the first star of a row's own is `$2`
 * there. A pattern that begins with `^` is one of the whole object.
 */
export function rowsAt(place: string, rows: readonly Row[]): Row[] {
  let star = 0;
  const same = place.replaceAll('*', () => {
    star += 1;
    return `$${star}`;
  });
  const to = (pattern: Pattern) => (pattern.startsWith('^') ? pattern.slice(1) : `${same}${pattern}`);
  const moved = (where: Condition | undefined) =>
    where === undefined ? {} : { where: { ...where, at: to(where.at) } };
  return rows.map((row) => {
    const at = `${place}${row.at}`;
    if ('is' in row) return { ...row, at, ...moved(row.where) };
    if ('like' in row) return { ...row, at, like: to(row.like), ...moved(row.where) };
    return { ...row, at };
  });
}

export const dropped = (...places: readonly Pattern[]): Row[] => places.map((at) => ({ at, dropped: true }));

/** Whether a value is the named one, whole. */
export function isNamed(value: unknown, named: Named | undefined): boolean {
  if (named instanceof RegExp) return typeof value === 'string' && named.test(value);
  if (typeof named !== 'object' || named === null) return value === named;
  if (typeof value !== 'object' || value === null || Array.isArray(value) !== Array.isArray(named))
    return false;
  const [own, wanted] = [Object.entries(value), Object.entries(named)];
  return (
    own.length === wanted.length &&
    wanted.every(
      ([key, item]) =>
        Object.hasOwn(value, key) && isNamed((value as Record<string, unknown>)[key], item as Named),
    )
  );
}
