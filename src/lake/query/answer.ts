import { join } from 'node:path';
import type { LedgerReader } from '../../ledger/index.ts';
import { ExhibitError } from '../../record/index.ts';
import { logDays } from '../calendar.ts';
import { lakeWork, openDatabase } from '../duckdb.ts';
import { ledgerAsOf } from './as-of.ts';
import { confine } from './confine.ts';
import { coverageOf } from './coverage.ts';
import { execute } from './execute.ts';
import { assertDialect } from './lint.ts';
import { createMacros } from './macros.ts';
import { type PreparedViews, prepareViews } from './prepare.ts';
import { prepareQuestion } from './question.ts';
import { DEFAULT_TAIL_LIMIT, readScope, type Scope } from './scope.ts';
import { enterShard, mustDiffer, uniteCoverage, uniteViews } from './shards.ts';
import { DEFAULT_MEMORY, type QueryAnswer, type QueryOptions, type QueryRequest } from './types.ts';
import { resultDigest } from './values.ts';

/**
 * Answers a question in this process, over one log or several.
 * @param temporary a folder of this question alone, for what does not fit into memory
 * @throws ExhibitError QUERY_INVALID, QUERY_FAILED, LAKE_FAILED, USAGE
 */
export async function answer(
  given: readonly LedgerReader[],
  request: QueryRequest,
  options: QueryOptions,
  temporary: string,
): Promise<QueryAnswer> {
  const readers = given.map((reader, at) => {
    const size = options.sizes?.[at];
    return size === undefined ? reader : ledgerAsOf(reader, size);
  });
  const ledgers = await Promise.all(readers.map((reader) => reader.checkpoint()));
  mustDiffer(ledgers);
  const days = await Promise.all(readers.map(logDays));
  const every = [...new Set(days.flat())].sort();
  const asked = prepareQuestion(request, every);
  assertDialect(asked.text, asked.name);
  const limit = options.tailLimit ?? DEFAULT_TAIL_LIMIT;
  const opening = openDatabase({
    threads: options.threads ?? 2,
    memoryLimit: options.memoryLimit ?? DEFAULT_MEMORY,
    temporary: join(temporary, 'spill'),
  });
  try {
    // The logs are read while the engine starts.
    const [scopes, database] = await Promise.all([
      Promise.all(
        readers.map((reader, at) =>
          readScope(reader, asked.read, ledgers[at]?.size ?? 0, limit, options.known),
        ),
      ),
      opening,
    ]);
    const { connection } = database;
    const readable: string[] = [];
    const found: { origin: string; scope: Scope; prepared: PreparedViews }[] = [];
    for (const [at, reader] of readers.entries()) {
      const scope = scopes[at] as Scope;
      const alone = readers.length === 1;
      const prepared = await lakeWork('the lake could not be read', async () => {
        const own = alone ? connection : await enterShard(connection, at);
        return prepareViews(reader, { ...database, connection: own }, scope, asked, options, temporary);
      });
      found.push({ origin: reader.origin, scope, prepared });
      readable.push(...prepared.files.good.map(({ file }) => join(reader.folder, file?.key ?? '')));
    }
    if (readers.length > 1) {
      await connection.run(`SET schema = 'main'`);
      const macros = createMacros(asked.words);
      if (macros !== '') await connection.run(macros);
      await uniteViews(connection, readers.length);
    }
    await confine(connection, readable);
    options.progress?.('question runs', 0, 1);
    const result = await execute(connection, asked, options);
    const coverage = uniteCoverage(
      found.map(({ origin, scope, prepared }) => ({
        origin,
        coverage: coverageOf(scope, prepared, asked.read, result.truncated),
      })),
    );
    const [ledger] = ledgers;
    if (ledger === undefined) throw new ExhibitError('USAGE', 'a question needs a log');
    return {
      query: { name: asked.name, text: asked.text, parameters: asked.parameters },
      coverage,
      ledger,
      ...(ledgers.length === 1 ? {} : { ledgers }),
      ...(asked.scope === undefined ? {} : { scope: asked.scope }),
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
