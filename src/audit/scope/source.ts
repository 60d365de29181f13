import { Known, type QueryAnswer, type QueryOptions, type QueryRequest, query } from '../../lake/index.ts';
import type { LedgerReader, LogReader } from '../../ledger/index.ts';

/** How a question is answered: by DuckDB over the folder, or by an engine that reads the copy of the lake in a bucket. */
export type Ask = (
  request: QueryRequest,
  options?: Pick<QueryOptions, 'check' | 'rowLimit' | 'sizeLimit' | 'timeout'>,
) => Promise<QueryAnswer>;

/** A log, and who answers questions about it. */
export interface Source<Reader extends LogReader = LogReader> {
  reader: Reader;
  /** Undefined where there is no lake to ask: a bucket, and no engine that reads it. */
  ask: Ask | undefined;
}

/** Questions are answered in this process, over the folder of the log; what one finds out of manifests and files serves the next. */
export function sourceHere(reader: LedgerReader): Source<LedgerReader> & { ask: Ask } {
  const known = new Known();
  return { reader, ask: (request, options) => query(reader, request, { ...options, known }) };
}
