import type { LedgerReader } from '../../ledger/index.ts';
import { answer } from './answer.ts';
import { answerInChild } from './child.ts';
import { assertDialect } from './lint.ts';
import { withQueryFolder } from './temporary.ts';
import type { QueryAnswer, QueryOptions, QueryRequest } from './types.ts';

/**
 * Answers a saved question or one SELECT, with a header that says how complete the answer is. Closed days come from files that were compared
 * with their manifests; open days come from the log. The log itself is not verified here: verifyLedger does that.
 * Several readers are one question over several logs, such as one a region: each row says its `origin`.
 * SQL of a user runs in a process of its own, which reads the ledger's folder anew: it is ended when it passes its limits.
 * @throws ExhibitError QUERY_INVALID, QUERY_FAILED, LAKE_FAILED, USAGE
 */
export async function query(
  reader: LedgerReader | readonly LedgerReader[],
  request: QueryRequest,
  options: QueryOptions = {},
): Promise<QueryAnswer> {
  const readers = Array.isArray(reader) ? (reader as readonly LedgerReader[]) : [reader as LedgerReader];
  // Before a folder and a process are made for it.
  if (request.sql !== undefined) assertDialect(request.sql, 'sql');
  return withQueryFolder((temporary) =>
    request.sql === undefined
      ? answer(readers, request, options, temporary)
      : answerInChild(
          readers.map(({ folder }) => folder),
          request,
          options,
          temporary,
        ),
  );
}
