import { z } from 'zod';
import type { LedgerReader } from '../../ledger/index.ts';
import { isDigest, VERDICTS } from '../../record/index.ts';
import type { EarlierAnswer, EarlierAsked, EarlierPass, EarlierRun } from './exchange.ts';

type Reader = Pick<LedgerReader, 'checkpoint' | 'entries' | 'blob'>;

/** Canonical JSON has no white space, and quotes within texts are escaped: a mark is found nowhere else. */
const LAYERS = [Buffer.from('"layer":"admission"'), Buffer.from('"layer":"ci"')];
const DECISION = Buffer.from('"record_type":"decision"');
/** Most subjects and policies of which the last word is kept; about 200 bytes each. */
const MOST = 200_000;

const passed = z.object({
  run_id: z.string(),
  change: z.string().optional(),
  attestation: z.string().optional(),
});
const entry = z.object({
  record_id: z.string(),
  record_type: z.literal('decision'),
  layer: z.enum(['admission', 'ci']),
  observed_at: z.string(),
  run_id: z.string().optional(),
  change: z.string().optional(),
  policy_id: z.string(),
  rule_id: z.string().optional(),
  subject_id: z.string(),
  environment: z.string().optional(),
  verdict: z.enum(VERDICTS),
  input_ref: z.string().optional(),
  ext: z.string().optional(),
  details: z.looseObject({ cluster: z.string().optional().catch(undefined) }).optional(),
});
type Entry = z.infer<typeof entry>;

interface Word {
  pass: EarlierPass | undefined;
  input_ref: string | undefined;
  environment: string | undefined;
  cluster: string | undefined;
}

const review = z.object({
  kind: z.literal('AdmissionReview'),
  request: z.object({ object: z.unknown() }),
});

/**
 * The last word of admission or CI about a policy and a subject, as a log says it. It keeps what it has read, so that a later look reads
 * only what came since.
 */
export class EarlierPasses {
  /** Of each subject, the last word in each place, the newest last. */
  readonly #words = new Map<string, Word[]>();
  #size = 0;
  #count = 0;
  #full = false;
  #looking: Promise<void> | undefined;

  /** More was judged at earlier gates than is kept: what is not known here may be there. */
  get full(): boolean {
    return this.#full;
  }

  /**
   * Reads the log up to its checkpoint. Callers at the same time share one reading.
   * @throws ExhibitError what reading the log throws
   */
  look(reader: Reader): Promise<void> {
    this.#looking ??= this.#look(reader).finally(() => {
      this.#looking = undefined;
    });
    return this.#looking;
  }

  /** @param objects also what passed, from its stored input */
  async find(asked: EarlierAsked, reader: Reader, objects: boolean): Promise<EarlierAnswer> {
    const words = this.#words.get(keyOf(asked)) ?? [];
    const word = words.findLast(
      ({ environment, cluster }) => isSame(environment, asked.environment) && isSame(cluster, asked.cluster),
    );
    if (word === undefined) return this.#full ? { unknown: 'the log has more than is looked through' } : null;
    if (word.pass === undefined) return null;
    const object = objects && word.input_ref !== undefined ? await stored(word.input_ref, reader) : undefined;
    return { ...word.pass, ...(object === undefined ? {} : { object }) };
  }

  async #look(reader: Reader): Promise<void> {
    const { size } = await reader.checkpoint();
    for await (const { index, bytes } of reader.entries(this.#size, size)) {
      const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
      if (LAYERS.some((mark) => buffer.includes(mark)) && buffer.includes(DECISION)) this.#take(buffer);
      // A reading that ends early begins again where it ended.
      this.#size = index + 1;
    }
  }

  #take(bytes: Buffer): void {
    const record = entry.safeParse(JSON.parse(bytes.toString())).data;
    // What was asked with a clock that somebody chose is no evidence.
    if (record === undefined || record.ext?.includes('"simulated":true') === true) return;
    const key = keyOf({ ...record, rule_id: record.rule_id ?? record.policy_id });
    const { environment, input_ref } = record;
    const cluster = record.details?.cluster;
    const words = this.#words.get(key) ?? [];
    const others = words.filter((each) => each.environment !== environment || each.cluster !== cluster);
    if (others.length === words.length) {
      if (this.#count >= MOST) {
        this.#full = true;
        return;
      }
      this.#count += 1;
    }
    this.#words.set(key, [...others, { pass: passOf(record), input_ref, environment, cluster }]);
  }
}

function passOf(record: Entry): EarlierPass | undefined {
  if (record.verdict !== 'pass') return undefined;
  const { record_id, layer, observed_at } = record;
  const ci = runOf(record);
  return { record_id, layer, observed_at, ...(ci === undefined ? {} : { ci }) };
}

/** A record of CI is of its run; one of admission names the run whose pass it found. */
function runOf({ layer, run_id, change, details }: Entry): EarlierRun | undefined {
  const told =
    layer === 'ci' ? { run_id, change } : (details?.passed as { object?: unknown } | undefined)?.object;
  const { data } = passed.safeParse(told);
  if (data === undefined) return undefined;
  return {
    run_id: data.run_id,
    ...(data.change === undefined ? {} : { change: data.change }),
    ...(data.attestation === undefined ? {} : { attestation: data.attestation }),
  };
}

/** A record that states no place may be of any; so may a question. */
const isSame = (a: string | undefined, b: string | undefined): boolean =>
  a === undefined || b === undefined || a === b;

/** An input that is not there is no reason not to name the record. */
async function stored(ref: string, reader: Reader): Promise<unknown> {
  if (!isDigest(ref)) return undefined;
  try {
    const value: unknown = JSON.parse(Buffer.from(await reader.blob(ref)).toString());
    const asked = review.safeParse(value);
    return asked.success ? asked.data.request.object : value;
  } catch {
    return undefined;
  }
}

const keyOf = ({
  policy_id,
  rule_id,
  subject_id,
}: Pick<EarlierAsked, 'policy_id' | 'rule_id' | 'subject_id'>) =>
  JSON.stringify([policy_id, rule_id, subject_id]);
