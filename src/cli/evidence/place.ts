import { resolve } from 'node:path';
import { withBucketReader } from '../../lake/index.ts';
import { type LedgerReader, type LogReader, openReader } from '../../ledger/index.ts';
import { ExhibitError } from '../../record/index.ts';
import { isS3Url, type NamedStore, s3Store } from '../../store/index.ts';
import { resolveConfig } from '../config/config.ts';
import type { Context } from '../context.ts';
import { type BucketFlags, bucketOf } from '../store/flags.ts';
import { sentence } from '../terminal/table.ts';
import { isServer } from './remote.ts';

export interface EvidenceFlag {
  evidence?: string | undefined;
}

/**
 * Where the evidence lies, by flag or setting: an absolute path, or `s3://BUCKET/PREFIX`. The one place where the commands that read evidence
 * find it.
 * @throws ExhibitError USAGE where none is named, or a server
 */
export function placeOf({ evidence }: EvidenceFlag, context: Context): string {
  const found = resolveConfig(evidence === undefined ? {} : { evidence }, context).evidence?.value;
  if (found === undefined)
    throw new ExhibitError('USAGE', 'which evidence?', {
      hint: 'Name the folder with --evidence, EXHIBIT_EVIDENCE or .exhibit.yaml.',
    });
  if (isServer(found))
    throw new ExhibitError('USAGE', 'name the evidence folder: this is the address of a server', {
      hint: 'Example: --evidence evidence. Where a server keeps it, run this beside the server.',
    });
  return isS3Url(found) ? found : resolve(context.cwd, found);
}

/** The same for what is done with a folder alone. @throws ExhibitError USAGE for a bucket, too */
export function folderOf(flags: EvidenceFlag, context: Context): string {
  return mustBeFolder(placeOf(flags, context));
}

/** @throws ExhibitError USAGE */
export function mustBeFolder(place: string): string {
  if (!isS3Url(place)) return place;
  throw new ExhibitError('USAGE', 'this wants the folder of the ledger, not a bucket', {
    hint: 'Give --evidence FOLDER: the one that writes into the bucket, or one that stands by (exhibit ledger join). Of a bucket, exhibit engagement list, show and answer, replay, and query --engine trino or athena read.',
  });
}

/** Opens the reading side of a log in a folder, does the work, and closes it. */
export async function readingFolder<T>(
  folder: string,
  work: (reader: LedgerReader) => Promise<T>,
): Promise<T> {
  const reader = await openReader(folder);
  try {
    return await work(reader);
  } finally {
    await reader.close();
  }
}

/** Opens the reading side of a log in a folder or a bucket, does the work, and closes it. */
export async function readingAt<T>(
  place: string,
  flags: BucketFlags,
  { clock }: Pick<Context, 'clock'>,
  work: (reader: LogReader, at: string | NamedStore) => Promise<T>,
): Promise<T> {
  const store = isS3Url(place) ? s3Store(bucketOf(place, flags), { clock, differing: 'give' }) : undefined;
  const at = store ?? place;
  const reader: LogReader = await openReader(at);
  try {
    return await work(reader, at);
  } finally {
    await reader.close();
    store?.close();
  }
}

/** Most lines on objects that lie below others; how many there are is said in any case. */
const MOST_COVERED = 5;

/**
 * The same where files of the lake are read, too: those of a bucket are brought here for the time of the work. Where another version or a delete marker lies
 * over one, that is told.
 */
export async function readingLake<T>(
  place: string,
  flags: BucketFlags,
  { clock, stderr }: Pick<Context, 'clock' | 'stderr'>,
  work: (reader: LedgerReader) => Promise<T>,
): Promise<T> {
  if (!isS3Url(place)) return readingFolder(place, work);
  const store = s3Store(bucketOf(place, flags), { clock, differing: 'give' });
  const covered: string[] = [];
  try {
    return await withBucketReader(store, work, (message) => covered.push(message));
  } finally {
    store.close();
    for (const message of covered.slice(0, MOST_COVERED))
      stderr.write(sentence(`warning: ${message}`, stderr));
    if (covered.length > MOST_COVERED)
      stderr.write(
        sentence(
          `warning: and ${covered.length - MOST_COVERED} files more; exhibit lake verify ${place} names all`,
          stderr,
        ),
      );
  }
}
