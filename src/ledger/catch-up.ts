import type { ObjectStore } from '../store/index.ts';
import { TILE_WIDTH } from '../verify/index.ts';
import { keyOf } from './duplicates.ts';
import { KeyIndex } from './key-index.ts';
import { readBundle } from './log-files.ts';

/** Leaves between two writes of the index while it is made from the log. */
const STRIDE = 1 << 16;

/**
 * Opens the index and brings it up to the size of the log, from the entry bundles. An index of another log, or one that
 * is ahead, is made anew. The writer lock is held.
 * @param root root of the log, hexadecimal
 * @throws ExhibitError LEDGER_IO, LEDGER_CORRUPT
 */
export async function catchUp(
  folder: string,
  store: ObjectStore,
  size: number,
  root: string,
): Promise<KeyIndex> {
  let index = KeyIndex.open(folder);
  // Size 0 with files in the folder: they could not be used, and must not be mistaken for parts of the new index.
  if (index.size === 0 || index.size > size || (index.size === size && index.root !== root)) {
    index.close();
    KeyIndex.remove(folder);
    index = KeyIndex.open(folder);
  }
  for (let bundle = Math.floor(index.size / TILE_WIDTH); index.size < size; bundle += 1) {
    const entries = await readBundle(store, bundle, size);
    for (const entry of entries.slice(index.size % TILE_WIDTH)) index.add(keyOf(entry));
    if (index.size === size) index.commit(root);
    else if (index.size % STRIDE < TILE_WIDTH) index.commit('');
  }
  return index;
}
