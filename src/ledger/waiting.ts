import type { Waiting } from './frame.ts';
import { takenPath } from './wal-claims.ts';
import { readFrames } from './wal-reader.ts';

/** A batch is closed when it has so many records or bytes: that, not the backlog, bounds the memory of a seal. */
const BATCH_RECORDS = 16_384;
const BATCH_BYTES = 16 * 1024 * 1024;

export interface WaitingBatch {
  records: Waiting[];
  /** How far each file is read after this batch. */
  consumed: Record<string, number>;
  /** Files that are read to their end. */
  done: string[];
}

/**
 * Records of the taken files, in batches of whole frames.
 * @param names files in the order in which they are to be read
 * @param consumed how far each was read before
 * @throws ExhibitError WAL_CORRUPT, LEDGER_IO
 */
export function* takeBatches(
  folder: string,
  names: readonly string[],
  consumed: Readonly<Record<string, number>>,
): Generator<WaitingBatch> {
  // Marks of files that are gone are dropped.
  const offsets = Object.fromEntries(
    names.flatMap((name) => (name in consumed ? [[name, consumed[name] ?? 0]] : [])),
  );
  let batch: WaitingBatch = { records: [], consumed: offsets, done: [] };
  let bytes = 0;
  for (const name of names) {
    for (const { records, next } of readFrames(takenPath(folder, name), offsets[name] ?? 0)) {
      for (const record of records) {
        batch.records.push(record);
        bytes += record.bytes.length;
      }
      offsets[name] = next;
      if (batch.records.length >= BATCH_RECORDS || bytes >= BATCH_BYTES) {
        yield { ...batch, consumed: { ...offsets } };
        for (const done of batch.done) delete offsets[done];
        batch = { records: [], consumed: offsets, done: [] };
        bytes = 0;
      }
    }
    batch.done.push(name);
  }
  if (batch.done.length > 0) yield { ...batch, consumed: { ...offsets } };
}
