import {
  type Encoded,
  encodeUnnumbered,
  type Ledger,
  type Sealed,
  type Unnumbered,
} from '../../ledger/index.ts';
import { isExhibitError, type RecordDraft } from '../../record/index.ts';
import { busy } from '../http/queue.ts';
import type { Log } from '../log.ts';
import type { Metrics } from '../metrics.ts';
import { type Draft, type Refused, refusal } from './drafts.ts';
import type { Evidence } from './evidence.ts';
import { OwnGroup } from './own-group.ts';

/** The ledger as the server writes to it: what was appended is on disk, what waits for a seal is counted. */
export class Store implements Evidence {
  readonly emitter: string;
  readonly #ledger: Ledger;
  readonly #metrics: Metrics;
  readonly #most: number;
  readonly #own = new OwnGroup(async (records, blobs) => {
    await this.putBlobs(blobs);
    await this.#ledger.appendEncoded(this.emitter, records);
  });
  #unsealed = 0;
  #size: number;

  /** @param most records that may wait for a seal */
  constructor(emitter: string, ledger: Ledger, size: number, metrics: Metrics, most: number) {
    this.emitter = emitter;
    this.#ledger = ledger;
    this.#metrics = metrics;
    this.#most = most;
    this.#size = size;
    metrics.gauge('unsealed_records', () => this.#unsealed);
    metrics.gauge('log_size', () => this.#size);
  }

  get ledger(): Ledger {
    return this.#ledger;
  }

  /** SERVER_BUSY where sealing is too far behind. */
  admit(): void {
    if (this.#unsealed >= this.#most) throw busy(`${this.#unsealed} records wait for a seal`);
  }

  async take(drafts: readonly Draft[]): Promise<Refused[]> {
    if (drafts.length === 0) return [];
    try {
      await this.append(drafts.map(({ draft }) => draft));
      return [];
    } catch (error) {
      if (!isExhibitError(error) || !error.code.startsWith('RECORD_')) throw error;
    }
    // One of them is wrong, and nothing was taken: each by itself shows which. They still come into one group.
    const each = await Promise.allSettled(drafts.map(({ draft }) => this.append([draft])));
    return each.flatMap((result, at) =>
      result.status === 'fulfilled' ? [] : [refusal(drafts[at]?.line ?? 0, recordFault(result.reason))],
    );
  }

  async append(records: readonly RecordDraft[]): Promise<void> {
    await this.#ledger.appendNumbered(records, { validated: true });
    this.#unsealed += records.length;
    this.#metrics.add('records_accepted_total', {}, records.length);
  }

  /** The ledger numbers them. */
  async appendOwn(records: readonly Unnumbered[], blobs: Iterable<Uint8Array> = []): Promise<void> {
    // Checked before they join others: what is wrong with one is no matter of theirs.
    await this.appendEncoded(
      records.map((record) => encodeUnnumbered(record, this.emitter)),
      blobs,
    );
  }

  async appendEncoded(records: readonly Encoded[], blobs: Iterable<Uint8Array> = []): Promise<void> {
    await this.#own.add(records, blobs);
    this.#unsealed += records.length;
  }

  async putBlobs(blobs: Iterable<Uint8Array>): Promise<void> {
    await this.#ledger.putBlobs(blobs);
  }

  async probe(): Promise<void> {
    await this.append([]);
  }

  close(): Promise<void> {
    return this.#ledger.close();
  }

  sealed({ size, added, duplicates }: Sealed): void {
    this.#size = size;
    // The ledger's own records, and those of other processes, are among them.
    this.#unsealed = Math.max(0, this.#unsealed - added - duplicates);
    this.#metrics.add('records_sealed_total', {}, added);
    this.#metrics.add('records_resent_total', {}, duplicates);
  }
}

/** What is no fault of the record concerns the whole batch. */
function recordFault(reason: unknown): unknown {
  if (isExhibitError(reason) && reason.code.startsWith('RECORD_')) return reason;
  throw reason;
}

/** Says when a seal failed. A fatal one stops every later call of the ledger, which readiness shows. */
export function sealFailed(log: Log, metrics: Metrics): (error: unknown) => void {
  return (error) => {
    const code = isExhibitError(error) ? error.code : 'INTERNAL';
    metrics.add('seal_errors_total', { code });
    log('error', 'seal failed', { code, message: error instanceof Error ? error.message : String(error) });
  };
}
