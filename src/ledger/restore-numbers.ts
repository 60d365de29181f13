import { existsSync } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { ioError, syncDirectory } from '../store/index.ts';
import { catchUp } from './catch-up.ts';
import type { KeyIndex } from './key-index.ts';
import { emittersFile } from './layout.ts';
import { logStore } from './log-store.ts';
import { createNumbers, openNumbers } from './numbers.ts';
import { ProvenLog } from './proven-log.ts';
import { bodyOf, reconcile } from './published.ts';
import { takeBatches } from './waiting.ts';
import { claimAll } from './wal-claims.ts';
import type { WriterState } from './writer.ts';
import { lockWriter } from './writer-state.ts';

/**
 * Makes `emitters.db` anew where it is missing, from the log and the write-ahead logs: no number that they hold is handed out
 * again. (A number that was used up and never written may be.)
 * @throws ExhibitError LEDGER_BUSY, LEDGER_FORK, LEDGER_CORRUPT, WAL_CORRUPT, LEDGER_IO
 */
export async function restoreNumbers(folder: string, lockTimeout: number): Promise<void> {
  if (existsSync(emittersFile(folder))) return;
  const writer = await lockWriter(folder, lockTimeout);
  try {
    // Another process may have made it while this one waited.
    if (existsSync(emittersFile(folder))) return;
    const state = writer.read();
    const store = await logStore(folder);
    await reconcile(store, writer, state);
    const index = await catchUp(folder, new ProvenLog(store, bodyOf(state.checkpoint)));
    await writeNumbers(folder, index, state);
    index.close();
  } finally {
    writer.close();
  }
}

/** Writes the numbers that the index and the write-ahead logs know. Under the writer lock. */
export async function writeNumbers(folder: string, index: KeyIndex, state: WriterState): Promise<void> {
  const next = index.nextNumbers();
  for (const { records } of takeBatches(folder, await claimAll(folder), state.consumed)) {
    for (const { emitter, sequence } of records) {
      if (sequence >= (next.get(emitter) ?? 0)) next.set(emitter, sequence + 1);
    }
  }
  const path = emittersFile(folder);
  const made = existsSync(path) ? path : `${path}.new`;
  try {
    // Under its own name the file is complete: an empty one would hand numbers out twice.
    if (made !== path) for (const end of ['', '-wal', '-shm']) await rm(`${made}${end}`, { force: true });
    createNumbers(made);
    const numbers = openNumbers(made);
    numbers.atLeast(next);
    numbers.close();
    if (made !== path) await rename(made, path);
    await syncDirectory(folder);
  } catch (error) {
    throw ioError(error, path);
  }
}
