import type { Ledger, Sealed, Unnumbered } from '../../ledger/index.ts';
import { type Digest, isExhibitError, type RecordDraft } from '../../record/index.ts';
import { busy } from '../http/queue.ts';
import type { Log } from '../log.ts';
import type { Metrics } from '../metrics.ts';
import { type Draft, type Refused, refusal } from './drafts.ts';

/** The ledger as the server writes to it: what was appended is on disk, what waits for a seal is counted. */
export class Store {
  readonly #ledger: Ledger;
  readonly #metrics: Metrics;
  readonly #most: number;
  #unsealed = 0;
  #size: number;

  /** @param most records that may wait for a seal */
  constructor(ledger: Ledger, size: number, metrics: Metrics, most: number) {
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

  /** @throws ExhibitError SERVER_BUSY where sealing is too far behind */
  admit(): void {
    if (this.#unsealed >= this.#most) throw busy(`${this.#unsealed} records wait for a seal`);
  }

  /**
   * Appends the records of a batch. When it returns they are on disk, but for those that it names: too large, or without a
   * canonical form.
   * @throws ExhibitError LEDGER_IO (nothing of the batch was acknowledged)
   */
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

  /** Records that went through the schema, as their source numbered them or by their ids. */
  async append(records: readonly RecordDraft[]): Promise<void> {
    await this.#ledger.appendNumbered(records, { validated: true });
    this.#unsealed += records.length;
    this.#metrics.add('records_accepted_total', {}, records.length);
  }

  /** Records that the server itself makes; the ledger numbers them. */
  async appendOwn(emitter: string, records: readonly Unnumbered[]): Promise<void> {
    await this.#ledger.append(emitter, records);
    this.#unsealed += records.length;
  }

  putBlob(bytes: Uint8Array): Promise<Digest> {
    return this.#ledger.putBlob(bytes);
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
