import { folderStore, type NamedStore } from '../store/index.ts';

/**
 * The public keys that lie in the folder or the bucket of a ledger, of now and of before, as vkey lines. They are what it says of itself: a
 * caller trusts one of them for what it has signed elsewhere.
 * @throws ExhibitError LEDGER_IO
 */
export async function folderKeys(place: string | NamedStore): Promise<string[]> {
  const store = typeof place === 'string' ? folderStore(place) : place;
  const keys: string[] = [];
  for (const name of await store.list('keys/')) {
    const bytes = name.endsWith('.vkey') ? await store.get(name) : undefined;
    if (bytes !== undefined) keys.push(Buffer.from(bytes).toString().trim());
  }
  return keys;
}
