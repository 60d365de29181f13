import type { UnnumberedRecord } from '../../../src/engine/index.ts';
import { isExhibitError } from '../../../src/record/index.ts';
import {
  detectSource,
  type Ingested,
  type Item,
  ingest,
  type Opened,
  openText,
  type Source,
} from '../../../src/sources/index.ts';

export interface Seen {
  source: Source | undefined;
  /** Check and subject of each pass, sorted. */
  passes: string[];
  outcomes: number;
  problems: number;
}

/**
 * Reads a report with the format that it is detected as, or a named one. An error with a code is how a report is refused; any other exception is a crash.
 * @param records also make records of it
 */
export async function readBytes(bytes: Buffer, name: string, named?: Source, records = false): Promise<Seen> {
  return readOpened(await open(bytes, name), named, records);
}

/** A report that is open, to be read by several formats; undefined where it is refused. */
export async function open(bytes: Buffer, name: string): Promise<Opened | undefined> {
  try {
    return await openText(bytes, name);
  } catch (error) {
    if (!isExhibitError(error)) throw error;
    return undefined;
  }
}

/** As `readBytes`, of one that is open. */
export async function readOpened(opened: Opened | undefined, named?: Source, records = false): Promise<Seen> {
  const seen: Seen = { source: named, passes: [], outcomes: 0, problems: 0 };
  const items: Item[] = [];
  try {
    if (opened === undefined) return { ...seen, problems: 1 };
    const source = named ?? detectSource(opened.sample).source;
    seen.source = source;
    for await (const item of source.read(opened.report)) {
      items.push(item);
      if (item.type === 'problem') seen.problems += 1;
      if (item.type !== 'outcome') continue;
      seen.outcomes += 1;
      if (item.verdict === 'pass' && item.suppressed === undefined)
        seen.passes.push(`${item.tool ?? source.tool}/${item.check} ${item.subject.type} ${item.subject.id}`);
    }
  } catch (error) {
    if (!isExhibitError(error)) throw error;
    seen.problems += 1;
  }
  if (records && seen.source !== undefined) await drain(items, seen.source);
  seen.passes.sort();
  return seen;
}

const drain = async (items: Item[], source: Source): Promise<void> => void (await recorded(items, source));

/** The records of what was read, and what became of it. */
export async function recorded(
  items: Item[],
  source: Source,
): Promise<{ records: UnnumberedRecord[]; result: Ingested }> {
  const made = ingest(items, {
    source,
    report: 'report',
    raw_digest: `sha256:${'0'.repeat(64)}`,
    emitter: 'ci.test',
    attribution: {},
    now: Date.UTC(2026, 0, 1),
    random: (length) => new Uint8Array(length),
  });
  const records: UnnumberedRecord[] = [];
  for (;;) {
    const step = await made.next();
    if (step.done === true) return { records, result: step.value };
    records.push(...step.value);
  }
}

/** The items of a report by a named format; those before an error that refuses it. */
export async function itemsOf(bytes: Buffer, name: string, source: Source): Promise<Item[]> {
  const items: Item[] = [];
  const opened = await open(bytes, name);
  try {
    if (opened !== undefined) for await (const item of source.read(opened.report)) items.push(item);
  } catch (error) {
    if (!isExhibitError(error)) throw error;
    items.push({ type: 'problem', message: error.message });
  }
  return items;
}

/** What of the one list is not in the other, by count. */
export function beyond(list: readonly string[], allowed: readonly string[]): string[] {
  const left = new Map<string, number>();
  for (const each of allowed) left.set(each, (left.get(each) ?? 0) + 1);
  return list.filter((each) => {
    const count = left.get(each) ?? 0;
    left.set(each, count - 1);
    return count <= 0;
  });
}
