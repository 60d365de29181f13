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

/** The record of a run follows its decisions; among those of other emitters, it is looked for so far. */
const MOST_BETWEEN = 100_000;

/** Finds the record of a decision's run. Each run is looked for once. */
export class Runs {
  readonly #reader: LogReader;
  readonly #size: number;
  readonly #known = new Map<string, RunFacts | undefined>();

  constructor(reader: LogReader, size: number) {
    this.#reader = reader;
    this.#size = size;
  }

  /** @returns undefined where it is not there: what was done about a decision then is not known whole */
  async of({ run_id }: EvidenceRecord, index: number): Promise<RunFacts | undefined> {
    if (run_id === undefined) return undefined;
    if (this.#known.has(run_id)) return this.#known.get(run_id);
    const facts = await this.#find(run_id, index);
    this.#known.set(run_id, facts);
    return facts;
  }

  async #find(run_id: string, from: number): Promise<RunFacts | undefined> {
    const end = Math.min(this.#size, from + MOST_BETWEEN);
    for await (const { bytes } of this.#reader.entries(from, end)) {
      const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
      if (!text.includes('"record_type":"run"') || !text.includes(JSON.stringify(run_id))) continue;
      const record = parseRecord(bytes);
      if (record.record_type === 'run' && record.run_id === run_id)
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
