import { readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { type Clock, ExhibitError, type RandomBytes } from '../../record/index.ts';
import { ioError, makeDirectory, syncDirectory } from '../../store/index.ts';
import { readConfig } from '../config.ts';
import { finishHandover } from '../handover.ts';
import { currentKeyFile, emittersFile, walFolder } from '../layout.ts';
import { publishIn } from '../publish.ts';
import { Sequencer } from '../sequencer.ts';
import { readSigner } from '../signer.ts';
import { NO_STEP, type OnStep } from '../steps.ts';
import { lockFolder, lockWriter } from '../writer-state.ts';
import { formatHeld, type HeldState } from './held.ts';
import { mend } from './mend.ts';
import { followLedger } from './mirror.ts';
import { fetchPieces, removeBefore } from './pieces.ts';
import { forgetRemote, ownHost, type Remote, remoteOf } from './remote.ts';
import { adopted, locksOf, writeRemote } from './settings.ts';

export interface TakeOverOptions {
  clock: Clock;
  random: RandomBytes;
  lockTimeout?: number;
  onStep?: OnStep;
  /** Only where the lock is still that of this commit: whoever wrote since is alive. */
  ifStill?: string;
}

export interface TakenOver {
  epoch: number;
  /** The machine that wrote before. */
  from: string;
  size: number;
  /** Records that waited in the bucket and are sealed now. */
  sealed: number;
}

/**
 * Makes this folder the one that writes the log in its bucket. Whoever wrote before can seal nothing any more, and acknowledges nothing:
 * it looks at the lock after each write. What it had acknowledged is sealed here first.
 * @throws ExhibitError LEDGER_FENCED where another one was faster; LEDGER_KEY where the folder has not the key that signs; STORE_FAILED,
 *   LEDGER_IO, LEDGER_CORRUPT, WAL_CORRUPT: the lock may be ours then, and to do it again goes on
 */
export async function takeOver(folder: string, options: TakeOverOptions): Promise<TakenOver> {
  const { clock, random, lockTimeout = 5_000, onStep = NO_STEP, ifStill } = options;
  const remote = await lockedLikeWriter(folder);
  const { origin } = await readConfig(folder);
  // Before the lock is taken from anybody: with another key nothing could be sealed.
  await mustSign(folder, origin, remote);
  await remote.cell.prove();
  const { held, from } = await claim(remote, ifStill);
  remote.begin(held);
  // Survives a crash: a lock that no folder fits to, for this one writes down last that it is its own. So nothing is acknowledged until
  // what follows is done, by the next take-over.
  onStep('swapped');
  await mend(remote, held);
  await followLedger(folder, lockTimeout);
  const local = await lockFolder(folder, lockTimeout);
  try {
    await setAside(folder);
    await fetchPieces(remote.work, folder, { floor: held.floor, before: held.epoch });
    // The numbers that others handed out are in what came; they are counted anew when the ledger is opened.
    for (const end of ['', '-wal', '-shm']) await rm(`${emittersFile(folder)}${end}`, { force: true });
    await publishIn(folder, held.state.checkpoint);
    await local.commit({ ...held.state, commit: held.commit });
    await writeRemote(folder, remote.settings);
  } finally {
    local.close();
  }
  const store = remote.layered();
  const writer = await lockWriter(folder, lockTimeout, onStep);
  const sequencer = new Sequencer({ folder, store, origin, clock, random, onStep });
  try {
    const signer = await finishHandover(folder, origin, writer);
    const { size, added } = await sequencer.seal(writer, signer, {});
    await writer.settle();
    await removeBefore(remote.work, held.epoch);
    return { epoch: held.epoch, from, size, sealed: added };
  } finally {
    sequencer.forget();
    writer.close();
  }
}

/** A folder that names no locks of its own writes with those of who wrote before: a take-over by night must not end them. */
async function lockedLikeWriter(folder: string): Promise<Remote> {
  const remote = await remoteOf(folder);
  if (remote === undefined) throw nobodyElse(folder);
  const settings = adopted(remote.settings, (await remote.lock()).held.locks);
  if (settings === remote.settings) return remote;
  await writeRemote(folder, settings);
  forgetRemote(folder);
  const again = await remoteOf(folder);
  if (again === undefined) throw nobodyElse(folder);
  return again;
}

function nobodyElse(folder: string): ExhibitError {
  return new ExhibitError('USAGE', `the log in ${folder} lies in the folder alone: nobody else writes it`);
}

/** A writer seals every second or so; this takes some milliseconds. */
const CLAIMS = 20;

/** Replaces the lock by one of ours. */
async function claim(
  remote: Remote,
  ifStill: string | undefined,
): Promise<{ held: HeldState; from: string }> {
  const { cell } = remote;
  const first = (await remote.lock()).held;
  for (let tried = 0; tried < CLAIMS; tried += 1) {
    const { held, tag } = await remote.lock();
    // A writer that only seals is overtaken; one that took over itself is not.
    if (held.epoch !== first.epoch || (ifStill !== undefined && held.commit !== ifStill))
      throw remote.fenced(held);
    // The name of the commit stays: its objects may still be staged under it.
    const next: HeldState = {
      ...held,
      epoch: held.epoch + 1,
      instance: crypto.randomUUID(),
      host: ownHost(),
      locks: locksOf(remote.settings),
    };
    if ((await cell.swap(tag, formatHeld(next, cell.name))) !== undefined)
      return { held: next, from: held.host };
  }
  throw new ExhibitError('LEDGER_BUSY', `${cell.name}: the writer was faster ${CLAIMS} times`, {
    location: { file: cell.name },
    hint: 'Stop the writer, or try again.',
  });
}

async function mustSign(folder: string, origin: string, { store, cell }: Remote): Promise<void> {
  const { key } = await readSigner(folder, origin);
  const bytes = await store.get(currentKeyFile(origin));
  const said = Buffer.from(bytes ?? new Uint8Array()).toString();
  if (said.includes(`+${key.id}+`)) return;
  throw new ExhibitError(
    'LEDGER_KEY',
    `the key of ${folder} has id ${key.id}; the log in ${store.name} is signed with another`,
    {
      location: { file: cell.name },
      hint: 'Bring the key that signs, keys/signer.key, from the folder that wrote before. It is in no bucket.',
    },
  );
}

/**
 * Write-ahead logs of a folder that does not write: what of them was acknowledged is in the bucket. They are kept for people, and never
 * read again.
 */
async function setAside(folder: string): Promise<void> {
  const from = walFolder(folder);
  try {
    const files = await readdir(from);
    if (files.length === 0) return;
    const to = join(folder, 'wal-set-aside');
    await makeDirectory(to, 0o700);
    for (const file of files) await rename(join(from, file), join(to, `${Date.now()}-${file}`));
    await syncDirectory(to);
    await syncDirectory(from);
  } catch (error) {
    throw ioError(error, from);
  }
}
