import type { CheckpointBody, LedgerReader, LogReader } from '../../ledger/index.ts';
import { ExhibitError } from '../../record/index.ts';

/** A log as it was when it had fewer records. What came after is not there: no record, no manifest, no later day. */
export interface LogAsOf extends LogReader {
  /** The log as it is. */
  readonly now: LogReader;
}

/**
 * The same log at an earlier size. Its root is computed from the tiles, so it can be compared with what somebody wrote down then.
 * @throws ExhibitError NOT_FOUND in each call, where the log never was as long as that
 */
export function asOf(now: LogReader, size: number): LogAsOf {
  let known: Promise<CheckpointBody> | undefined;
  const beyond = (index: number) => {
    if (index >= size) throw new ExhibitError('NOT_FOUND', `there is no record ${index} in a log of ${size}`);
  };
  return {
    now,
    origin: now.origin,
    checkpoint: () => {
      known ??= now.rootAt(size).then((root) => ({ origin: now.origin, size, root }));
      return known;
    },
    checkpointText: () => now.checkpointText(),
    cosignedText: () => now.cosignedText(),
    async rootAt(at) {
      if (at > size) throw new ExhibitError('NOT_FOUND', `the log has ${size} records, not ${at}`);
      return now.rootAt(at);
    },
    consistency: (earlier, later = size) => now.consistency(earlier, later),
    entries(from, to) {
      if (to > 0) beyond(to - 1);
      return now.entries(from, to);
    },
    async entry(index) {
      beyond(index);
      return now.entry(index);
    },
    firstAt: async (instant) => Math.min(await now.firstAt(instant), size),
    async find(recordId) {
      const index = await now.find(recordId);
      return index === undefined || index >= size ? undefined : index;
    },
    blob: (digest) => now.blob(digest),
    async proof(index) {
      beyond(index);
      return now.proof(index);
    },
    // It cannot grow.
    hold: () => Promise.resolve(),
    close: () => now.close(),
  };
}

/** The same of a ledger in a folder. */
export function ledgerAsOf(reader: LedgerReader, size: number): LedgerReader & LogAsOf {
  const { folder, place, bucket, fetch } = reader;
  return { ...asOf(reader, size), folder, place, bucket, ...(fetch === undefined ? {} : { fetch }) };
}

/** The log as it is: why a file is gone is told by what came later. */
export function latest<R extends LogReader>(reader: R): LogReader {
  return (reader as Partial<LogAsOf>).now ?? reader;
}
