import { type Ask, type Source, sourceHere } from '../../audit/index.ts';
import { checkDatabase, queryRemote, type RemoteOptions, withBucketReader } from '../../lake/index.ts';
import type { LogReader } from '../../ledger/index.ts';
import { ExhibitError } from '../../record/index.ts';
import { isS3Url, type NamedStore, s3Store } from '../../store/index.ts';
import type { Context } from '../context.ts';
import { readingAt, readingFolder, readingLake } from '../evidence/place.ts';
import { type BucketFlags, bucketOf } from '../store/flags.ts';
import { athenaOf, type EngineFlags, trinoOf } from './engines.ts';

/** Flags that say who answers questions about a log. */
export interface SourceFlags extends BucketFlags, EngineFlags {
  engine?: 'duckdb' | 'trino' | 'athena';
  /** `s3://BUCKET/PREFIX` of the copy that the engine reads. */
  location?: string;
  /** First part of the names of databases. */
  database?: string;
}

/** A source, and where its log lies. */
export interface Opened extends Source {
  at: string | NamedStore;
}

/** What every question is asked with. */
export type AskedWith = Pick<RemoteOptions, 'auditor' | 'sizes' | 'timeout' | 'check'>;

/**
 * Opens a log with who answers questions about it: DuckDB over a folder, Trino or Athena over the copy in a bucket. Of a bucket without an
 * engine the log alone is read, and there is nobody to ask.
 * @param place an absolute path, or `s3://BUCKET/PREFIX`
 */
export async function withSource<T>(
  place: string,
  flags: SourceFlags,
  context: Context,
  work: (source: Opened) => Promise<T>,
): Promise<T> {
  if (flags.engine === 'trino' || flags.engine === 'athena') return withEngine(place, flags, context, work);
  if (isS3Url(place))
    return readingAt(place, flags, context, (reader, at) => work({ reader, at, ask: undefined }));
  return readingFolder(place, (reader) => work({ ...sourceHere(reader), at: place }));
}

/** The same by Trino or Athena. @throws ExhibitError USAGE, CONFIG_INVALID */
export async function withEngine<T>(
  place: string,
  flags: SourceFlags,
  context: Context,
  work: (source: Opened & { ask: Ask }) => Promise<T>,
  always: AskedWith = {},
): Promise<T> {
  const location = flags.location ?? (isS3Url(place) ? place : undefined);
  if (location === undefined)
    throw new ExhibitError('USAGE', 'where is the copy of the lake?', {
      hint: 'Name it with --location s3://BUCKET/PREFIX, or give that as --evidence.',
    });
  const store = s3Store(bucketOf(location, flags), { clock: context.clock, differing: 'give' });
  const engine = flags.engine === 'athena' ? await athenaOf(flags, context) : trinoOf(flags, context);
  const at = isS3Url(place) ? store : place;
  const lake = { location: store.name, name: checkDatabase(flags.database ?? 'exhibit') };
  const asking = (reader: LogReader) => {
    const ask: Ask = (request, options = {}) => {
      const asked = { ...options, ...always };
      // What the engine itself says is compared in any case; the objects want rights of their own.
      const objects = asked.check === 'size' ? {} : { objects: store };
      return queryRemote(reader, request, engine, { ...asked, lake, ...objects });
    };
    return work({ reader, at, ask });
  };
  try {
    // Of a log in a bucket each manifest is looked up by its id: that wants an index.
    if (isS3Url(place)) return await withBucketReader(store, asking);
    return await readingFolder(place, asking);
  } finally {
    store.close();
    if ('close' in engine) engine.close();
  }
}

/**
 * The same where questions must be answered: DuckDB answers over a bucket, too.
 */
export async function withAnswers<T>(
  place: string,
  flags: SourceFlags,
  context: Context,
  work: (source: Opened & { ask: Ask }) => Promise<T>,
): Promise<T> {
  if (flags.engine === 'trino' || flags.engine === 'athena') return withEngine(place, flags, context, work);
  return readingLake(place, flags, context, (reader) => work({ ...sourceHere(reader), at: reader.place }));
}
