import type { LedgerReader } from '../../../ledger/index.ts';
import {
  type Clock,
  DAY_MILLISECONDS,
  type Digest,
  type EvidenceRecord,
  formatInstant,
  isDigest,
  isExhibitError,
  parseRecord,
} from '../../../record/index.ts';
import type { Summary } from '../../../verify/index.ts';
import { type Key, keysIn } from './keys.ts';

export type Reader = Pick<LedgerReader, 'checkpoint' | 'entries' | 'blob' | 'firstAt'>;

const MARK = '"record_type":"attestation"';
/** Most attestations of one object or image that are kept of each emitter: the newest. So nobody pushes out those of others. */
const MOST = 50;
/** Milliseconds in which the log is read on only once, and that a caller waits for it. */
const APART = 250;
const PATIENCE = 1_500;

/**
 * Attestations that gates recorded in a log, by the objects and images of which they speak. It keeps what it has read, so that a later
 * look reads only what came since.
 */
export class AttestationLog {
  readonly #reader: Reader;
  readonly #open: (bytes: Uint8Array) => Summary;
  readonly #clock: Clock;
  readonly #days: number;
  readonly #byKey = new Map<Key, Map<string, Digest[]>>();
  #next: number | undefined;
  #looked: number | undefined;
  #looking: Promise<void> | undefined;

  /**
   * @param open throws ATTESTATION_INVALID for what is not taken
   * @param days how far back the log is read
   */
  constructor(reader: Reader, open: (bytes: Uint8Array) => Summary, days: number, clock: Clock) {
    this.#reader = reader;
    this.#open = open;
    this.#days = days;
    this.#clock = clock;
  }

  /** The newest of each emitter first, then the second of each, and so on. */
  digestsOf(keys: readonly Key[]): Digest[] {
    const lists = keys.flatMap((key) => [...(this.#byKey.get(key)?.values() ?? [])]);
    const found = new Set<Digest>();
    for (let back = 1; back <= MOST; back += 1)
      for (const list of lists) {
        const digest = list.at(-back);
        if (digest !== undefined) found.add(digest);
      }
    return [...found];
  }

  /** @throws ExhibitError BLOB_MISSING, BLOB_DIGEST */
  blob(digest: Digest): Promise<Uint8Array> {
    return this.#reader.blob(digest);
  }

  /** Reads on where that was not done a moment ago, and waits a short time for it. @throws Error what reading throws, or that it takes longer */
  async recent(): Promise<void> {
    const now = performance.now();
    if (this.#looking === undefined && this.#looked !== undefined && now - this.#looked < APART) return;
    this.#looked = now;
    const waiting = Promise.withResolvers<never>();
    const limit = setTimeout(
      () => waiting.reject(new Error('the evidence is still being read; try again')),
      PATIENCE,
    );
    try {
      await Promise.race([this.look(), waiting.promise]);
    } finally {
      clearTimeout(limit);
    }
  }

  /**
   * Reads the log up to its checkpoint. Callers at the same time share one reading.
   * @throws ExhibitError what reading the log throws
   */
  look(): Promise<void> {
    this.#looking ??= this.#look().finally(() => {
      this.#looking = undefined;
    });
    return this.#looking;
  }

  async #look(): Promise<void> {
    const { size } = await this.#reader.checkpoint();
    this.#next ??= await this.#reader.firstAt(formatInstant(this.#clock() - this.#days * DAY_MILLISECONDS));
    for await (const { index, bytes } of this.#reader.entries(this.#next, size)) {
      // Most records are of another type; to read each as JSON would take long.
      if (Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).includes(MARK))
        await this.#take(parseRecord(bytes));
      // A reading that ends early begins again where it ended.
      this.#next = index + 1;
    }
  }

  async #take({ record_type, details, emitter }: EvidenceRecord): Promise<void> {
    const digest = details?.blob;
    if (record_type !== 'attestation' || typeof digest !== 'string' || !isDigest(digest)) return;
    let summary: Summary;
    try {
      summary = this.#open(await this.#reader.blob(digest));
    } catch (error) {
      // Whoever may send records may send this one: what is no attestation, or is not there, is nothing.
      if (isExhibitError(error)) return;
      throw error;
    }
    for (const key of keysIn(summary)) {
      const emitters = this.#byKey.get(key) ?? new Map<string, Digest[]>();
      const known = (emitters.get(emitter) ?? []).filter((one) => one !== digest);
      this.#byKey.set(key, emitters.set(emitter, [...known, digest].slice(-MOST)));
    }
  }
}
