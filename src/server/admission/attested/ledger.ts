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
import type { OpenedSummary } from '../../../verify/index.ts';
import type { Opener } from './opener.ts';
import { type AttestationSource, type Found, typeOf, type Wanted } from './source.ts';

type Reader = Pick<LedgerReader, 'checkpoint' | 'entries' | 'blob' | 'firstAt'>;

const MARK = '"record_type":"attestation"';
/** Most attestations of one object or image that are tried: the newest. */
const MOST = 50;
/** Milliseconds in which the log is read on only once, and that a review waits for it. */
const APART = 250;
const PATIENCE = 1_500;

/**
 * Attestations that gates recorded in this server's own log, by the objects and images of which they speak. Only what a trusted key
 * signed is taken. It keeps what it has read, so that a later look reads only what came since.
 */
export class LedgerAttestations implements AttestationSource {
  readonly name = 'the evidence';
  readonly #reader: Reader;
  readonly #opener: Opener;
  readonly #clock: Clock;
  readonly #days: number;
  readonly #byKey = new Map<string, Digest[]>();
  #next: number | undefined;
  #looked = 0;
  #looking: Promise<void> | undefined;

  constructor(reader: Reader, opener: Opener, days: number, clock: Clock) {
    this.#reader = reader;
    this.#opener = opener;
    this.#days = days;
    this.#clock = clock;
  }

  async find(wanted: Wanted): Promise<Found> {
    const faults: string[] = [];
    await this.#recent().catch((error: unknown) => void faults.push(wordsOf(error)));
    const digests = new Set(keysOf(wanted).flatMap((key) => this.#byKey.get(key) ?? []));
    const summaries: Found['summaries'] = [];
    for (const digest of [...digests].reverse()) {
      try {
        summaries.push({
          from: `evidence ${digest}`,
          summary: this.#opener.open(await this.#reader.blob(digest)),
        });
      } catch (error) {
        faults.push(wordsOf(error));
      }
    }
    return { summaries, faults };
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

  async #recent(): Promise<void> {
    const now = performance.now();
    if (this.#looking === undefined && this.#looked > 0 && now - this.#looked < APART) return;
    this.#looked = now;
    const waited = AbortSignal.timeout(PATIENCE);
    const late = new Promise<never>((_, reject) => {
      waited.addEventListener('abort', () => reject(new Error('it is still being read; try again')));
    });
    await Promise.race([this.look(), late]);
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

  async #take({ record_type, details }: EvidenceRecord): Promise<void> {
    const digest = details?.blob;
    if (record_type !== 'attestation' || typeof digest !== 'string' || !isDigest(digest)) return;
    let summary: OpenedSummary;
    try {
      summary = this.#opener.open(await this.#reader.blob(digest));
    } catch (error) {
      // Whoever may send records may send this one: what no trusted key signed, or is not there, is nothing.
      if (isExhibitError(error)) return;
      throw error;
    }
    for (const key of keysIn(summary)) {
      const known = (this.#byKey.get(key) ?? []).filter((one) => one !== digest);
      this.#byKey.set(key, [...known, digest].slice(-MOST));
    }
  }
}

const keyOfObject = (type: string, name: string): string => `object ${type} ${name}`;
const keyOfImage = (sha256: string): string => `image ${sha256}`;

function keysOf({ object, images }: Wanted): string[] {
  const names = object === undefined ? [] : [object.name, object.generateName].filter((name) => name !== '');
  return [
    ...names.map((name) => keyOfObject(object === undefined ? '' : typeOf(object), name)),
    ...images.flatMap(({ sha256 }) => (sha256 === undefined ? [] : [keyOfImage(sha256)])),
  ];
}

function keysIn({ subjects, extension }: OpenedSummary): string[] {
  const images = subjects.filter(({ annotations }) => annotations.kind === 'image');
  return [
    ...extension.objects.map((object) => keyOfObject(typeOf(object), object.name)),
    ...images.map(({ digest }) => keyOfImage(digest.sha256)),
  ];
}

const wordsOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
