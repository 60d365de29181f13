import { resolve } from 'node:path';
import { type QueryAnswer, type QueryRequest, query } from '../../lake/index.ts';
import { openReader } from '../../ledger/index.ts';
import { ExhibitError } from '../../record/index.ts';
import { isS3Url } from '../../store/index.ts';
import type { Context } from '../context.ts';
import type { QueryFlags } from './flags.ts';

/** @param sizes asks each log as it was then */
export async function answerHere(
  folders: readonly string[],
  asked: QueryRequest,
  { check, timeout, auditor }: QueryFlags,
  { cwd }: Context,
  sizes?: readonly number[],
): Promise<QueryAnswer> {
  if (folders.some(isS3Url))
    throw new ExhibitError('USAGE', 'DuckDB reads a folder, not a bucket', {
      hint: 'Ask --engine trino or athena, or name the folder that was copied.',
    });
  if (auditor === true)
    throw new ExhibitError('USAGE', '--auditor limits what Trino and Athena are asked', {
      hint: 'Who has the folder can read all of it.',
    });
  const readers = await Promise.all(folders.map((folder) => openReader(resolve(cwd, folder))));
  return query(readers, asked, {
    check,
    ...(timeout === undefined ? {} : { timeout: timeout * 1_000 }),
    ...(sizes === undefined ? {} : { sizes }),
  });
}
