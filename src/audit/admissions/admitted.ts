import { z } from 'zod';
import type { LedgerReader } from '../../ledger/index.ts';
import { parseRecord } from '../../record/index.ts';

type Reader = Pick<LedgerReader, 'checkpoint' | 'entries'>;

/** What was said when an object was admitted, or when a request to it was. */
export interface Admitted {
  /** Of the run that judged the request. */
  record_id: string;
  /** Unix milliseconds. */
  at: number;
  operation: string;
  /** `exec` and the like; undefined for the object itself. */
  subresource: string | undefined;
  /** By verdict, and `waived`. */
  verdicts: Readonly<Record<string, number>>;
}

const MARK = '"layer":"admission"';
const MOST_KEYS = 200_000;
/** Admissions of one object that are remembered. */
const MOST_OF_ONE = 8;
const MOST_SUBJECTS = 32;
const MOST_OPEN = 1_000;

const extSchema = z.object({
  operation: z.string(),
  kind: z.string(),
  subresource: z.string().optional(),
  namespace: z.string().optional(),
  name: z.string().optional(),
});

/** What the decisions of a run said before its own record comes. */
interface Open {
  denied: boolean;
  subjects: Set<string>;
}

/**
 * Which requests were admitted, by kind, namespace and name (`Pod/shop/web`), as the records of a log say. It keeps what it has read, so
 * that a later look reads only what came since. What was denied is not there: it never ran.
 */
export class AdmittedObjects {
  readonly #known = new Map<string, Admitted[]>();
  readonly #open = new Map<string, Open>();
  readonly #most: number;
  #size = 0;
  #forgotten = 0;
  #looking: Promise<void> | undefined;

  /** @param most objects that are remembered; the oldest are forgotten first, and counted */
  constructor(most = MOST_KEYS) {
    this.#most = most;
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

  /** Records of the log that were looked at. */
  get size(): number {
    return this.#size;
  }

  /** Objects that had to be forgotten: one that is not found may be one of them. */
  get forgotten(): number {
    return this.#forgotten;
  }

  /** The last admission of an object at or before a moment, in Unix milliseconds. */
  of(key: string, at: number, subresource?: string): Admitted | undefined {
    return this.#known.get(key)?.findLast((each) => each.at <= at && each.subresource === subresource);
  }

  async #look(reader: Reader): Promise<void> {
    const { size } = await reader.checkpoint();
    for await (const { index, bytes } of reader.entries(this.#size, size)) {
      // Most records are none of admission; to read each as JSON would take long.
      if (Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).includes(MARK)) this.#take(bytes);
      this.#size = index + 1;
    }
  }

  #take(bytes: Uint8Array): void {
    const record = parseRecord(bytes);
    const { record_type, layer, run_id, ext, details, subject_id, subject_type } = record;
    if (layer !== 'admission' || run_id === undefined || ext === undefined) return;
    const request = requestOf(ext);
    if (request === undefined) return;
    const kind = request.kind.split('/').at(-1) ?? '';
    const open = this.#open.get(run_id) ?? { denied: false, subjects: new Set<string>() };
    if (record_type === 'decision') {
      open.denied ||= record.disposition === 'enforced';
      // A name that the API server made is not in the request, but policies saw it in the object.
      if (subject_id !== undefined && subject_type === kind && open.subjects.size < MOST_SUBJECTS)
        open.subjects.add(subject_id);
      if (this.#open.size >= MOST_OPEN) this.#open.clear();
      this.#open.set(run_id, open);
    } else if (record_type === 'run') {
      this.#open.delete(run_id);
      if (open.denied || request.operation === 'DELETE') return;
      const { namespace, name, operation, subresource } = request;
      if (name !== undefined) open.subjects.add([kind, namespace, name].filter(Boolean).join('/'));
      const admitted: Admitted = {
        record_id: record.record_id,
        at: Date.parse(record.observed_at),
        operation,
        subresource,
        verdicts: countsOf(details?.counts),
      };
      for (const key of open.subjects) this.#remember(keyOf(key, kind, subresource), admitted);
    }
  }

  #remember(key: string, admitted: Admitted): void {
    const all = this.#known.get(key) ?? [];
    this.#known.delete(key);
    all.push(admitted);
    if (all.length > MOST_OF_ONE) all.shift();
    this.#known.set(key, all);
    if (this.#known.size <= this.#most) return;
    const [oldest] = this.#known.keys();
    if (oldest !== undefined) this.#known.delete(oldest);
    this.#forgotten += 1;
  }
}

/** A request to a subresource has the kind of its options (`PodExecOptions`) and the name of the pod. */
function keyOf(key: string, kind: string, subresource: string | undefined): string {
  if (subresource === undefined || !/^Pod[A-Za-z]+Options$/.test(kind)) return key;
  return `Pod${key.slice(kind.length)}`;
}

function requestOf(ext: string): z.infer<typeof extSchema> | undefined {
  try {
    return extSchema.safeParse(JSON.parse(ext)).data;
  } catch {
    return undefined;
  }
}

function countsOf(counts: unknown): Record<string, number> {
  const parsed = z.record(z.string(), z.number()).safeParse(counts);
  if (!parsed.success) return {};
  return Object.fromEntries(Object.entries(parsed.data).filter(([, count]) => count > 0));
}
