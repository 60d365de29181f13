import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { ExhibitError, toHex } from '../../record/index.ts';
import {
  eachOf,
  type FolderStore,
  folderStore,
  getBlob,
  type LockSetting,
  makeDirectory,
  type NamedStore,
  writeWhole,
} from '../../store/index.ts';
import { openCheckpoint, parseVkey } from '../../verify/index.ts';
import { nodeCrypto } from '../../verify/node.ts';
import { earlierRoot } from '../audit-path.ts';
import { catchUp } from '../catch-up.ts';
import { readConfig } from '../config.ts';
import { sha256 } from '../hash.ts';
import { isOfSize } from '../is-of-size.ts';
import { folderKeys } from '../keys.ts';
import { CHECKPOINT, CONFIG, LOG, SIGNER, walFolder } from '../layout.ts';
import { ProvenLog } from '../proven-log.ts';
import { publishIn } from '../publish.ts';
import { bodyOf } from '../published.ts';
import { partialPlaces, storedTile, tileKey } from '../stored-tile.ts';
import { createWriter, lockFolder } from '../writer-state.ts';
import { Remote, remoteOf } from './remote.ts';
import { adopted, locksOf, makeRemote, type RemotePlaces, writeRemote } from './settings.ts';

export interface Mirrored {
  origin: string;
  size: number;
  /** Objects that came now. */
  fetched: number;
}

export interface Joined extends Mirrored {
  /** How what this folder writes is locked, and what the folder that writes now does. Undefined: as the bucket says. */
  locks: LockSetting | undefined;
  theirs: LockSetting | undefined;
}

/**
 * Makes a folder that stands by to write a log that lies in a bucket: a copy of it, and where it lies. It writes nothing until it takes
 * over. Where the places name no locks, what it writes then is locked as the folder that writes now does it.
 * @param signer text of the key that signs; the log has to know it
 * @throws ExhibitError LEDGER_EXISTS, LEDGER_NOT_FOUND, CHECKPOINT_INVALID, LEDGER_CORRUPT, STORE_FAILED, LEDGER_IO
 */
export async function joinLedger(folder: string, places: RemotePlaces, signer?: string): Promise<Joined> {
  const asked = new Remote(folder, makeRemote(places, crypto.randomUUID()));
  const { held } = await asked.lock().finally(() => asked.close());
  const remote = new Remote(folder, adopted(asked.settings, held.locks));
  await makeDirectory(folder);
  try {
    await mkdir(join(folder, 'keys'), { mode: 0o700 });
  } catch (cause) {
    throw new ExhibitError('LEDGER_EXISTS', `${folder} holds keys already`, {
      cause,
      location: { file: join(folder, 'keys') },
      hint: 'Take another folder.',
    });
  }
  await makeDirectory(walFolder(folder));
  await makeDirectory(join(folder, LOG));
  if (signer !== undefined) await writeWhole(join(folder, SIGNER), Buffer.from(`${signer.trim()}\n`), 0o600);
  const mirrored = await mirror(remote.store, folder);
  createWriter(folder, { ...held.state, commit: 'never' });
  await writeRemote(folder, remote.settings);
  // Last: a folder without it is no ledger.
  await folderStore(folder).put(CONFIG, (await remote.store.get(CONFIG)) ?? new Uint8Array());
  remote.close();
  const [locks, theirs] = [locksOf(remote.settings), held.locks];
  return { ...mirrored, locks, theirs };
}

/**
 * Brings the folder up to what the bucket shows, its index too: who takes over then needs little time.
 * @throws ExhibitError LEDGER_ROLLBACK, LEDGER_FORK where the bucket shows no later state of the log that the folder has; and as joinLedger
 */
