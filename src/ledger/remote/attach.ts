import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { type Clock, ExhibitError, type RandomBytes } from '../../record/index.ts';
import { copyLedger } from '../copy.ts';
import { walFolder } from '../layout.ts';
import { openLedger } from '../ledger.ts';
import { waitingFiles } from '../wal-claims.ts';
import { lockFolder } from '../writer-state.ts';
import { formatHeld } from './held.ts';
import { forgetRemote, ownHost, Remote } from './remote.ts';
import { locksOf, makeRemote, REMOTE, type RemotePlaces, readRemote, writeRemote } from './settings.ts';

export interface AttachOptions {
  clock: Clock;
  random: RandomBytes;
  lockTimeout?: number;
  /** More folders below that of the ledger that are copied, such as those of the lake. */
  folders?: readonly string[];
  /** Called with how many objects are done and how many there are. */
  progress?: (done: number, total: number) => void;
}

/**
 * Puts a bucket behind a ledger: what is in the folder is copied there, and from then on every record is in the bucket before it is
 * acknowledged. Done again after a failure, it goes on where it ended. No other process may have the ledger open.
 * @returns size of the log
 * @throws ExhibitError LEDGER_EXISTS where the log has a lock already, LEDGER_BUSY where somebody writes; STORE_FAILED, LEDGER_IO and
 *   what copyLedger throws
 */
export async function attachLedger(
  folder: string,
  places: RemotePlaces,
  { clock, random, lockTimeout = 5_000, folders = [], progress }: AttachOptions,
): Promise<{ size: number; store: string }> {
  if ((await readRemote(folder)) !== undefined) throw attached(folder);
  const remote = new Remote(folder, makeRemote(places, crypto.randomUUID()));
  try {
    await remote.cell.prove();
    const ledger = await openLedger(folder, { clock, random, lockTimeout });
    await ledger.seal().finally(() => ledger.close());
    const local = await lockFolder(folder, lockTimeout);
    try {
      await nobodyWrites(folder);
      const { size } = await copyLedger(folder, remote.store, {
        folders,
        ...(progress === undefined ? {} : { progress }),
      });
      const commit = crypto.randomUUID();
      const state = local.read();
      const held = {
        format: 'exhibit.writer/1' as const,
        epoch: 1,
        floor: 1,
        instance: remote.settings.instance,
        host: ownHost(),
        commit,
        state,
        locks: locksOf(remote.settings),
      };
      const { name } = remote.cell;
      // Survives a crash: a copy of the log, which nobody has claimed. To attach again is refused from here on only.
      if ((await remote.cell.swap(undefined, formatHeld(held, name))) === undefined)
        throw new ExhibitError(
          'LEDGER_EXISTS',
          `${name}: the log in ${remote.store.name} has a writer already`,
          {
            location: { file: name },
            hint: 'To write it from another folder: exhibit ledger join FOLDER, then exhibit ledger take-over FOLDER',
          },
        );
      await local.commit({ ...state, commit });
      await writeRemote(folder, remote.settings);
      forgetRemote(folder);
      return { size, store: remote.store.name };
    } finally {
      local.close();
    }
  } finally {
    remote.close();
  }
}

/** What was appended since the seal would stay in the folder alone. */
async function nobodyWrites(folder: string): Promise<void> {
  for (const file of await waitingFiles(folder)) {
    const { size } = await stat(join(walFolder(folder), file));
    if (size === 0) continue;
    throw new ExhibitError('LEDGER_BUSY', `another process appends to the ledger in ${folder}`, {
      location: { file: join(walFolder(folder), file) },
      hint: 'Stop whatever writes there (servers, checks), and give the same command again.',
    });
  }
}

function attached(folder: string): ExhibitError {
  return new ExhibitError('LEDGER_EXISTS', `${folder} writes into a bucket already`, {
    location: { file: join(folder, REMOTE) },
    hint: `${join(folder, REMOTE)} says where, and how long what is written from now on is locked.`,
  });
}
