import { existsSync } from 'node:fs';
import { mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { ExhibitError } from '../record/index.ts';
import { eachOf, folderStore, ioError, type NamedStore, systemCode } from '../store/index.ts';
import type { TilePlace } from '../verify/index.ts';
import { Below, type Versions } from './below.ts';
import { catchUp } from './catch-up.ts';
import type { Copied, CopyOptions } from './copy.ts';
import { isOfSize } from './is-of-size.ts';
import { CHECKPOINT, CONFIG, HANDOVERS, LOG } from './layout.ts';
import { ProvenLog } from './proven-log.ts';
import { bodyOf } from './published.ts';
import { openReader } from './reader.ts';
import { missingTile, storedTile, tileKey, tilePlaces } from './stored-tile.ts';

export interface RestoreOptions extends Omit<CopyOptions, 'except'> {
  /** The same bucket: where something lies over an object of the log, a version below is taken that proves itself. */
  versions?: Versions;
}

export interface Restored extends Copied {
  /** Keys of the log and of blobs that were taken from below what lies over them in the bucket. */
  below: string[];
  /** False where older versions were not looked at: there are none, or the right to list them is missing. */
  versions: boolean;
}

/**
 * Brings a copy of a ledger into a folder of this machine, to read: log, public keys, blobs and whatever else is named. The log is what the checkpoint
 * names that was read first, also where its writer goes on meanwhile. What the copy has beyond it is left out: a copy that was under way when the machine
 * was lost has such files, and a writer that goes on must not meet them. Nothing of it is verified here but the signature of the checkpoint. To do it again goes on where it ended.
 * @param folder absent, empty, or one in which this was broken off
 * @throws ExhibitError LEDGER_EXISTS where the folder is a ledger that somebody writes to, LEDGER_NOT_FOUND, CHECKPOINT_INVALID, LEDGER_KEY,
 *   LEDGER_CORRUPT, LEDGER_IO, STORE_FAILED
 */
export async function restoreLedger(
  store: NamedStore,
  folder: string,
  options: RestoreOptions = {},
): Promise<Restored> {
  mustBeNoLedger(folder);
  const reader = await openReader(store);
  const note = await reader.checkpointText();
  const { origin, size, root } = bodyText(note);
  const target = folderStore(folder);
  const copied: Restored = { origin, size, root, written: 0, bytes: 0, there: 0, below: [], versions: false };
  const there = new Set(await filesOf(folder));
  // Of a larger copy, from which it was broken off.
  for (const key of there) if (!isOfSize(key, size)) await target.delete(key);
  const places = new Map([...tilePlaces(size)].map((place) => [tileKey(place), place]));
  const { versions } = options;
  const below = versions === undefined ? undefined : await Below.in(versions, ['blobs/', `${LOG}/tile/`]);
  const keys = new Set([...(await keysOf(store, options.folders ?? [])), ...places.keys()]);
  for (const key of below?.keys('blobs/') ?? []) keys.add(key);
  let done = 0;
  await eachOf(keys, async (key) => {
    options.progress?.(done++, keys.size);
    // A file has its name only once it is whole; what it holds is verified with the rest.
    if (there.has(key)) {
      copied.there += 1;
      return;
    }
    const place = places.get(key);
    const bytes = await read(store, key, place, below);
    if (bytes === undefined && place !== undefined) throw missingTile(key.slice(LOG.length + 1));
    if (bytes === undefined)
      throw new ExhibitError('LEDGER_IO', `${store.name}/${key} went while it was read`, {
        location: { file: key },
        hint: 'Give the same command again.',
      });
    await target.put(key, bytes, { ifAbsent: true });
    copied.written += 1;
    copied.bytes += bytes.length;
  });
  const body = bodyOf(note);
  await below?.settleTiles(target, body, places.values());
  copied.below = below?.taken.sort() ?? [];
  copied.versions = below !== undefined;
  await target.put(CHECKPOINT, Buffer.from(note));
  // Without it each look-up of a manifest would read the log.
  (await catchUp(folder, new ProvenLog(target, body))).close();
  return copied;
}

async function read(
  store: NamedStore,
  key: string,
  place: TilePlace | undefined,
  below: Below | undefined,
): Promise<Uint8Array | undefined> {
  if (place !== undefined) return (await storedTile(store, place)) ?? (await below?.hiddenTile(place));
  const bytes = await store.get(key);
  return below !== undefined && key.startsWith('blobs/') ? below.blob(key, bytes) : bytes;
}

function bodyText(note: string): Pick<Copied, 'origin' | 'size' | 'root'> {
  const { origin, size, root } = bodyOf(note);
  return { origin, size, root: Buffer.from(root).toString('hex') };
}

/** Keys of what is no tile. */
async function keysOf(store: NamedStore, folders: readonly string[]): Promise<string[]> {
  const keys = [CONFIG, ...(await store.list('keys/')).filter((name) => name.endsWith('.vkey'))];
  for (const folder of ['blobs', HANDOVERS, ...folders]) keys.push(...(await store.list(`${folder}/`)));
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
