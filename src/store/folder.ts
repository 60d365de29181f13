import { readFileSync, statSync } from 'node:fs';
import { link, readdir, readFile, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { ExhibitError } from '../record/index.ts';
import { ioError, makeDirectory, syncDirectory, systemCode, writeWhole } from './durable.ts';
import { checkKey } from './key.ts';
import type { ObjectStore } from './types.ts';

/** Files are written once and read often: nobody changes them in place. */
const READ_ONLY = 0o444;

const WRITES_AT_ONCE = 8;

/**
 * A file of up to so many bytes is read in this turn: a tile or a checkpoint takes 10 µs so, and ten times as long by way of the thread
 * pool. A question over a quarter reads some hundred of them.
 */
const AT_ONCE = 1 << 18;

export interface FolderStore extends ObjectStore {
  /**
   * Puts many objects; when the promise resolves, all survive a power cut. Where it throws, any of them may be there.
   * The objects may come one by one while earlier ones are being written.
   * @throws ExhibitError LEDGER_IO
   */
  putAll(objects: Iterable<StoredObject> | AsyncIterable<StoredObject>): Promise<void>;
}

export interface StoredObject {
  key: string;
  bytes: Uint8Array;
}

/** Objects as files below a folder, read-only, each written beside its place and moved there. */
export function folderStore(root: string): FolderStore {
  const known = new Set<string>();
  const pathOf = (key: string) => join(root, checkKey(key));
  const ready = async (directory: string) => {
    if (known.has(directory)) return;
    await makeDirectory(directory);
    known.add(directory);
  };
  const write = async (path: string, bytes: Uint8Array) => {
    try {
      await ready(dirname(path));
      await writeWhole(path, bytes, READ_ONLY);
    } catch (error) {
      // The folder may have been removed since it was made; the next write makes it again.
      known.clear();
      throw ioError(error, path);
    }
  };
  const get = async (key: string) => {
    const path = pathOf(key);
    try {
      const found = statSync(path, { throwIfNoEntry: false });
      if (found === undefined) return undefined;
      return new Uint8Array(found.size <= AT_ONCE ? readFileSync(path) : await readFile(path));
    } catch (error) {
      if (systemCode(error) === 'ENOENT' || systemCode(error) === 'ENOTDIR') return undefined;
      throw ioError(error, path);
    }
  };
  const putAbsent = async (key: string, bytes: Uint8Array) => {
    const there = await get(key);
    if (there === undefined) {
      const beside = `${key}.new-${process.pid}-${performance.now()}`;
      await write(pathOf(beside), bytes);
      try {
        // A link is refused where the name exists, which a rename is not.
        await link(pathOf(beside), pathOf(key));
      } catch (error) {
        if (systemCode(error) !== 'EEXIST') throw ioError(error, pathOf(key));
        return await putAbsent(key, bytes);
      } finally {
        await rm(pathOf(beside), { force: true });
      }
    } else if (Buffer.compare(there, bytes) !== 0) {
      throw new ExhibitError('LEDGER_IO', `${key}: another object is there already`, {
        location: { file: pathOf(key) },
        hint: 'An object that was written once is not replaced.',
      });
    }
    // Also where it was there: another process may have written it and not synced its name yet.
    await syncDirectory(dirname(pathOf(key)));
  };
  return {
    get,
    async put(key, bytes, options = {}) {
      if (options.ifAbsent === true) await putAbsent(key, bytes);
      else {
        await write(pathOf(key), bytes);
        await syncDirectory(dirname(pathOf(key)));
      }
      return undefined;
    },
    async putAll(objects) {
      const directories = new Set<string>();
      const running = new Set<Promise<void>>();
      let failed: unknown;
      for await (const { key, bytes } of objects) {
        if (failed !== undefined) break;
        const path = pathOf(key);
        directories.add(dirname(path));
        const job: Promise<void> = write(path, bytes).then(
          () => void running.delete(job),
          (error: unknown) => {
            failed ??= error;
            running.delete(job);
          },
        );
        running.add(job);
        if (running.size >= WRITES_AT_ONCE) await Promise.race(running);
      }
      await Promise.all(running);
      if (failed !== undefined) throw failed;
      const waiting = [...directories];
      // The system writes many of them in one go where they are asked for at once.
      await Promise.all(
        Array.from({ length: WRITES_AT_ONCE }, async () => {
          for (let directory = waiting.pop(); directory !== undefined; directory = waiting.pop())
            await syncDirectory(directory);
        }),
      );
    },
    async list(prefix) {
      // Below the deepest folder that the prefix names whole, then by text: `a/b` lists `a/b.json` too.
      const base = prefix.slice(0, prefix.lastIndexOf('/') + 1);
      const keys = await walk(join(root, base), base);
      return keys.filter((key) => key.startsWith(prefix) && !isTemporary(key)).sort();
    },
    async delete(key) {
      await rm(pathOf(key), { force: true });
      await syncDirectory(dirname(pathOf(key))).catch((error: unknown) => {
        if (systemCode(error) !== 'ENOENT') throw ioError(error, pathOf(key));
      });
    },
  };
}

const isTemporary = (key: string): boolean => /\.(tmp|new)-[0-9.-]+$/.test(key);

async function walk(directory: string, prefix: string): Promise<string[]> {
  const entries = await readdir(directory, { withFileTypes: true }).catch((error: unknown) => {
    if (systemCode(error) === 'ENOENT' || systemCode(error) === 'ENOTDIR') return [];
    throw ioError(error, directory);
  });
  const keys = await Promise.all(
    entries.map((entry) => {
      if (entry.isDirectory()) return walk(join(directory, entry.name), `${prefix}${entry.name}/`);
      return entry.isFile() ? [`${prefix}${entry.name}`] : [];
    }),
  );
  return keys.flat();
}
