import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import { LAKE_FOLDERS } from '../../lake/index.ts';
import {
  attachLedger,
  followLedger,
  type Joined,
  joinLedger,
  locksOf,
  type RemotePlaces,
  readRemote,
  remoteOf,
  takeOver as takeOverLedger,
} from '../../ledger/index.ts';
import { ExhibitError, isExhibitError, plural, toHex } from '../../record/index.ts';
import { parseCheckpoint, parseNote } from '../../verify/index.ts';
import type { Context } from '../context.ts';
import { readingFolder } from '../evidence/place.ts';
import { EXIT, type ExitCode } from '../exit.ts';
import { type BucketFlags, bucketOf, lockDays, lockText } from '../store/flags.ts';
import { progress } from '../terminal/progress.ts';
import { sentence, table } from '../terminal/table.ts';
import { refuseOlder, remember, remembered } from './memory.ts';

/** Where a log in a bucket lies. */
export interface PlaceFlags extends BucketFlags {
  work?: string;
  lock: string;
  lockDays?: number;
  retention?: Record<string, number>;
  kmsKey?: string;
}

export interface JoinFlags extends Partial<PlaceFlags> {
  signer?: string;
  follow?: number;
  takeOverAfter?: number;
}

/** Puts a bucket behind a folder. */
export async function attach(
  folder: string,
  url: string,
  { work, ...flags }: PlaceFlags,
  context: Context,
): Promise<ExitCode> {
  const { clock, random, stdout, stderr } = context;
  if (work === undefined)
    throw new ExhibitError('USAGE', 'a log in a bucket wants a working place', {
      hint: 'Give --work s3://BUCKET/PREFIX, in a bucket without versions and locks.',
    });
  const bar = progress('copying objects', stderr, clock);
  const { size, store } = await attachLedger(folder, placesOf(url, { ...flags, work }), {
    clock,
    random,
    folders: LAKE_FOLDERS,
    progress: bar.update,
  });
  bar.end();
  stdout.write(
    table(
      [
        ['evidence folder', folder],
        ['writes into', store],
        ['locked', lockText(flags)],
        ['size', String(size)],
      ],
      stdout,
    ),
  );
  stderr.write(
    sentence(
      'From now on each record is in the bucket before it is acknowledged. The signing key stays in the folder: keep a copy in a safe place, or nobody can take over.',
      stderr,
    ),
  );
  return EXIT.ok;
}

/**
 * Makes a folder that stands by, or brings one up to date that does; with `follow` again and again, and with `takeOverAfter` until the one
 * that writes is silent for so long.
 */
export async function join(
  folder: string,
  url: string | undefined,
  flags: JoinFlags,
  context: Context,
): Promise<ExitCode> {
  const { follow, takeOverAfter, signer } = flags;
  if (takeOverAfter !== undefined && follow === undefined)
    throw new ExhibitError('USAGE', '--take-over-after is for who follows', {
      hint: 'Give --follow 2, too.',
    });
  const there = await readRemote(folder);
  if (there === undefined) {
    const { work } = flags;
    if (url === undefined || work === undefined)
      throw new ExhibitError('USAGE', `${folder} does not stand by for a log yet: where does that lie?`, {
        hint: 'Give its bucket and its working place: exhibit ledger join FOLDER s3://BUCKET/PREFIX --work s3://BUCKET/PREFIX',
      });
    const text = signer === undefined ? undefined : await readFile(resolve(context.cwd, signer), 'utf8');
    const places = placesOf(url, { lock: 's3', ...flags, work });
    const { origin, size, locks, theirs } = await joinLedger(folder, places, text);
    say(context, `${folder} has ${size} records of ${origin} and stands by`);
    say(context, `What it writes once it has taken over is locked: ${locksText(locks)}.`);
    if (!isDeepStrictEqual(locks, theirs))
      say(
        context,
        `The folder that writes now locks otherwise: ${locksText(theirs)}. To do the same, change store.lock in the remote.json of ${folder}.`,
      );
  }
  const { origin, size, fetched } = await followLedger(folder);
  if (there !== undefined)
    say(context, `${folder} has ${size} records of ${origin}; ${fetched} objects came`);
  return follow === undefined ? EXIT.ok : watch(folder, follow, takeOverAfter, context);
}

