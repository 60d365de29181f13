import { join } from 'node:path';
import { isExhibitError } from '../record/index.ts';
import { systemCode } from '../store/index.ts';
import { keyOf } from './duplicates.ts';
import { gapsBelow, Intervals, MOST } from './intervals.ts';
import { KeyIndex } from './key-index.ts';
import { walFolder } from './layout.ts';
import { readNext } from './numbers.ts';
import type { LedgerReader } from './types.ts';
import { waitingFiles } from './wal-claims.ts';
import { readFrames } from './wal-reader.ts';

/** Numbers of one emitter that were handed out, and are neither in the log nor waiting to be sealed. */
export interface MissingNumbers {
  emitter: string;
  /** First and last number. */
  first: number;
  last: number;
}

/** How the numbers that this folder handed out compare with what it has. */
export interface Numbering {
  /** False where `emitters.db` is missing or cannot be read: nothing was compared. */
  compared: boolean;
  missing: MissingNumbers[];
  /** Emitters with so many gaps that the smallest of them are not shown. */
  more: string[];
}

/**
 * Compares the numbers that were handed out (`emitters.db`) with the log and the write-ahead logs. A number that is missing was
 * being written at this moment, or was lost in a crash before it was acknowledged, or its record was removed: which, the
 * folder cannot tell. No lock is taken: the numbers are read first, then what waits, then the log, so that a record on its way
 * is seen at least once.
 * @throws ExhibitError WAL_CORRUPT, LEDGER_IO, LEDGER_CORRUPT
 */
export async function missingNumbers(reader: LedgerReader): Promise<Numbering> {
  const { folder } = reader;
  const next = readNext(folder);
  if (next === undefined) return { compared: false, missing: [], more: [] };
  const there = await numbersThere(reader);
  const missing: MissingNumbers[] = [];
  const bounds = new Map(there.entries());
  for (const [emitter, count] of next) {
    for (const [first, last] of gapsBelow(count, bounds.get(emitter) ?? [])) {
      missing.push({ emitter, first, last });
    }
  }
  const more = [...next.keys()].filter((emitter) => (bounds.get(emitter)?.length ?? 0) >= 2 * MOST);
  return { compared: true, missing, more };
}

/** The numbers that the write-ahead logs and the log have, by emitter. */
export async function numbersThere(reader: LedgerReader): Promise<Intervals> {
  const { folder } = reader;
  const there = new Intervals();
  const add = ({ emitter, sequence }: { emitter: string; sequence: number }) => {
    if (sequence >= 0) there.add(emitter, sequence);
  };
  for (const file of await waitingFiles(folder)) await readWaiting(folder, file, add);
  await readLog(reader, there, add);
  return there;
}

async function readWaiting(
  folder: string,
  file: string,
  add: (record: { emitter: string; sequence: number }) => void,
): Promise<void> {
  // A sealer may have renamed it since, and then removed it when its records were in the log.
  for (const name of [file, file.replace(/\.\w+$/, '.taken')]) {
    try {
      for (const { records } of readFrames(join(walFolder(folder), name), 0)) records.forEach(add);
      return;
    } catch (error) {
      if (systemCode(error) !== 'ENOENT' && !(isExhibitError(error) && systemCode(error.cause) === 'ENOENT'))
        throw error;
    }
  }
}

/** The numbers in the log: from the index, and what that does not cover yet from the entries. */
async function readLog(
  reader: LedgerReader,
  there: Intervals,
  add: (record: { emitter: string; sequence: number }) => void,
): Promise<void> {
  const { size } = await reader.checkpoint();
  let covered = 0;
  try {
    const index = KeyIndex.open(reader.folder);
    if (index.size <= size) {
      covered = index.size;
      for (const [emitter, bounds] of index.numbers()) {
        for (let i = 0; i + 1 < bounds.length; i += 2) {
          there.addRange(emitter, bounds[i] as number, bounds[i + 1] as number);
        }
      }
    }
    index.close();
  } catch {
    // A writer replaces files of the index at this moment, or they are damaged: the log itself has the answer.
    covered = 0;
  }
  for await (const { bytes } of reader.entries(covered, size)) add(keyOf(bytes));
}
