import { folderStore } from '../store/index.ts';
import { catchUp } from './catch-up.ts';
import { readConfig } from './config.ts';
import { KeyIndex } from './key-index.ts';
import { createNumbers, openNumbers } from './numbers.ts';
import { ProvenLog } from './proven-log.ts';
import { bodyOf, reconcile } from './published.ts';
import { takeBatches } from './waiting.ts';
import { claimAll } from './wal-claims.ts';
import { lockWriter } from './writer-state.ts';

/**
 * Makes the index anew from the entry bundles, and `emitters.db` where it is missing: no number that the log or a
 * write-ahead log holds is handed out again. (A number that was used up and never written may be.)
 * No process may append meanwhile where `emitters.db` is missing; none can open the ledger then.
 * @returns the number of records in the index
 * @throws ExhibitError LEDGER_BUSY, LEDGER_FORK, LEDGER_CORRUPT, LEDGER_IO
 */
export async function rebuildIndex(folder: string, options: { lockTimeout?: number } = {}): Promise<number> {
  await readConfig(folder);
  const writer = await lockWriter(folder, options.lockTimeout ?? 5_000);
  try {
    const state = writer.read();
    const store = folderStore(folder);
    await reconcile(folder, store, state);
    const log = new ProvenLog(store, bodyOf(state.checkpoint));
    KeyIndex.remove(folder);
    const index = await catchUp(folder, log);
    const next = index.nextNumbers();
    index.close();
    for (const { records } of takeBatches(folder, await claimAll(folder), state.consumed)) {
      for (const { emitter, sequence } of records) {
        if (sequence >= (next.get(emitter) ?? 0)) next.set(emitter, sequence + 1);
      }
    }
    createNumbers(folder);
    const numbers = openNumbers(folder);
    numbers.atLeast(next);
    numbers.close();
    return log.size;
  } finally {
    writer.close();
  }
}
