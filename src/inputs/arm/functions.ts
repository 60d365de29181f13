import { isDeepStrictEqual } from 'node:util';
import { isObject } from '../source.ts';

/** A value that only the deployment gives, with the expression that stands for it. */
export class Unknown {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

/** What a function gives where its arguments are of a kind that it does not take, or are not all known. */
export const OPEN = Symbol('open');

/** Longest text that a function makes; templates as a whole have 4 MB. */
const MOST_TEXT = 1_000_000;

type Call = (args: readonly unknown[]) => unknown;

/**
 * Functions whose value follows from their arguments alone. An argument may be Unknown, or hold one.
 * @see Microsoft, "ARM template functions"
 */
export const FUNCTIONS: ReadonlyMap<string, Call> = new Map<string, Call>([
  ['true', () => true],
  ['false', () => false],
  ['null', () => null],
  ['and', (args) => both(args, false)],
  ['or', (args) => both(args, true)],
  ['not', ([one]) => (typeof one === 'boolean' ? !one : OPEN)],
  ['if', ([condition, yes, no]) => (typeof condition === 'boolean' ? (condition ? yes : no) : OPEN)],
  ['equals', ([a, b]) => (isKnown(a) && isKnown(b) ? isDeepStrictEqual(a, b) : OPEN)],
  ['less', (args) => ordered(args, (a, b) => a < b)],
  ['lessorequals', (args) => ordered(args, (a, b) => a <= b)],
  ['greater', (args) => ordered(args, (a, b) => a > b)],
  ['greaterorequals', (args) => ordered(args, (a, b) => a >= b)],
  ['coalesce', (args) => args.find((one) => one !== null) ?? null],
  ['empty', ([one]) => (one === null ? true : sized(one, (size) => size === 0))],
  ['length', ([one]) => sized(one, (size) => size)],
  ['contains', ([holder, wanted]) => contains(holder, wanted)],
  [
    'first',
    ([one]) => (typeof one === 'string' ? (one[0] ?? '') : Array.isArray(one) ? (one[0] ?? null) : OPEN),
  ],
  [
    'last',
    ([one]) => (typeof one === 'string' ? one.slice(-1) : Array.isArray(one) ? (one.at(-1) ?? null) : OPEN),
  ],
  ['createarray', (args) => [...args]],
  ['createobject', createObject],
  ['array', ([one]) => (one instanceof Unknown ? OPEN : Array.isArray(one) ? one : [one])],
  ['union', union],
  ['concat', concat],
  ['format', format],
  ['string', ([one]) => (typeof one === 'string' ? one : isKnown(one) ? JSON.stringify(one) : OPEN)],
  ['int', ([one]) => (typeof one === 'number' ? one : isDigits(one) ? Number(one) : OPEN)],
  ['bool', ([one]) => (typeof one === 'boolean' ? one : truth(one))],
  ['tolower', (args) => text(args, (one) => one.toLowerCase())],
  ['toupper', (args) => text(args, (one) => one.toUpperCase())],
  ['trim', (args) => text(args, (one) => one.trim())],
  [
    'startswith',
    (args) => text(args, (one, start = '') => one.toLowerCase().startsWith(start.toLowerCase())),
  ],
  ['endswith', (args) => text(args, (one, end = '') => one.toLowerCase().endsWith(end.toLowerCase()))],
  ['replace', (args) => text(args, (one, old, by) => (old ? one.replaceAll(old, () => by ?? '') : OPEN))],
  ['split', (args) => text(args, (one, by) => (by ? one.split(by) : OPEN))],
  ['join', ([list, by]) => (isTexts(list) && typeof by === 'string' ? list.join(by) : OPEN)],
  ['substring', ([one, start, length]) => substring(one, start, length)],
  ['add', (args) => numbers(args, (a, b) => a + b)],
  ['sub', (args) => numbers(args, (a, b) => a - b)],
  ['mul', (args) => numbers(args, (a, b) => a * b)],
]);

/** Whether nothing of a value is unknown. */
export function isKnown(value: unknown): boolean {
  if (value instanceof Unknown) return false;
  if (Array.isArray(value)) return value.every(isKnown);
  return !isObject(value) || Object.values(value).every(isKnown);
}

/** One value decides, whatever the others are. */
function both(args: readonly unknown[], deciding: boolean): unknown {
  if (args.includes(deciding)) return deciding;
  return args.every((one) => typeof one === 'boolean') ? !deciding : OPEN;
}

function ordered(
  [a, b]: readonly unknown[],
  is: (a: number | string, b: number | string) => boolean,
): unknown {
  if (typeof a === 'number' && typeof b === 'number') return is(a, b);
  return typeof a === 'string' && typeof b === 'string' ? is(a, b) : OPEN;
}

function sized(value: unknown, of: (size: number) => unknown): unknown {
  if (value instanceof Unknown) return OPEN;
  if (typeof value === 'string' || Array.isArray(value)) return of(value.length);
  return isObject(value) ? of(Object.keys(value).length) : OPEN;
}

function contains(holder: unknown, wanted: unknown): unknown {
  if (holder instanceof Unknown || !isKnown(wanted)) return OPEN;
  if (typeof holder === 'string') return typeof wanted === 'string' ? holder.includes(wanted) : OPEN;
  if (Array.isArray(holder)) {
    if (holder.some((one) => isDeepStrictEqual(one, wanted))) return true;
    return isKnown(holder) ? false : OPEN;
  }
  if (!isObject(holder) || typeof wanted !== 'string') return OPEN;
  return Object.keys(holder).some((key) => key.toLowerCase() === wanted.toLowerCase());
}

function createObject(args: readonly unknown[]): unknown {
  const made: [string, unknown][] = [];
  for (let i = 0; i < args.length; i += 2) {
    const key = args[i];
    if (typeof key !== 'string') return OPEN;
    made.push([key, args[i + 1]]);
  }
  return Object.fromEntries(made);
}

function union(args: readonly unknown[]): unknown {
  if (args.every(Array.isArray)) {
    const list = args.flat();
    return isKnown(list)
      ? list.filter((one, i) => list.findIndex((other) => isDeepStrictEqual(one, other)) === i)
      : OPEN;
  }
  if (!args.every((one) => isObject(one) && !(one instanceof Unknown))) return OPEN;
  return (args as Record<string, unknown>[]).reduce<Record<string, unknown>>(
    (all, one) => joined(all, one),
    {},
  );
}

/** Objects within both are joined as well. */
function joined(a: Record<string, unknown>, b: Record<string, unknown>): Record<string, unknown> {
  const made = new Map(Object.entries(a));
  for (const [key, value] of Object.entries(b)) {
    const before = made.get(key);
    made.set(
      key,
      isObject(before) && isObject(value) && !(before instanceof Unknown) && !(value instanceof Unknown)
        ? joined(before, value)
        : value,
    );
  }
  return Object.fromEntries(made);
}

const isPlain = (value: unknown): value is string | number | boolean =>
  typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';

/** Truth values are written as .NET writes them. */
const plainText = (value: string | number | boolean): string =>
  typeof value === 'boolean' ? (value ? 'True' : 'False') : String(value);

function concat(args: readonly unknown[]): unknown {
  if (args.length > 0 && args.every(Array.isArray)) return args.flat();
  if (!args.every(isPlain)) return OPEN;
  return short(args.map(plainText).join(''));
}

function format([pattern, ...values]: readonly unknown[]): unknown {
  if (typeof pattern !== 'string') return OPEN;
  let open = false;
  const made = pattern.replace(/\{\{|\}\}|\{(\d+)\}|[{}]/g, (found, index?: string) => {
    if (found === '{{' || found === '}}') return found.slice(1);
    const value = index === undefined ? undefined : values[Number(index)];
    if (isPlain(value)) return plainText(value);
    open = true;
    return '';
  });
  return open ? OPEN : short(made);
}

const short = (made: string): unknown => (made.length > MOST_TEXT ? OPEN : made);

function text(args: readonly unknown[], of: (...texts: string[]) => unknown): unknown {
  if (!args.every((one) => typeof one === 'string')) return OPEN;
  const made = of(...(args as string[]));
  return typeof made === 'string' ? short(made) : made;
}

const isTexts = (value: unknown): value is string[] =>
  Array.isArray(value) && value.every((one) => typeof one === 'string');

const isDigits = (value: unknown): boolean => typeof value === 'string' && /^-?\d{1,15}$/.test(value);

function truth(value: unknown): unknown {
  if (value === 1 || value === 0) return value === 1;
  const word = typeof value === 'string' ? value.toLowerCase() : '';
  return word === 'true' ? true : word === 'false' ? false : OPEN;
}

function substring(one: unknown, start: unknown, length: unknown): unknown {
  if (typeof one !== 'string' || typeof start !== 'number') return OPEN;
  if (length === undefined) return one.slice(start);
  return typeof length === 'number' && start + length <= one.length ? one.slice(start, start + length) : OPEN;
}

function numbers([a, b]: readonly unknown[], of: (a: number, b: number) => number): unknown {
  if (typeof a !== 'number' || typeof b !== 'number') return OPEN;
  const made = of(a, b);
  return Number.isSafeInteger(made) ? made : OPEN;
}
