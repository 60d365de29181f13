import { resolve } from 'node:path';
import { LAKE_FOLDERS, verifyLake } from '../../lake/index.ts';
import { copyLedger, openReader, verifyLedger } from '../../ledger/index.ts';
import { ExhibitError } from '../../record/index.ts';
import { type S3StoreSettings, s3Store } from '../../store/index.ts';
import type { Context } from '../context.ts';
import { EXIT, type ExitCode } from '../exit.ts';
import { inertJson } from '../terminal/json.ts';
import { progress } from '../terminal/progress.ts';
import { table } from '../terminal/table.ts';
import { type BucketFlags, bucketOf, lockDays } from './flags.ts';

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
 * Copies the ledger and the lake of a folder to a bucket, after they were verified: what does not hold must not be locked for years.
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
  const store = s3Store(settingsOf(url, flags), { clock });
  try {
    if (flags.verify) await mustHold(place, context);
    const bar = progress('copying objects', stderr, clock);
    const copied = await copyLedger(place, store, { folders: LAKE_FOLDERS, progress: bar.update });
    bar.end();
    const heeds = await store.heedsCondition();
    if (flags.json === true) {
      stdout.write(
        `${inertJson({ schemaVersion: 1, store: store.name, ...copied, lock: lockText(flags), second_writer_refused: heeds }, 2)}\n`,
      );
      return EXIT.ok;
    }
    const { origin, size, root, written, bytes, there } = copied;
    stdout.write(
      table(
        [
          ['log', `${origin}, ${size} records, root ${root}`],
          ['written', `${written} objects, ${bytes} bytes`],
          ['were there', `${there} objects, with the same bytes`],
          ['locked', lockText(flags)],
          [
            'second writer',
            heeds
              ? 'refused by the store'
              : 'not refused by this store (If-None-Match): looked for after each write',
          ],
        ],
        stdout,
      ),
    );
    return EXIT.ok;
  } finally {
    store.close();
  }
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

function lockText({ lockDays: common, retention, lockMode, legalHold }: CopyFlags): string {
  const locked = lockDays(common, retention);
  if (locked === undefined) return 'as the default of the bucket says';
  const own = Object.entries(locked.retention ?? {}).map(([name, days]) => `, ${name} ${days}`);
  return `${lockMode.toUpperCase()}, ${locked.days} days${own.join('')} from when it was written${legalHold === true ? ', legal hold' : ''}`;
}
