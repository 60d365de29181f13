import { resolve } from 'node:path';
import { LAKE_FOLDERS, purgedKeys, verifyLake } from '../../lake/index.ts';
import { copyLedger, openReader, verifyLedger } from '../../ledger/index.ts';
import { ExhibitError } from '../../record/index.ts';
import { isS3Url, type S3StoreSettings, s3Store } from '../../store/index.ts';
import type { Context } from '../context.ts';
import { EXIT, type ExitCode } from '../exit.ts';
import { inertJson } from '../terminal/json.ts';
import { progress } from '../terminal/progress.ts';
import { table } from '../terminal/table.ts';
import { type BucketFlags, bucketOf, lockDays, lockText } from './flags.ts';
import { folderPlace, mustBeApart, type Place } from './place.ts';

export interface CopyFlags extends BucketFlags {
  lockDays?: number;
  retention?: Record<string, number>;
  lockMode: 'governance' | 'compliance';
  acknowledgeIrreversible?: boolean;
  legalHold?: boolean;
  kmsKey?: string;
  /** False: the folder is not verified before. */
  verify: boolean;
  json?: boolean;
}

/**
 * Copies the ledger and the lake of a folder to a bucket or to another folder, after they were verified: what does not hold must not be locked for years.
 * @throws ExhibitError CONFIG_INVALID, USAGE, and what verifyLedger and copyLedger throw
 */
export async function copy(
  folder: string,
  url: string,
  flags: CopyFlags,
  context: Context,
): Promise<ExitCode> {
  const { clock, cwd, stdout, stderr } = context;
  const place = resolve(cwd, folder);
  const target = targetOf(place, url, flags, context);
  const { store } = target;
  try {
    if (flags.verify) await mustHold(place, context);
    const bar = progress('copying objects', stderr, clock);
    const copied = await copyLedger(place, store, {
      folders: LAKE_FOLDERS,
      except: await purgedIn(place),
      progress: bar.update,
    });
    bar.end();
    const heeds = await target.heedsCondition?.();
    const lock = heeds === undefined ? 'none: a folder has no locks' : lockText(flags);
    if (flags.json === true) {
      const second = heeds === undefined ? {} : { second_writer_refused: heeds };
      stdout.write(`${inertJson({ schemaVersion: 1, store: store.name, ...copied, lock, ...second }, 2)}\n`);
      return EXIT.ok;
    }
    const { origin, size, root, written, bytes, there } = copied;
    stdout.write(
      table(
        [
          ['log', `${origin}, ${size} records, root ${root}`],
          ['written', `${written} objects, ${bytes} bytes`],
          ['were there', `${there} objects, with the same bytes`],
          ['locked', lock],
          ...(heeds === undefined ? [] : [['second writer', heeds ? REFUSED : LOOKED_FOR]]),
        ],
        stdout,
      ),
    );
    return EXIT.ok;
  } finally {
    target.close();
  }
}

const REFUSED = 'refused by the store';
const LOOKED_FOR = 'not refused by this store (If-None-Match): looked for after each write';

function targetOf(
  source: string,
  url: string,
  flags: CopyFlags,
  { clock, cwd }: Context,
): Place & { heedsCondition?: () => Promise<boolean> } {
  if (isS3Url(url)) {
    const store = s3Store(settingsOf(url, flags), { clock });
    return { store, close: () => store.close(), heedsCondition: () => store.heedsCondition() };
  }
  const { lockDays, lockMode, legalHold, kmsKey } = flags;
  if (lockDays !== undefined || lockMode === 'compliance' || legalHold === true || kmsKey !== undefined)
    throw new ExhibitError('USAGE', 'a folder has no locks and no keys of KMS', {
      hint: 'Give s3://BUCKET/PREFIX, or leave these flags out.',
    });
  const folder = resolve(cwd, url);
  mustBeApart(source, folder);
  return folderPlace(folder);
}

function settingsOf(url: string, flags: CopyFlags): S3StoreSettings {
  const { lockMode, acknowledgeIrreversible, legalHold, kmsKey } = flags;
  const locked = lockDays(flags.lockDays, flags.retention);
  if (locked === undefined && (lockMode === 'compliance' || legalHold === true))
    throw new ExhibitError('USAGE', 'a lock wants its days', {
      hint: 'Give --lock-days, such as --lock-days 365.',
    });
  return {
    ...bucketOf(url, flags),
    ...(kmsKey === undefined ? {} : { kms_key: kmsKey }),
    ...(locked === undefined
      ? {}
      : {
          lock: {
            mode: lockMode === 'compliance' ? ('COMPLIANCE' as const) : ('GOVERNANCE' as const),
            ...locked,
            acknowledge_irreversible: acknowledgeIrreversible === true,
            legal_hold: legalHold === true,
          },
        }),
  };
}

async function purgedIn(folder: string): Promise<Set<string>> {
  const reader = await openReader(folder);
  try {
    return await purgedKeys(reader);
  } finally {
    await reader.close();
  }
}

async function mustHold(folder: string, { clock, stderr }: Context): Promise<void> {
  const bar = progress('verifying records', stderr, clock);
  const { blobs } = await verifyLedger(folder, { progress: bar.update });
  bar.end();
  const bad = blobs?.problems[0];
  if (bad !== undefined)
    throw new ExhibitError(
      bad.kind === 'missing' ? 'BLOB_MISSING' : 'BLOB_DIGEST',
      `the blob ${bad.digest} of record ${bad.index} ${bad.kind === 'missing' ? 'is missing' : 'differs'}: nothing was copied`,
      { hint: 'See all of them with: exhibit ledger verify. --no-verify copies what is there.' },
    );
  const reader = await openReader(folder);
  const problem = (await verifyLake(reader)).problems[0];
  await reader.close();
  if (problem !== undefined)
    throw new ExhibitError('LAKE_MISMATCH', `${problem.message}: nothing was copied`, {
      location: { file: problem.key },
      hint: 'See all of it with: exhibit lake verify. `exhibit lake rebuild` restores files from the log.',
    });
}
