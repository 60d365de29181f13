import { join } from 'node:path';
import type { LedgerReader } from '../../ledger/index.ts';
import { logDays } from '../calendar.ts';
import { lakeWork, openDatabase } from '../duckdb.ts';
import { confine } from './confine.ts';
import { coverageOf } from './coverage.ts';
import { execute } from './execute.ts';
import { assertDialect } from './lint.ts';
import { prepareViews } from './prepare.ts';
import { prepareQuestion } from './question.ts';
import { DEFAULT_TAIL_LIMIT, readScope } from './scope.ts';
import { DEFAULT_MEMORY, type QueryAnswer, type QueryOptions, type QueryRequest } from './types.ts';
import { resultDigest } from './values.ts';

/**
 * Answers a question in this process.
 * @param temporary a folder of this question alone, for what does not fit into memory
 * @param onRun called when the engine gets the text
 */
export async function answer(
  reader: LedgerReader,
  request: QueryRequest,
  options: QueryOptions,
  temporary: string,
  onRun?: () => void,
): Promise<QueryAnswer> {
  const { origin, size, root } = await reader.checkpoint();
  const days = await logDays(reader);
  const asked = prepareQuestion(request, days);
  assertDialect(asked.text, asked.name);
  const limit = options.tailLimit ?? DEFAULT_TAIL_LIMIT;
  const opening = openDatabase({
    threads: options.threads ?? 2,
    memoryLimit: options.memoryLimit ?? DEFAULT_MEMORY,
    temporary: join(temporary, 'spill'),
  });
  try {
    // The log is read while the engine starts.
    const [scope, database] = await Promise.all([readScope(reader, asked.read, size, limit), opening]);
    const prepared = await lakeWork('the lake could not be read', () =>
      prepareViews(reader, database, scope, asked, options, temporary),
    );
    const readable = prepared.files.good.map(({ file }) => join(reader.folder, file?.key ?? ''));
    await confine(database.connection, readable);
    onRun?.();
    const result = await execute(database.connection, asked, options);
    const coverage = coverageOf(scope, prepared, asked.read, result.truncated);
    return {
      query: { name: asked.name, text: asked.text, parameters: asked.parameters },
      coverage,
      ledger: { origin, size, root },
      columns: result.columns,
      rows: result.rows,
      row_count: result.rows.length,
      ...(result.truncated === undefined ? {} : { truncated: result.truncated }),
      result_digest: resultDigest(result.columns, result.rows),
    };
  } finally {
    await opening.then((database) => database.close()).catch(() => undefined);
  }
}
