import type { QueryAnswer, QueryRequest } from '../../lake/index.ts';
import type { Context } from '../context.ts';
import type { QueryFlags } from './flags.ts';
import { withEngine } from './source.ts';

/**
 * Answers by Trino or Athena over the copy of the lake in a bucket.
 * @param place folder of the ledger, or `s3://BUCKET/PREFIX` of its copy
 * @param sizes asks the log as it was then
 */
export async function answerRemote(
  place: string,
  request: QueryRequest,
  flags: QueryFlags,
  context: Context,
  sizes?: readonly number[],
): Promise<QueryAnswer> {
  const always = {
    check: flags.check,
    auditor: flags.auditor === true,
    ...(sizes === undefined ? {} : { sizes }),
    ...(flags.timeout === undefined ? {} : { timeout: flags.timeout * 1_000 }),
  };
  return withEngine(place, flags, context, ({ ask }) => ask(request), always);
}
