import type { Seeded } from './seeded.ts';

export const WAYS = ['removed', 'null', 'retyped', 'huge'] as const;
export type Way = (typeof WAYS)[number];

/** A place in a JSON value: the keys to it. */
export type Path = readonly (string | number)[];

/** Every place in a value, the deepest last. */
export function placesOf(value: unknown): Path[] {
  const places: Path[] = [];
  const queue: [unknown, Path][] = [[value, []]];
  for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
    const [at, path] = next;
    if (typeof at !== 'object' || at === null) continue;
    for (const [key, each] of Object.entries(at)) {
      const to = [...path, Array.isArray(at) ? Number(key) : key];
      places.push(to);
      queue.push([each, to]);
    }
  }
  return places;
}

/** A copy with one place changed. */
export function mutated(value: unknown, path: Path, way: Way, random: Seeded): unknown {
  const [key, ...rest] = path;
  if (key === undefined) return value;
  const copy: unknown = Array.isArray(value) ? [...value] : { ...(value as object) };
  const members = copy as Record<string | number, unknown>;
  if (rest.length > 0) members[key] = mutated(members[key], rest, way, random);
  else if (way !== 'removed') members[key] = changed(members[key], way, random);
  else if (Array.isArray(copy)) copy.splice(Number(key), 1);
  else delete members[key];
  return copy;
}

function changed(value: unknown, way: Way, random: Seeded): unknown {
  if (way === 'null') return null;
  if (way === 'huge') {
    if (Array.isArray(value)) return Array.from({ length: 2_000 }, () => 0);
    if (typeof value === 'number') return random.pick([Number.MAX_SAFE_INTEGER, 1e300, -1e300, 2 ** 53]);
    return 'x'.repeat(70_000);
  }
  const others = [
    'text',
    '',
    0,
    -1,
    1.5,
    true,
    false,
    [],
    {},
    [value],
    { value },
    String(value),
    Number(value),
  ];
  const type = (one: unknown) => (Array.isArray(one) ? 'array' : typeof one);
  return random.pick(others.filter((one) => type(one) !== type(value) && !Number.isNaN(one)));
}

/** The nearest name above a place: of an item of a list the name of the list. */
export const nameOf = (path: Path): string => path.findLast((key) => typeof key === 'string') ?? '';
