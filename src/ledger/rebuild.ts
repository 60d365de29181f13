import { catchUp } from './catch-up.ts';
import { readConfig } from './config.ts';
import { KeyIndex } from './key-index.ts';
import { logStore } from './log-store.ts';
import { ProvenLog } from './proven-log.ts';
import { bodyOf, reconcile } from './published.ts';
import { writeNumbers } from './restore-numbers.ts';
import { lockWriter } from './writer-state.ts';

/**
 * Makes the index anew from the entry bundles, and `emitters.db` where it is missing: no number that the log or a
 * write-ahead log holds is handed out again. (A number that was used up and never written may be.)
 * @returns the number of records in the index
 * @throws ExhibitError LEDGER_BUSY, LEDGER_FORK, LEDGER_CORRUPT, LEDGER_IO
 */
export async function rebuildIndex(folder: string, options: { lockTimeout?: number } = {}): Promise<number> {
  await readConfig(folder);
  const writer = await lockWriter(folder, options.lockTimeout ?? 5_000);
  try {
    const state = writer.read();
    const store = await logStore(folder);
    await reconcile(store, writer, state);
    const log = new ProvenLog(store, bodyOf(state.checkpoint));
    KeyIndex.remove(folder);
    const index = await catchUp(folder, log);
    await writeNumbers(folder, index, state);
    index.close();
    return log.size;
  } finally {
    writer.close();
  }
}
