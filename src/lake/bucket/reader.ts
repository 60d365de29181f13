import { mkdir, truncate, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { type LedgerReader, type NamedFile, openBucketReader } from '../../ledger/index.ts';
import { formatDigest, isExhibitError } from '../../record/index.ts';
import { type S3Store, versionsByKey } from '../../store/index.ts';
import { lakeWork } from '../duckdb.ts';
import { sha256 } from '../manifest.ts';
import { inParallel } from '../parallel.ts';
import { withQueryFolder } from '../query/temporary.ts';
import { findWhole } from './objects.ts';

/** Told of each file whose bytes did not lie under its key, in words. */
export type OnCovered = (message: string) => void;

/**
 * Does work with a reader of a log in a bucket, to which DuckDB answers as over a folder: the files that a question reads are brought into a folder that
 * only this user can read, each once, and compared there with their manifests. The folder is gone at the end. Nothing is written into the bucket.
 * @param covered hears of files that lie below another version or a delete marker
 * @throws ExhibitError LEDGER_NOT_FOUND, CHECKPOINT_INVALID, LEDGER_CORRUPT, STORE_FAILED, LAKE_FAILED where the folder cannot be written
 */
export async function withBucketReader<T>(
  store: S3Store,
  work: (reader: LedgerReader) => Promise<T>,
  covered: OnCovered = () => undefined,
): Promise<T> {
  return withQueryFolder(async (folder) => {
    const brought = new Map<string, Promise<boolean>>();
    const fetch = async (files: readonly NamedFile[]): Promise<ReadonlySet<string>> => {
      const whole = await inParallel(files, (file) => {
        const bringing = brought.get(file.key) ?? bring(store, folder, file, covered);
        brought.set(file.key, bringing);
        return bringing;
      });
      return new Set(files.filter((_, at) => whole[at] === false).map(({ key }) => key));
    };
    const reader = await openBucketReader(store, folder, fetch);
    try {
      return await work(reader);
    } finally {
      await reader.close();
    }
  });
}

/**
 * What lies under the key, where it has the bytes that the manifest names; else what lies below it. Where nothing has them, what the key shows is left to
 * be compared, and named.
 * @returns whether the bytes are those that the manifest names
 */
async function bring(store: S3Store, folder: string, file: NamedFile, covered: OnCovered): Promise<boolean> {
  const path = join(folder, file.key);
  const put = (bytes: Uint8Array) =>
    lakeWork(`${file.key} could not be brought from the bucket`, async () => {
      await mkdir(dirname(path), { recursive: true });
      await writeFile(path, bytes);
    });
  // Its length first: whoever writes into the bucket may have put anything there.
  const there = await store.look(file.key);
  const shown = there?.length === file.bytes ? await store.get(file.key) : undefined;
  const whole = shown !== undefined && isWhole(shown, file) ? shown : await fromBelow(store, file, covered);
  if (whole !== undefined) {
    await put(whole);
    return true;
  }
  if (there === undefined) return false;
  await put(shown ?? new Uint8Array());
  // As long as the object, so that what is said of its length is true; none of its bytes are there.
  if (shown === undefined) await truncate(path, there.length);
  return false;
}

async function fromBelow(
  store: S3Store,
  file: NamedFile,
  covered: OnCovered,
): Promise<Uint8Array | undefined> {
  const { key } = file;
  try {
    const versions = (await versionsByKey(store, [key])).get(key) ?? [];
    const { whole } = await findWhole(store, file, versions);
    const bytes = whole?.version === undefined ? undefined : await store.getVersion(key, whole.version);
    if (bytes === undefined || !isWhole(bytes, file)) return undefined;
    covered(`${key}: version ${whole?.version ?? ''}, with the bytes that the manifest names, was read`);
    return bytes;
  } catch (error) {
    // Who may not list versions has what the key shows.
    if (!isExhibitError(error, 'STORE_FAILED')) throw error;
    covered(`${key}: what lies below it could not be read: ${error.message}`);
    return undefined;
  }
}

const isWhole = (bytes: Uint8Array, { sha256: digest }: NamedFile): boolean =>
  formatDigest(sha256(bytes)) === digest;
