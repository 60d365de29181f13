/** One field that differs. A side on which it is not there is left out. */
export interface FieldChange {
  /** JSON Pointer into the object as it is now, or was where the field is gone. @see RFC 6901 */
  path: string;
  before?: unknown;
  after?: unknown;
}

/** What says of itself that it changed, and of nothing else. */
const NOISE: ReadonlySet<string> = new Set([
  '/metadata/resourceVersion',
  '/metadata/generation',
  '/metadata/managedFields',
  '/metadata/annotations/kubectl.kubernetes.io~1last-applied-configuration',
  '/metadata/annotations/deployment.kubernetes.io~1revision',
  '/status',
]);
const MOST_VALUE = 300;

/**
 * Fields in which two objects differ; both are without their secrets, so that no value of one is shown.
 * Items of a list that have names are compared by name.
 * @param most fields that are listed; the rest is counted
 */
export function changesBetween(
  before: unknown,
  after: unknown,
  most = 30,
): { changed: FieldChange[]; more: number } {
  const all: FieldChange[] = [];
  compare(before, after, '', all);
  all.sort((a, b) => rankOf(a) - rankOf(b));
  return { changed: all.slice(0, most), more: Math.max(0, all.length - most) };
}

/** What was there and is another now comes first: what an API server adds by itself is mostly its defaults. */
function rankOf(one: FieldChange): number {
  if (!('before' in one)) return 2;
  return 'after' in one ? 0 : 1;
}

function compare(before: unknown, after: unknown, path: string, found: FieldChange[]): void {
  if (NOISE.has(path) || before === after) return;
  const [a, b] = [membersOf(before, after), membersOf(after, before)];
  if (a === undefined || b === undefined || a.list !== b.list) {
    if (text(before) !== text(after)) found.push(change(path, before, after));
    return;
  }
  for (const [key, { value, at }] of a.members) {
    const other = b.members.get(key);
    if (other === undefined) add(change(`${path}/${at}`, value, undefined), found);
    else compare(value, other.value, `${path}/${other.at}`, found);
  }
  for (const [key, { value, at }] of b.members)
    if (!a.members.has(key)) add(change(`${path}/${at}`, undefined, value), found);
}

function add(one: FieldChange, found: FieldChange[]): void {
  if (!NOISE.has(one.path)) found.push(one);
}

type Members = { list: boolean; members: Map<string, { value: unknown; at: string }> };

/** Of a list by the names of its items, where those of both lists have one each; else by their place. */
function membersOf(value: unknown, other: unknown): Members | undefined {
  if (Array.isArray(value)) {
    const named = Array.isArray(other) && namesOf(value) !== undefined && namesOf(other) !== undefined;
    const names = named ? namesOf(value) : undefined;
    const members = value.map((item, at): [string, { value: unknown; at: string }] => [
      names?.[at] ?? String(at),
      { value: item, at: String(at) },
    ]);
    return { list: true, members: new Map(members) };
  }
  if (typeof value !== 'object' || value === null) return undefined;
  const members = Object.entries(value).map(([key, item]): [string, { value: unknown; at: string }] => [
    key,
    { value: item, at: key.replaceAll('~', '~0').replaceAll('/', '~1') },
  ]);
  return { list: false, members: new Map(members) };
}

function namesOf(list: readonly unknown[]): string[] | undefined {
  const names = list.map((item) => (item as { name?: unknown } | null)?.name);
  const all = names.filter((name) => typeof name === 'string');
  return all.length === list.length && new Set(all).size === all.length ? all : undefined;
}

function change(path: string, before: unknown, after: unknown): FieldChange {
  return {
    path,
    ...(before === undefined ? {} : { before: short(before) }),
    ...(after === undefined ? {} : { after: short(after) }),
  };
}

function text(value: unknown): string | undefined {
  return value === undefined ? undefined : JSON.stringify(value);
}

/** A long value is cut, and says so: the stored inputs have it whole. */
function short(value: unknown): unknown {
  const written = JSON.stringify(value);
  if (written.length <= MOST_VALUE) return value;
  return `${written.slice(0, MOST_VALUE).toWellFormed()}… (cut, ${written.length} characters)`;
}
