import type { LogReader } from '../../ledger/index.ts';
import {
  type Digest,
  type EvidenceRecord,
  isDigest,
  isExhibitError,
  parseRecord,
  SEVERITIES,
} from '../../record/index.ts';

/** What the record of a run says of how it gated. */
export interface RunFacts {
  fail_on?: string;
  /** Nothing was blocked: what would have been was warned of. */
  advisory: boolean;
  /** From which severity on a violation that was known before blocked all the same. */
  fail_on_known?: string;
}

/** The record of a run follows its decisions; among those of other emitters, it is looked for so far behind each of them. */
const MOST_BETWEEN = 100_000;

/** Where the record of a run was looked for, and what was found. */
interface Sought {
  from: number;
  to: number;
  facts?: RunFacts;
}

/** Finds the record of a decision's run. No part of the log is looked through twice for a run. */
export class Runs {
  readonly #reader: LogReader;
  readonly #size: number;
  readonly #sought = new Map<string, Sought>();

  constructor(reader: LogReader, size: number) {
    this.#reader = reader;
    this.#size = size;
  }

  /** @returns undefined where it is not there: what was done about a decision then is not known whole */
  async of({ run_id, emitter }: EvidenceRecord, index: number): Promise<RunFacts | undefined> {
    if (run_id === undefined) return undefined;
    // An id may be used by whoever sends records: a run is known by who made its decisions, too.
    const key = JSON.stringify([emitter, run_id]);
    const sought = this.#sought.get(key) ?? { from: index, to: index };
    this.#sought.set(key, sought);
    if (sought.facts !== undefined) return sought.facts;
    const end = Math.min(this.#size, index + MOST_BETWEEN);
    const parts = [
      [index, Math.min(end, sought.from)],
      [Math.max(index, sought.to), end],
    ] as const;
    for (const [from, to] of parts) {
      const facts = from < to ? await this.#find({ run_id, emitter }, from, to) : undefined;
      if (facts !== undefined) sought.facts = facts;
      if (facts !== undefined) return facts;
    }
    const apart = index > sought.to || end < sought.from;
    sought.from = apart ? index : Math.min(sought.from, index);
    sought.to = apart ? end : Math.max(sought.to, end);
    return undefined;
  }

  async #find(
    { run_id, emitter }: Pick<EvidenceRecord, 'run_id' | 'emitter'>,
    from: number,
    to: number,
  ): Promise<RunFacts | undefined> {
    for await (const { bytes } of this.#reader.entries(from, to)) {
      const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
      if (!text.includes('"record_type":"run"') || !text.includes(JSON.stringify(run_id))) continue;
      const record = parseRecord(bytes);
      if (record.record_type === 'run' && record.run_id === run_id && record.emitter === emitter)
        return factsOf(await detailsOf(this.#reader, record));
    }
    return undefined;
  }
}

/** Details of a record, also where they were too long for it. @throws ExhibitError BLOB_DIGEST */
export async function detailsOf(
  reader: LogReader,
  { details }: EvidenceRecord,
): Promise<Record<string, unknown>> {
  const ref = details?.details_ref;
  if (typeof ref !== 'string' || !isDigest(ref)) return details ?? {};
  try {
    const whole: unknown = JSON.parse(Buffer.from(await reader.blob(ref as Digest)).toString('utf8'));
    return typeof whole === 'object' && whole !== null
      ? { ...(whole as Record<string, unknown>), ...details }
      : {};
  } catch (error) {
    if (isExhibitError(error, 'BLOB_MISSING') || error instanceof SyntaxError) return details ?? {};
    throw error;
  }
}

function factsOf({ fail_on, advisory, known }: Record<string, unknown>): RunFacts {
  const of_known = (known as { fail_on?: unknown } | undefined | null)?.fail_on;
  return {
    ...(isThreshold(fail_on) ? { fail_on } : {}),
    advisory: advisory === true,
    ...(isThreshold(of_known) ? { fail_on_known: of_known } : {}),
  };
}

const THRESHOLDS: ReadonlySet<unknown> = new Set([...SEVERITIES, 'any', 'none']);
const isThreshold = (value: unknown): value is string => THRESHOLDS.has(value);
