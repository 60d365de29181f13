import { createHash } from 'node:crypto';
import { lstatSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Digest, type ErrorCode, ExhibitError, isExhibitError } from '../../record/index.ts';

export const RECORDS = 'records.ndjson';
export const BLOBS = 'blobs';

/** One run that waits to be sent. */
export interface Spooled {
  folder: string;
  /** JSON texts, one a record, in order. The server judges them. */
  records: string[];
  blobs: Map<Digest, Uint8Array>;
}

/**
 * Reads a run of the spool. It may have been edited or damaged since it was put there: each blob must be a file, no link, and what its
 * name says.
 * @returns the run, or why nothing of it is sent: RECORD_INVALID or BLOB_DIGEST where it is damaged, INPUT_UNREADABLE where it cannot be read now
 */
export function readRun(folder: string): Spooled | ExhibitError {
  try {
    const records = plainFile(join(folder, RECORDS))
      .toString('utf8')
      .split('\n')
      .filter((line) => line !== '');
    return { folder, records, blobs: new Map(blobsOf(join(folder, BLOBS))) };
  } catch (error) {
    if (isExhibitError(error)) return error;
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR')
      return damaged('RECORD_INVALID', 'a part of the run is not there', folder, error);
    return damaged('INPUT_UNREADABLE', 'a run that waits cannot be read', folder, error);
  }
}

function* blobsOf(folder: string): Generator<[Digest, Uint8Array]> {
  for (const name of readdirSync(folder).sort()) {
    const file = join(folder, name);
    const bytes = plainFile(file);
    if (createHash('sha256').update(bytes).digest('hex') !== name)
      throw damaged('BLOB_DIGEST', 'a blob of the run is not what its name says', file);
    yield [`sha256:${name}`, bytes];
  }
}

function plainFile(file: string): Buffer {
  if (!lstatSync(file).isFile()) throw damaged('RECORD_INVALID', 'a part of the run is no file', file);
  return readFileSync(file);
}

function damaged(code: ErrorCode, message: string, file: string, cause?: unknown): ExhibitError {
  return new ExhibitError(code, message, { location: { file }, ...(cause === undefined ? {} : { cause }) });
}
