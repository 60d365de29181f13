import { resolve } from 'node:path';
import { type BucketVerification, verifyBucketLake } from '../../lake/index.ts';
import { plural } from '../../record/index.ts';
import { isS3Url, s3Store } from '../../store/index.ts';
import type { Context } from '../context.ts';
import { EXIT, type ExitCode } from '../exit.ts';
import { type BucketFlags, bucketOf } from '../store/flags.ts';
import { progress } from '../terminal/progress.ts';
import { printable } from '../terminal/text.ts';
import { printProblems, printPurged, verify as verifyFolder } from './inspect.ts';

/** Compares every file of a lake, in a folder or in a bucket, with its manifest. */
export async function verify(
  place: string,
  flags: BucketFlags & { day: readonly string[] },
  context: Context,
): Promise<ExitCode> {
  return isS3Url(place)
    ? verifyBucket(place, flags, context)
    : verifyFolder(resolve(context.cwd, place), flags.day, context);
}

/** Compares the lake in a bucket with the manifests of its log. Exit 3 when no day is closed: nothing was verified. */
async function verifyBucket(
  url: string,
  { day, ...flags }: BucketFlags & { day: readonly string[] },
  { clock, stdout, stderr, ...context }: Context,
): Promise<ExitCode> {
  const store = s3Store(bucketOf(url, flags), { clock, differing: 'give' });
  try {
    const bar = progress('verifying days', stderr, clock);
    const result = await verifyBucketLake(store, {
      ...(day.length === 0 ? {} : { days: day }),
      progress: bar.update,
    });
    bar.end();
    const count = result.problems.length;
    stdout.write(
      result.days === 0 && count === 0
        ? 'no day is closed: nothing was verified\n'
        : `${plural(result.days, 'day')}, ${plural(result.files, 'file')}, ${result.bytes} bytes: ${plural(count, 'difference')} from the manifests\n`,
    );
    printProblems(result.problems, { clock, stdout, stderr, ...context });
    for (const note of [...movedNotes(result.moved), ...result.notes])
      stdout.write(`  note: ${printable(note)}\n`);
    if (result.open.length > 0) stdout.write(`  not closed: ${result.open.join(', ')}\n`);
    printPurged(result.purged, stdout);
    if (count > 0) return EXIT.violation;
    return result.days === 0 ? EXIT.incomplete : EXIT.ok;
  } finally {
    store.close();
  }
}

/** A copy of a bucket has another version for each file. */
const SHOWN = 20;

function movedNotes(moved: BucketVerification['moved']): string[] {
  const one = ({ key, pinned, version }: BucketVerification['moved'][number]) =>
    `${key}: version ${pinned}, which its manifest names, is gone; version ${version ?? ''} has its bytes`;
  const notes = moved.slice(0, SHOWN).map(one);
  const more = moved.length - notes.length;
  return more > 0 ? [...notes, `and ${more} more files like these: see those of a day with --day`] : notes;
}