async function watch(
  folder: string,
  every: number,
  after: number | undefined,
  context: Context,
): Promise<ExitCode> {
  const remote = await remoteOf(folder);
  if (remote === undefined) return EXIT.ok;
  let seen = (await remote.lock()).held.commit;
  // By the monotonic clock of this machine alone: the clocks of two machines need not agree.
  let since = performance.now();
  for (;;) {
    await sleep(every * 1000);
    try {
      const { commit } = (await remote.lock()).held;
      if (commit !== seen) [seen, since] = [commit, performance.now()];
      const silent = (performance.now() - since) / 1000;
      if (after !== undefined && silent >= after) {
        say(context, `the writer was silent for ${Math.floor(silent)} s`);
        return await takeOver(folder, context, seen);
      }
      const { size, fetched } = await followLedger(folder);
      if (fetched > 0) say(context, `${size} records`);
    } catch (error) {
      // A place that does not answer says nothing about the writer: its silence is counted from when it answers again.
      if (!isExhibitError(error, 'STORE_FAILED') && !isExhibitError(error, 'LEDGER_FENCED')) throw error;
      say(context, error.message);
      since = performance.now();
    }
  }
}

/** Makes a folder the one that writes. */
export async function takeOver(folder: string, context: Context, ifStill?: string): Promise<ExitCode> {
  const { clock, random, stdout, stderr } = context;
  await refuseBehind(folder, context);
  const { epoch, from, size, sealed } = await takeOverLedger(folder, {
    clock,
    random,
    ...(ifStill === undefined ? {} : { ifStill }),
  });
  const origin = await readingFolder(folder, async (reader) => {
    await refuseOlder(reader, context);
    await remember(reader, context);
    return reader.origin;
  });
  stdout.write(
    table(
      [
        ['log', origin],
        ['writes now', folder],
        ['wrote before', from],
        ['epoch', String(epoch)],
        ['size', String(size)],
        ['sealed now', `${plural(sealed, 'record')} acknowledged before`],
        ['locked from now on', await lockedFromNowOn(folder)],
      ],
      stdout,
    ),
  );
  stderr.write(
    sentence(
      'The former writer acknowledges and seals nothing any more. Stop it, or let it stand by.',
      stderr,
    ),
  );
  return EXIT.ok;
}

/**
 * Before anybody loses the lock: what it says was signed last must not be behind what this machine saw. That what was seen is the
 * beginning of the log is looked at when the log is here.
 * @throws ExhibitError LEDGER_ROLLBACK
 */
async function refuseBehind(folder: string, context: Context): Promise<void> {
  const remote = await remoteOf(folder);
  if (remote === undefined) return;
  const signed = parseCheckpoint(parseNote((await remote.lock()).held.state.checkpoint).text);
  const { origin } = signed;
  const seen = remembered(origin, context);
  if (seen === undefined || seen.size <= signed.size) return;
  const shown = { origin, size: signed.size, root: toHex(signed.root) };
  await refuseOlder(
    { origin, folder: remote.store.name, checkpoint: async () => shown, rootAt: async () => shown.root },
    context,
  );
}

async function lockedFromNowOn(folder: string): Promise<string> {
  const settings = await readRemote(folder);
  return locksText(settings === undefined ? undefined : locksOf(settings));
}

function locksText(lock: Joined['locks']): string {
  return lock === undefined
    ? lockText({})
    : lockText({
        lockDays: lock.days,
        lockMode: lock.mode === 'COMPLIANCE' ? 'compliance' : 'governance',
        legalHold: lock.legal_hold,
        ...(lock.retention === undefined ? {} : { retention: lock.retention }),
      });
}

function say({ stderr }: Context, text: string): void {
  stderr.write(sentence(text, stderr));
}

function placesOf(url: string, flags: PlaceFlags & { work: string }): RemotePlaces {
  const { work, lock, kmsKey } = flags;
  const locked = lockDays(flags.lockDays, flags.retention);
  const key = kmsKey === undefined ? {} : { kms_key: kmsKey };
  return {
    store: {
      ...place(url, flags),
      ...(url.startsWith('s3:') ? { ...key, ...(locked === undefined ? {} : { lock: locked }) } : {}),
    },
    work: { ...place(work, flags), ...(work.startsWith('s3:') ? key : {}) },
    lock: lockOf(lock, flags),
  };
}

const place = (url: string, flags: BucketFlags) => (url.startsWith('s3:') ? bucketOf(url, flags) : { url });

function lockOf(text: string, { region }: BucketFlags): RemotePlaces['lock'] {
  const [kind, ...rest] = text.split(':');
  const name = rest.join(':');
  if (text === 's3') return { kind: 's3' };
  if (kind === 'dynamodb' && name !== '')
    return { kind: 'dynamodb', table: name, ...(region === undefined ? {} : { region }) };
  if (kind === 'sqlite' && name.startsWith('/')) return { kind: 'sqlite', file: name };
  throw new ExhibitError('USAGE', `--lock ${text}: expected s3, dynamodb:TABLE or sqlite:/FILE`);
}