export async function followLedger(folder: string, lockTimeout = 5_000): Promise<Mirrored> {
  const remote = await remoteOf(folder);
  if (remote === undefined)
    throw new ExhibitError(
      'USAGE',
      `the log in ${folder} lies in the folder alone: there is nothing to follow`,
    );
  const local = await lockFolder(folder, lockTimeout);
  try {
    const mirrored = await mirror(remote.store, folder);
    const store = folderStore(folder);
    const note = Buffer.from((await store.get(CHECKPOINT)) ?? new Uint8Array()).toString();
    const index = await catchUp(folder, new ProvenLog(store, bodyOf(note)));
    index.close();
    return mirrored;
  } finally {
    local.close();
  }
}

/** Fetches what the folder does not have. The checkpoint is read first and written last; nothing of the log is kept that it does not cover. */
async function mirror(from: NamedStore, folder: string): Promise<Mirrored> {
  const { origin } = await readConfig(from);
  const store = folderStore(folder);
  for (const key of await from.list('keys/')) if (key.endsWith('.vkey')) await fetch(from, store, key);
  const bytes = await from.get(CHECKPOINT);
  if (bytes === undefined)
    throw new ExhibitError('LEDGER_NOT_FOUND', `${from.name} has no ${CHECKPOINT}`, {
      location: { file: from.name },
    });
  const note = Buffer.from(bytes).toString();
  const keys = (await folderKeys(folder)).map((key) => parseVkey(sha256, key));
  const body = openCheckpoint(note, keys, nodeCrypto, { origin });
  const log = new ProvenLog(from, body);
  await mustFollow(log, await store.get(CHECKPOINT), from);
  const there = new Set(await store.list(`${LOG}/`));
  let fetched = 0;
  await eachOf(await from.list(`${LOG}/`), async (key) => {
    // Partial tiles of other sizes are of no use. A full one is, also where the log was shorter: its partial one may be gone since.
    const kept = there.has(key) && !key.startsWith(`${LOG}/cosigned/`);
    if (key === CHECKPOINT || kept || (key.includes('.p/') && !isOfSize(key, body.size))) return;
    if (await fetch(from, store, key)) fetched += 1;
  });
  // What the log has outgrown since its checkpoint was read is gone, perhaps.
  for (const place of partialPlaces(body.size)) {
    const key = tileKey(place);
    const start = (await store.get(key)) === undefined ? await storedTile(from, place) : undefined;
    if (start !== undefined) await store.put(key, start);
  }
  // Also says where what came does not lead to the signed root.
  await new ProvenLog(store, body).edge();
  const blobs = new Set(await store.list('blobs/'));
  await eachOf(await from.list('blobs/'), async (key) => {
    if (blobs.has(key)) return;
    const [, , start = '', rest = ''] = key.split('/');
    await store.put(key, await getBlob(from, sha256, `sha256:${start}${rest}`));
    fetched += 1;
  });
  await publishIn(folder, note);
  return { origin, size: body.size, fetched };
}

async function fetch(from: NamedStore, to: FolderStore, key: string): Promise<boolean> {
  const bytes = await from.get(key);
  if (bytes !== undefined) await to.put(key, bytes);
  return bytes !== undefined;
}

async function mustFollow(log: ProvenLog, bytes: Uint8Array | undefined, from: NamedStore): Promise<void> {
  if (bytes === undefined) return;
  const had = bodyOf(Buffer.from(bytes).toString());
  const location = { file: `${from.name}/${CHECKPOINT}` };
  if (had.size > log.size)
    throw new ExhibitError(
      'LEDGER_ROLLBACK',
      `${from.name} shows ${log.size} records, this folder has ${had.size}`,
      {
        location,
        hint: 'Look at the versions of the checkpoint in the bucket: a late write may have put an earlier one there. The next seal puts it right.',
      },
    );
  if (toHex(await earlierRoot(log, had.size)) === toHex(had.root)) return;
  throw new ExhibitError('LEDGER_FORK', `${from.name} shows another history than this folder has`, {
    location,
    hint: 'Find out which one is true, and verify it against checkpoints kept elsewhere.',
  });
}
