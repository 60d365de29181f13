import { isExhibitError } from '../../../src/record/index.ts';
import { detectSource, type Item, ingest, openText, type Source } from '../../../src/sources/index.ts';

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
  const seen: Seen = { source: named, passes: [], outcomes: 0, problems: 0 };
  const items: Item[] = [];
  try {
    const { report, sample } = await openText(bytes, name);
    const source = named ?? detectSource(sample).source;
    seen.source = source;
    for await (const item of source.read(report)) {
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

async function drain(items: Item[], source: Source): Promise<void> {
  const made = ingest(items, {
    source,
    report: 'report',
    raw_digest: `sha256:${'0'.repeat(64)}`,
    emitter: 'ci.test',
    attribution: {},
    now: Date.UTC(2026, 0, 1),
    random: (length) => new Uint8Array(length),
  });
  for (;;) if ((await made.next()).done === true) return;
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
