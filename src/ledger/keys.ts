import { folderStore } from '../store/index.ts';

/**
 * The public keys that lie in a ledger folder, of now and of before, as vkey lines. They are what the folder says of itself: a
 * caller trusts one of them for what it has signed elsewhere.
 * @throws ExhibitError LEDGER_IO
 */
export async function folderKeys(folder: string): Promise<string[]> {
  const store = folderStore(folder);
  const keys: string[] = [];
  for (const name of await store.list('keys/')) {
    const bytes = name.endsWith('.vkey') ? await store.get(name) : undefined;
    if (bytes !== undefined) keys.push(Buffer.from(bytes).toString().trim());
  }
  return keys;
}
