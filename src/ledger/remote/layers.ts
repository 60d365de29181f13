import { eachOf, type FolderStore, type StoredObject, type WriteStore } from '../../store/index.ts';

/**
 * A folder in front of a bucket: what is written is in the bucket first and then in the folder, what is read comes from the folder where
 * it is there. Who reads checks by hashes whatever either gives.
 */
export function layers(folder: FolderStore, remote: WriteStore): FolderStore {
  return {
    get: async (key) => (await folder.get(key)) ?? (await remote.get(key)),
    async put(key, bytes, options) {
      const written = await remote.put(key, bytes, options);
      await folder.put(key, bytes, options);
      return written;
    },
    async putAll(objects) {
      const all: StoredObject[] = [];
      await eachOf(objects, async (object) => {
        await remote.put(object.key, object.bytes);
        all.push(object);
      });
      await folder.putAll(all);
    },
    async list(prefix) {
      const keys = new Set(await folder.list(prefix));
      for (const key of await remote.list(prefix)) keys.add(key);
      return [...keys].sort();
    },
    async delete(key) {
      await remote.delete(key);
      await folder.delete(key);
    },
  };
}
