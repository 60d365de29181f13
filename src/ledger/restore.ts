import { existsSync } from 'node:fs';
import { mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { ExhibitError } from '../record/index.ts';
import { eachOf, folderStore, ioError, type NamedStore, systemCode } from '../store/index.ts';
import { catchUp } from './catch-up.ts';
import type { Copied, CopyOptions } from './copy.ts';
import { isOfSize } from './is-of-size.ts';
import { CHECKPOINT, CONFIG, HANDOVERS, LOG } from './layout.ts';
import { ProvenLog } from './proven-log.ts';
import { bodyOf } from './published.ts';
import { openReader } from './reader.ts';

/**
 * Brings a copy of a ledger into a folder of this machine, to read: log, public keys, blobs and whatever else is named. What the copy has
 * beyond the checkpoint that it shows is left out: a copy that was under way when the machine was lost has such files, and a writer that goes on
 * must not meet them. Nothing of it is verified here but the signature of the checkpoint. To do it again goes on where it ended.
 * @param folder absent, empty, or one in which this was broken off
 * @throws ExhibitError LEDGER_EXISTS where the folder is a ledger that somebody writes to, LEDGER_NOT_FOUND, CHECKPOINT_INVALID, LEDGER_KEY,
 *   LEDGER_CORRUPT, LEDGER_IO, STORE_FAILED
 */
export async function restoreLedger(
  store: NamedStore,
  folder: string,
  options: CopyOptions = {},
): Promise<Copied> {
  mustBeNoLedger(folder);
  const reader = await openReader(store);
  const note = await reader.checkpointText();
  const { origin, size, root } = bodyText(note);
  const target = folderStore(folder);
  const copied: Copied = { origin, size, root, written: 0, bytes: 0, there: 0 };
  const there = new Set(await filesOf(folder));
  const keys = (await keysOf(store, options.folders ?? [])).filter((key) => isOfSize(key, size));
  let done = 0;
  await eachOf(keys, async (key) => {
    options.progress?.(done++, keys.length);
    // A file has its name only once it is whole; what it holds is verified with the rest.
    if (there.has(key)) {
      copied.there += 1;
      return;
    }
    const bytes = await store.get(key);
    if (bytes === undefined)
      throw new ExhibitError('LEDGER_IO', `${store.name}/${key} went while it was read`, {
        location: { file: key },
        hint: 'Give the same command again.',
      });
    await target.put(key, bytes, { ifAbsent: true });
    copied.written += 1;
    copied.bytes += bytes.length;
  });
  await target.put(CHECKPOINT, Buffer.from(note));
  // Without it each look-up of a manifest would read the log.
  (await catchUp(folder, new ProvenLog(target, bodyOf(note)))).close();
  return copied;
}

function bodyText(note: string): Pick<Copied, 'origin' | 'size' | 'root'> {
  const { origin, size, root } = bodyOf(note);
  return { origin, size, root: Buffer.from(root).toString('hex') };
}

async function keysOf(store: NamedStore, folders: readonly string[]): Promise<string[]> {
  const keys = [CONFIG, ...(await store.list('keys/')).filter((name) => name.endsWith('.vkey'))];
  for (const folder of ['blobs', `${LOG}/tile`, HANDOVERS, ...folders])
    keys.push(...(await store.list(`${folder}/`)));
  return keys;
}

function mustBeNoLedger(folder: string): void {
  if (!existsSync(join(folder, 'writer.db'))) return;
  throw new ExhibitError('LEDGER_EXISTS', `${folder} is a ledger that is written to`, {
    location: { file: folder },
    hint: 'Take another folder: nothing is restored over a ledger.',
  });
}

async function filesOf(folder: string): Promise<string[]> {
  try {
    await mkdir(folder, { recursive: true });
    const names = await readdir(folder, { recursive: true, withFileTypes: true });
    return names
      .filter((entry) => entry.isFile())
      .map((entry) =>
        join(entry.parentPath, entry.name)
          .slice(folder.length + 1)
          .replaceAll('\\', '/'),
      );
  } catch (error) {
    throw systemCode(error) === undefined ? error : ioError(error, folder);
  }
}
