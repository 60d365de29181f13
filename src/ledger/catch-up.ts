import { TILE_WIDTH } from '../verify/index.ts';
import { keyOf } from './duplicates.ts';
import { KeyIndex } from './key-index.ts';
import type { ProvenLog } from './proven-log.ts';

/** Leaves between two writes of the index while it is made from the log. */
const STRIDE = 1 << 16;

/**
 * Opens the index and brings it up to the size of the log, from the entry bundles. An index of another log, or one that
 * is ahead, is made anew. The writer lock is held.
 * @throws ExhibitError LEDGER_IO, LEDGER_CORRUPT
 */
export async function catchUp(folder: string, log: ProvenLog): Promise<KeyIndex> {
  const { size, root } = log;
  let index = KeyIndex.open(folder);
  // Size 0 with files in the folder: they could not be used, and must not be mistaken for parts of the new index.
  if (index.size === 0 || index.size > size || (index.size === size && index.root !== root)) {
    index.close();
    KeyIndex.remove(folder);
    index = KeyIndex.open(folder);
  }
  for (let bundle = Math.floor(index.size / TILE_WIDTH); index.size < size; bundle += 1) {
    const entries = await log.bundle(bundle);
    for (const entry of entries.slice(index.size % TILE_WIDTH)) index.add(keyOf(entry));
    if (index.size === size) index.commit(root);
    else if (index.size % STRIDE < TILE_WIDTH) index.commit('');
  }
  return index;
}
