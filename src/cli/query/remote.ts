import { resolve } from 'node:path';
import { checkDatabase, type QueryAnswer, type QueryRequest, queryRemote } from '../../lake/index.ts';
import { openReader } from '../../ledger/index.ts';
import { ExhibitError } from '../../record/index.ts';
import { isS3Url, s3Store } from '../../store/index.ts';
import type { Context } from '../context.ts';
import { bucketOf } from '../store/flags.ts';
import { athenaOf, trinoOf } from './engines.ts';
import type { QueryFlags } from './flags.ts';

/**
 * Answers by Trino or Athena over the copy of the lake in a bucket.
 * @param evidence folder of the ledger, or `s3://BUCKET/PREFIX` of its copy
 * @param sizes asks the log as it was then
 */
export async function answerRemote(
  evidence: string,
  request: QueryRequest,
  flags: QueryFlags,
  context: Context,
  sizes?: readonly number[],
): Promise<QueryAnswer> {
  const location = flags.location ?? (isS3Url(evidence) ? evidence : undefined);
  if (location === undefined)
    throw new ExhibitError('USAGE', 'where is the copy of the lake?', {
      hint: 'Name it with --location s3://BUCKET/PREFIX, or give that as --evidence.',
    });
  const store = s3Store(bucketOf(location, flags), { clock: context.clock, differing: 'give' });
  const engine = flags.engine === 'athena' ? await athenaOf(flags, context) : trinoOf(flags, context);
  const reader = await openReader(isS3Url(evidence) ? store : resolve(context.cwd, evidence));
  try {
    return await queryRemote(reader, request, engine, {
      lake: { location: store.name, name: checkDatabase(flags.database) },
      check: flags.check,
      auditor: flags.auditor === true,
      ...(sizes === undefined ? {} : { sizes }),
      ...(flags.timeout === undefined ? {} : { timeout: flags.timeout * 1_000 }),
      // What the engine itself says is compared in any case; the objects want rights of their own.
      ...(flags.check === 'size' ? {} : { objects: store }),
    });
  } finally {
    await reader.close();
    store.close();
    if ('close' in engine) engine.close();
  }
}
