import { resolve } from 'node:path';
import { type PurgePlaces, purgeLake } from '../../lake/index.ts';
import type { Ledger } from '../../ledger/index.ts';
import { ExhibitError, formatInstant, isExhibitError, plural } from '../../record/index.ts';
import { isS3Url, type S3Store, s3Store } from '../../store/index.ts';
import type { Context } from '../context.ts';
import { actorHere } from '../evidence/actors.ts';
import { EXIT, type ExitCode } from '../exit.ts';
import { openWriter, remember } from '../ledger/memory.ts';
import { type BucketFlags, bucketOf } from '../store/flags.ts';
import { dayFlag, reasonOf } from '../store/keep.ts';
import { progress } from '../terminal/progress.ts';
import { table } from '../terminal/table.ts';
import { printable } from '../terminal/text.ts';

export interface PurgeFlags extends BucketFlags {
  framework: string;
  before: string;
  reason: string;
  evidence?: string;
  as?: string;
}

/** Purges files of a framework. Exit 3 where there is none to purge. @throws ExhibitError USAGE, and as purgeLake */
export async function purge(place: string, flags: PurgeFlags, context: Context): Promise<ExitCode> {
  const { clock, random, stdout, stderr, cwd } = context;
  const before = dayFlag('--before', flags.before);
  const reason = reasonOf(flags.reason);
  const copy = isS3Url(place) ? s3Store(bucketOf(place, flags), { clock }) : undefined;
  const given = copy === undefined ? place : flags.evidence;
  if (given === undefined)
    throw new ExhibitError(
      'USAGE',
      'a purge wants the folder that writes the log: a tombstone goes there first',
      {
        hint: 'Give --evidence FOLDER.',
      },
    );
  const folder = resolve(cwd, given);
  const ledger = await openWriter(folder, context);
  try {
    const bar = progress('purging files', stderr, clock);
    const purged = await purgeLake(ledger, placesOf(ledger, copy), {
      framework: flags.framework,
      before,
      clock,
      decision: {
        observed_at: formatInstant(clock()),
        actor: actorHere(folder, flags.as, random),
        reason,
      },
      progress: bar.update,
    });
    bar.end();
    await remember(ledger, context);
    const { needed, locked } = purged.facts_kept;
    stdout.write(
      table(
        [
          [
            'purged',
            `${plural(purged.files, 'file')} of ${plural(purged.days, 'day')}, ${purged.bytes} bytes`,
          ],
          ['tombstones', `${purged.tombstones} written now`],
          ...(needed === 0 ? [] : [['facts kept', `${plural(needed, 'day')}: another framework needs them`]]),
          ...(locked === 0 ? [] : [['facts kept', `${plural(locked, 'day')}: their own lock or hold is on`]]),
          ...(copy === undefined || purged.files === 0
            ? []
            : [['to do', 'copy the log again (exhibit store copy): the copy has the tombstones only then']]),
        ],
        stdout,
      ),
    );
    listStaying(purged.stays, context);
    if (purged.files > 0) return EXIT.ok;
    stdout.write(`no closed day before ${before} has files of ${flags.framework}: nothing was purged\n`);
    return EXIT.incomplete;
  } catch (error) {
    if (isExhibitError(error, 'PURGE_REFUSED')) listStaying(error.details.stays, context);
    throw error;
  } finally {
    await ledger.close();
    copy?.close();
  }
}

/** Each version that a lock or a hold is on. */
function listStaying(stays: unknown, { stdout }: Context): void {
  for (const line of Array.isArray(stays) ? stays : []) stdout.write(`  stays: ${printable(String(line))}\n`);
}

function placesOf(ledger: Ledger, copy: S3Store | undefined): PurgePlaces {
  if (copy !== undefined) return { bucket: copy };
  const { folder, bucket } = ledger;
  if (bucket === undefined) return { folder };
  return bucket.versioned === undefined ? { folder, plain: bucket } : { folder, bucket: bucket.versioned };
}
