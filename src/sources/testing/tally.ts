import { ingest } from '../records/ingest.ts';
import type { Ingested } from '../records/options.ts';
import type { Outcome } from '../types.ts';
import type { Read } from './read-fixture.ts';

/** How many outcomes have each verdict, and how many are suppressed; what is zero is left out. */
export function tally(outcomes: readonly Outcome[]): Record<string, number> {
  const counts: Record<string, number> = {};
  const add = (name: string) => {
    counts[name] = (counts[name] ?? 0) + 1;
  };
  for (const { verdict, suppressed } of outcomes) {
    add(verdict);
    if (suppressed !== undefined) add('suppressed');
  }
  return counts;
}

/** How many outcomes have each severity; `none` where the report states none. */
export function severities(outcomes: readonly Outcome[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { severity = 'none' } of outcomes) counts[severity] = (counts[severity] ?? 0) + 1;
  return counts;
}

/** What becomes of it as records, with the clock of the tests. */
export async function ingested({ items, detected }: Read): Promise<Ingested> {
  const records = ingest(items, {
    source: detected.source,
    report: 'report',
    raw_digest: `sha256:${'0'.repeat(64)}`,
    emitter: 'ci.test',
    attribution: {},
    now: Date.UTC(2026, 0, 1),
    random: (length) => new Uint8Array(length).fill(7),
  });
  for (;;) {
    const { value, done } = await records.next();
    if (done === true) return value;
  }
}
