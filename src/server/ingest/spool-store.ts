import type { Encoded, Unnumbered } from '../../ledger/index.ts';
import { isExhibitError, type RecordDraft } from '../../record/index.ts';
import type { Spool, SpoolEvent } from '../../spool/index.ts';
import type { Log } from '../log.ts';
import type { Metrics } from '../metrics.ts';
import { type Draft, type Refused, refusal } from './drafts.ts';
import type { Evidence } from './evidence.ts';

/** The spool as the server writes to it: what was taken is on disk here, and is sent to the server that has the ledger. */
export class SpoolStore implements Evidence {
  readonly ledger = undefined;
  readonly #spool: Spool;
  readonly #metrics: Metrics;

  constructor(spool: Spool, metrics: Metrics, clock: () => number) {
    this.#spool = spool;
    this.#metrics = metrics;
    metrics.gauge('spool_bytes', () => spool.state().bytes);
    metrics.gauge('spool_full', () => (spool.state().full ? 1 : 0));
    metrics.gauge('spool_failing', () => (spool.state().failure === undefined ? 0 : 1));
    metrics.gauge('spool_refused_records', () => spool.state().refused);
    metrics.gauge('spool_oldest_seconds', () => {
      const { oldest } = spool.state();
      return oldest === undefined ? 0 : Math.max(0, Math.round((clock() - oldest) / 1_000));
    });
  }

  get emitter(): string {
    return this.#spool.emitter;
  }

  admit(): void {
    this.#spool.admit();
  }

  async take(drafts: readonly Draft[]): Promise<Refused[]> {
    if (drafts.length === 0) return [];
    try {
      await this.append(drafts.map(({ draft }) => draft));
      return [];
    } catch (error) {
      if (!isExhibitError(error) || !error.code.startsWith('RECORD_')) throw error;
    }
    // One of them is wrong, and nothing was taken: each by itself shows which.
    const refused: Refused[] = [];
    for (const { line, draft } of drafts)
      await this.append([draft]).catch((error: unknown) => {
        if (!isExhibitError(error) || !error.code.startsWith('RECORD_')) throw error;
        refused.push(refusal(line, error));
      });
    return refused;
  }

  async append(records: readonly RecordDraft[]): Promise<void> {
    await this.#spool.keep({ numbered: records });
    this.#metrics.add('records_accepted_total', {}, records.length);
  }

  appendOwn(records: readonly Unnumbered[], blobs: Iterable<Uint8Array> = []): Promise<void> {
    return this.#spool.keep({ own: records, blobs });
  }

  appendEncoded(records: readonly Encoded[], blobs: Iterable<Uint8Array> = []): Promise<void> {
    const encoded = records.map(({ text: { head, middle, tail } }) => head + middle + tail);
    return this.#spool.keep({ encoded, blobs });
  }

  putBlobs(blobs: Iterable<Uint8Array>): Promise<void> {
    return this.#spool.keep({ blobs });
  }

  async probe(): Promise<void> {
    this.#spool.admit();
  }

  close(): Promise<void> {
    return this.#spool.close();
  }
}

/** What happens on the way to the evidence server, in the log and in numbers. */
export function tellOfSpool(log: Log, metrics: Metrics): (event: SpoolEvent) => void {
  return (event) => {
    switch (event.kind) {
      case 'failed':
        metrics.add('spool_failures_total', { code: event.code });
        log('error', 'evidence not sent; it is kept', { code: event.code, message: event.message });
        return;
      case 'sent':
        metrics.add('spool_sent_total', {}, event.records);
        return;
      case 'refused':
        log('error', 'evidence refused; it is kept aside', {
          records: event.records,
          code: event.code,
          message: event.message,
          file: event.file,
        });
        return;
      case 'damaged':
        log('error', 'a file of the spool is damaged; it is kept aside', {
          message: event.message,
          file: event.file,
        });
    }
  };
}
