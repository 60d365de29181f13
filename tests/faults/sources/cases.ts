import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';
import { mutated, nameOf, type Path, placesOf, WAYS } from './mutate.ts';
import { SAMPLES, TEXTS } from './samples.ts';
import { Seeded } from './seeded.ts';

const TESTDATA = join(import.meta.dirname, '../../../src/sources/testdata');

/** A report as its tool wrote it. */
export interface Original {
  name: string;
  bytes: Buffer;
  /** The JSON values of it: of lines and YAML documents each; undefined where it is neither. */
  values: unknown[] | undefined;
  places: Path[];
}

/** A report that is not as its tool wrote it. */
export interface Case {
  what: string;
  name: string;
  bytes: Buffer;
  /** The originals of which it was made; its passes must be among theirs. */
  of: number[];
  /** The name of the member that was changed: where it speaks, the law does not hold. Undefined: it always holds. */
  member?: string;
  /** Bytes were changed at random, and with them perhaps words: only a crash counts. */
  free?: boolean;
}

export function originals(): Original[] {
  const files = readdirSync(TESTDATA, { withFileTypes: true })
    .filter((each) => each.isDirectory())
    .flatMap(({ name }) => readdirSync(join(TESTDATA, name)).map((file) => `${name}/${file}`))
    .map((name): [string, Buffer] => [name, readFileSync(join(TESTDATA, name))]);
  const own = Object.entries(SAMPLES).map(([name, value]): [string, Buffer] => [
    name,
    Buffer.from(JSON.stringify(value, null, 1)),
  ]);
  const texts = Object.entries(TEXTS).map(([name, text]): [string, Buffer] => [name, Buffer.from(text)]);
  return [...files, ...own, ...texts].map(([name, bytes]) => {
    const values = valuesOf(name, bytes.toString());
    return { name, bytes, values, places: values === undefined ? [] : placesOf(values) };
  });
}

function valuesOf(name: string, text: string): unknown[] | undefined {
  try {
    return [JSON.parse(text)];
  } catch {
    if (!/\.ya?ml$/.test(name)) return undefined;
    return parseAllDocuments(text).map((document) => document.toJS());
  }
}

const CUTS = 20;
const DEEP = 10_000;
/** Places at which a member is removed, null, of another type, huge. */
const PLACES = 3;
const CHANGES = PLACES * WAYS.length;
/**
 * Cases that every run has, for each original: cuts; members changed; encodings, depth, another file before, behind, around it; a newer version,
 * no results, "passed" of nothing.
 */
const FIXED = CUTS + CHANGES + 12;

export const fixedCases = (all: readonly Original[]): number => all.length * FIXED;

/** Case by its number: first the fixed ones, then as many as one likes from the seed. */
export function caseAt(index: number, seed: number, all: readonly Original[]): Case {
  if (index < fixedCases(all)) return fixed(Math.floor(index / FIXED), index % FIXED, all);
  const random = new Seeded(seed + index);
  // Of two, the smaller one: reading long ones takes most of the time, and damages the same readers.
  const [one, two] = [random.below(all.length), random.below(all.length)];
  const of = sizeOf(all[one]) <= sizeOf(all[two]) ? one : two;
  const original = all[of] as Original;
  return original.values === undefined || random.below(20) === 0
    ? scrambled(original, of, random)
    : changedMember(original, of, random);
}

const sizeOf = (original: Original | undefined): number => original?.bytes.length ?? 0;

function fixed(of: number, step: number, all: readonly Original[]): Case {
  const { name, bytes, values } = all[of] as Original;
  const next = (of * 7 + 3) % all.length;
  const other = all[next] as Original;
  const text = bytes.toString();
  const made = (what: string, changed: Buffer | string, and: number[] = []): Case => ({
    what: `${name} ${what}`,
    name,
    bytes: typeof changed === 'string' ? Buffer.from(changed) : changed,
    of: [of, ...and],
  });
  if (step >= CUTS && step < CUTS + CHANGES) return changedAt(all[of] as Original, of, step - CUTS);
  switch (step - CUTS - CHANGES) {
    case 0:
      return made('in UTF-16, little end', Buffer.from(`\ufeff${text}`, 'utf16le'));
    case 1:
      return made('in UTF-16, big end', Buffer.from(`\ufeff${text}`, 'utf16le').swap16());
    case 2:
      return made('in UTF-16 without a mark', Buffer.from(text, 'utf16le'));
    case 3: {
      const middle = Math.floor(bytes.length / 2);
      return made(
        'with a byte of Latin 1',
        Buffer.concat([bytes.subarray(0, middle), Buffer.from([0xe9, 0x20]), bytes.subarray(middle)]),
      );
    }
    case 4:
      return made(`before ${other.name}`, Buffer.concat([bytes, Buffer.from('\n'), other.bytes]), [next]);
    case 5:
      return made(
        `in a list with ${other.name}`,
        `[${JSON.stringify(values?.[0] ?? null)},${JSON.stringify(other.values?.[0] ?? null)}]`,
        [next],
      );
    case 6: {
      const both = { ...members(values?.[0]), ...members(other.values?.[0]) };
      // A member of the one takes the place of the other's: what speaks may be exchanged.
      return { ...made(`with the members of ${other.name}`, JSON.stringify(both), [next]), free: true };
    }
    case 7:
      return made(`${DEEP} deep`, deep(values?.[0], text));
    case 8:
      return made('in UTF-8 with a mark', Buffer.concat([Buffer.from('\ufeff'), bytes]));
    case 9:
      return { ...made('of a newer version', jsonOf(values, text, newer)), member: 'version' };
    case 10:
      return made('without results', jsonOf(values, text, emptied));
    case 11: {
      const nothing = jsonOf(values, text, (value) => ({
        ...members(emptied(value)),
        status: 'passed',
        passed: 0,
      }));
      return { ...made('that says passed, of nothing', nothing), member: 'status' };
    }
    default:
      return made(
        `cut at ${step + 1} of ${CUTS + 1}`,
        bytes.subarray(0, Math.floor((bytes.length * (step + 1)) / (CUTS + 1))),
      );
  }
}

