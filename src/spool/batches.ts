import { createHash } from 'node:crypto';
import { type Digest, formatDigest } from '../record/index.ts';
import { itemsIn } from './files.ts';

/** Most records of one request, and about most of its bytes. */
const BATCH_RECORDS = 1_000;
const BATCH_BYTES = 2 * 1024 * 1024;

export interface Content {
  blobs: Map<Digest, Uint8Array>;
  records: string[];
}

/** What a file of a spool holds; each blob once. @throws ExhibitError WAL_CORRUPT, LEDGER_IO */
export function contentOf(path: string): Content {
  const content: Content = { blobs: new Map(), records: [] };
  for (const items of itemsIn(path))
    for (const item of items) {
      if (item.kind === 'blob')
        content.blobs.set(formatDigest(createHash('sha256').update(item.bytes).digest()), item.bytes);
      else content.records.push(item.text);
    }
  return content;
}

export function* recordBatches(records: readonly string[]): Generator<string[]> {
  yield* batches(records, (record) => Buffer.byteLength(record));
}

export function* blobBatches(blobs: ReadonlyMap<Digest, Uint8Array>): Generator<Map<Digest, Uint8Array>> {
  for (const batch of batches([...blobs], ([, bytes]) => bytes.length)) yield new Map(batch);
}

function* batches<T>(all: readonly T[], bytesOf: (one: T) => number): Generator<T[]> {
  let batch: T[] = [];
  let bytes = 0;
  for (const one of all) {
    const own = bytesOf(one);
    if (batch.length >= BATCH_RECORDS || (batch.length > 0 && bytes + own > BATCH_BYTES)) {
      yield batch;
      [batch, bytes] = [[], 0];
    }
    batch.push(one);
    bytes += own;
  }
  if (batch.length > 0) yield batch;
}
