import { hash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { folderStore } from './folder.ts';
import type { NamedStore } from './types.ts';

/** A folder that holds a copy, as a store that says where it is and what was there already. */
export function namedFolder(folder: string): NamedStore {
  const store = folderStore(folder);
  return {
    ...store,
    name: folder,
    async put(key, bytes, options) {
      const fresh = !existsSync(join(folder, key));
      await store.put(key, bytes, options);
      return { version: undefined, checksum: `sha256:${hash('sha256', bytes)}`, fresh };
    },
  };
}