/** JSON of each value after a change; the text itself where it has none. */
const jsonOf = (values: readonly unknown[] | undefined, text: string, change: (value: unknown) => unknown) =>
  values === undefined ? text : values.map((value) => JSON.stringify(change(value)) ?? '').join('\n');

/** A copy of a JSON value with each member replaced by what `change` makes of it. */
function mapped(value: unknown, change: (member: unknown, name: string) => unknown, name = ''): unknown {
  const made = change(value, name);
  if (made !== value || typeof value !== 'object' || value === null) return made;
  if (Array.isArray(value)) return value.map((each) => mapped(each, change, name));
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, mapped(each, change, key)]));
}

const VERSION = /^(schema_?version|(tool_|checkov_|product_|api_?)?version|\$schema|_type|predicateType)$/i;
/** Every version in it is one that nobody knows yet. */
const newer = (value: unknown): unknown =>
  mapped(value, (member, name) => {
    if (!VERSION.test(name)) return member;
    if (typeof member === 'number') return 99;
    return typeof member === 'string' ? member.replace(/v?\d[\w.]*$|$/, '99.0') : member;
  });

/** Every list in it is empty, every number zero. */
export const emptied = (value: unknown): unknown =>
  Array.isArray(value) && value.every((each) => typeof each !== 'object')
    ? []
    : mapped(value, (member) => (Array.isArray(member) ? [] : typeof member === 'number' ? 0 : member));

/** What has the shape of a credential (Amazon's own example) at the end of every longer text. */
export const SECRET = 'AKIAIOSFODNN7EXAMPLE';
export const withSecrets = (value: unknown): unknown =>
  mapped(value, (member) =>
    typeof member === 'string' && (member.length > 40 || /\w \w/.test(member))
      ? `${member} ${SECRET}`
      : member,
  );

const members = (value: unknown): object =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? value : {};

/** A member more that is nested deep; where there are no members, all of it within lists. */
function deep(value: unknown, text: string): string {
  const nest = '['.repeat(DEEP) + ']'.repeat(DEEP);
  const rest = JSON.stringify(members(value));
  return rest === '{}' ? '['.repeat(DEEP) + text : `{"deep":${nest},${rest.slice(1)}`;
}

/** One member, at a place that follows from the number of the change; bytes where there are no members. */
function changedAt(original: Original, of: number, change: number): Case {
  const random = new Seeded(of * CHANGES + change);
  return original.values === undefined
    ? scrambled(original, of, random)
    : changedMember(original, of, random, WAYS[change % WAYS.length]);
}

function changedMember(
  { name, values, places }: Original,
  of: number,
  random: Seeded,
  given?: (typeof WAYS)[number],
): Case {
  const path = random.pick(places.length === 0 ? [[]] : places);
  const way = given ?? random.pick(WAYS);
  const changed = mutated(values, path, way, random) as unknown[];
  return {
    what: `${name}: ${path.slice(1).join('.')} ${way}`,
    name,
    bytes: Buffer.from(changed.map((each) => JSON.stringify(each) ?? '').join('\n')),
    of: [of],
    member: nameOf(path),
    free: path.length < 2,
  };
}

function scrambled({ name, bytes }: Original, of: number, random: Seeded): Case {
  const at = random.below(bytes.length);
  const length = random.below(64);
  const put = random.pick([
    Buffer.alloc(0),
    Buffer.from([random.below(256)]),
    bytes.subarray(at, at + length),
    Buffer.from('"{[<&;\0'),
  ]);
  const end = random.pick([at, at + 1, at + length]);
  return {
    what: `${name}: bytes ${at} to ${end} replaced by ${put.toString('hex').slice(0, 40)}`,
    name,
    bytes: Buffer.concat([bytes.subarray(0, at), put, bytes.subarray(end)]),
    of: [of],
    free: true,
  };
}
