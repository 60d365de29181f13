import { z } from 'zod';
import type { LogReader } from '../../ledger/index.ts';

/** What one emitter sent in a stretch of the log. */
export interface Sent {
  /** Unix milliseconds, sorted, of its runs and of all that it sent, by the ledger's clock. */
  runs: number[];
  /** How many of its runs came since the period began. */
  runs_since: number;
  records: number[];
  /** Ranges of numbers that never came, between the first and the last one seen. */
  missing: { first: number; last: number; by: number }[];
  tools: Set<string>;
}

/** Runs whose decisions are not all there. */
export interface Incomplete {
  run_id: string;
  emitter: string;
  recorded: number;
  expected: number;
  arrived: number;
}

export interface Scan {
  emitters: Map<string, Sent>;
  incomplete: Incomplete[];
  /** When these policies came to a verdict (pass, fail, not applicable), by the ledger's clock: Unix milliseconds, sorted. */
  judged: Map<string, number[]>;
  /** Gap records that are in the stretch, by their id. */
  recorded: Set<string>;
}

const entry = z.object({
  record_id: z.string(),
  record_type: z.string(),
  emitter: z.string(),
  tool: z.string(),
  sequence: z.number().optional(),
  recorded_at: z.string(),
  run_id: z.string().optional(),
  run_total: z.number().optional(),
  policy_id: z.string().optional(),
  verdict: z.string().optional(),
});

/** An error and what was not evaluated judged nothing. */
export const VERDICTS: ReadonlySet<string> = new Set(['pass', 'fail', 'not_applicable']);

/** Records of the log itself and of what it announces: they are not what an emitter is expected to send, and have no numbers of an emitter's own. */
export const SKIPPED: ReadonlySet<string> = new Set(['exhibit.ledger', 'exhibit.timestamps', 'exhibit']);

/** Leaves [from, to), and the first one of the period that is asked about. */
export interface Stretch {
  from: number;
  to: number;
  since: number;
}

/**
 * Reads a stretch of the log. Memory grows with the number of runs, not of records.
 * @param policies ids of those whose verdicts are looked for
 */
export async function scan(
  reader: LogReader,
  { from, to, since }: Stretch,
  policies: ReadonlySet<string> = new Set(),
  progress: (done: number) => void = () => {},
): Promise<Scan> {
  const emitters = new Map<string, Sent & { seen: Numbers }>();
  const runs = new Map<string, { run?: Omit<Incomplete, 'arrived'>; arrived: number }>();
  const recorded = new Set<string>();
  const judged = new Map([...policies].map((id): [string, number[]] => [id, []]));
  let done = 0;
  for await (const { index, bytes } of reader.entries(from, to)) {
    done += 1;
    if (done % 1_000 === 0) progress(done);
    const record = entry.parse(
      JSON.parse(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString()),
    );
    if (record.record_type === 'gap') recorded.add(record.record_id);
    if (SKIPPED.has(record.emitter)) continue;
    const sent = emitters.get(record.emitter) ?? {
      runs: [],
      runs_since: 0,
      records: [],
      missing: [],
      tools: new Set<string>(),
      seen: new Numbers(),
    };
    emitters.set(record.emitter, sent);
    const time = Date.parse(record.recorded_at);
    const verdicts = record.record_type === 'decision' ? judged.get(record.policy_id ?? '') : undefined;
    if (verdicts !== undefined && VERDICTS.has(record.verdict ?? '') && verdicts.at(-1) !== time)
      verdicts.push(time);
    // A thousand records of one moment are one sign of life.
    if (sent.records.at(-1) !== time) sent.records.push(time);
    sent.tools.add(record.tool);
    if (record.sequence !== undefined) sent.seen.add(record.sequence, time);
    if (record.run_id === undefined) continue;
    const run = runs.get(record.run_id) ?? { arrived: 0 };
    runs.set(record.run_id, run);
    if (record.record_type === 'decision') run.arrived += 1;
    if (record.record_type !== 'run') continue;
    sent.runs.push(time);
    if (index >= since) sent.runs_since += 1;
    const { run_id, emitter } = record;
    run.run = { run_id, emitter, recorded: time, expected: record.run_total ?? 0 };
  }
  for (const sent of emitters.values()) sent.missing = sent.seen.missing();
  const incomplete = [...runs.values()].flatMap(({ run, arrived }) =>
    // A run whose beginning lies before the stretch cannot be told.
    run === undefined || arrived >= run.expected ? [] : [{ ...run, arrived }],
  );
  return { emitters, incomplete, judged, recorded };
}

/** Numbers that came, as ranges: they come nearly in order. */
class Numbers {
  /** Each with the time of its first number: that shows what is missing before it. */
  #ranges: { first: number; last: number; time: number }[] = [];

  add(number: number, time: number): void {
    const last = this.#ranges.at(-1);
    if (last !== undefined && number === last.last + 1) {
      last.last = number;
    } else if (last === undefined || number < last.first || number > last.last)
      this.#ranges.push({ first: number, last: number, time });
  }

  /** With the time at which a later number showed that these are missing. */
  missing(): Sent['missing'] {
    const sorted = this.#ranges.toSorted((a, b) => a.first - b.first);
    const found: Sent['missing'] = [];
    let next: number | undefined;
    for (const { first, last, time } of sorted) {
      if (next !== undefined && first > next) found.push({ first: next, last: first - 1, by: time });
      next = Math.max(next ?? 0, last + 1);
    }
    return found;
  }
}
