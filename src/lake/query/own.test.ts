import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { logDays } from '../calendar.ts';
import { type Database, openDatabase } from '../duckdb.ts';
import { closeDay, type QueryAnswer, query } from '../index.ts';
import { CC61, type Fixture, makeFixture } from '../testing/fixture.ts';
import { confine } from './confine.ts';
import { prepareViews } from './prepare.ts';
import { prepareQuestion } from './question.ts';
import { readScope } from './scope.ts';
import { withQueryFolder } from './temporary.ts';

let lake: Fixture;

/** 1 and 2 March are closed, 3 March is open. Each day decides for soc2 and for iso27001, and has a run of nobody's framework. */
beforeAll(async () => {
  lake = await makeFixture('2026-03-01T10:00:00.000Z');
  const map = await lake.announce('r1', [
    ['encrypted', 'soc2/cc6.1'],
    ['hidden', 'iso27001/a.8.24'],
  ]);
  for (const day of ['01', '02', '03']) {
    lake.at(`2026-03-${day}T10:00:00.000Z`);
    await lake.decide(map, ['encrypted', `own-${day}`, 'pass'], ['hidden', `other-${day}`, 'fail']);
    if (day === '03') break;
    lake.at(`2026-03-0${Number(day) + 1}T02:00:00.000Z`);
    await closeDay(lake.ledger, `2026-03-${day}`, { clock: lake.clock });
  }
});
afterAll(() => lake.remove());

const SCOPE = { framework: 'soc2', from: '2026-03-02', to: '2026-03-03', confined: true } as const;
const ask = (sql: string, more: object = {}, options: object = {}): Promise<QueryAnswer> =>
  query(lake.ledger, { sql, ...SCOPE, ...more }, { threads: 1, ...options });
const refused = (code: string) => expect.objectContaining({ code });

describe('a text in a scope', { timeout: 120_000 }, () => {
  test('sees the rows of its framework and period, of closed and open days', async () => {
    const answer = await ask('SELECT framework, day, subject_id FROM evidence ORDER BY 1, 2, 3');
    expect(answer.rows).toEqual([
      ['soc2', '02', 'own-02'],
      ['soc2', '03', 'own-03'],
    ]);
    expect(answer.scope).toEqual({ framework: 'soc2', from: '2026-03-02', to: '2026-03-03' });
  });

  test('sees no link, control, file or policy of another framework', async () => {
    const asked = [
      ['control_map', 'framework'],
      ['framework_controls', 'framework'],
      ['manifest', 'framework'],
      ['policy', 'policy_id'],
    ];
    const seen = [];
    for (const [view, column] of asked) {
      const { rows } = await ask(`SELECT DISTINCT ${column} FROM ${view} ORDER BY 1`);
      seen.push(rows.flat());
    }
    expect(seen).toEqual([['soc2'], ['soc2'], ['soc2'], ['encrypted']]);
  });

  test.each(['fact', 'daily_counts'])('does not read %s, which has rows of all frameworks', async (view) => {
    await expect(ask(`WITH mine AS (SELECT * FROM ${view}) SELECT count(*) FROM mine`)).rejects.toEqual(
      refused('QUERY_INVALID'),
    );
  });

  test('asks no question that needs the days before', async () => {
    const asked = query(lake.ledger, { name: 'manual-evidence', ...SCOPE });
    await expect(asked).rejects.toEqual(refused('QUERY_INVALID'));
  });

  test('has a framework and a period', async () => {
    const asked = query(lake.ledger, { sql: 'SELECT 1 AS one', framework: 'soc2', confined: true });
    await expect(asked).rejects.toEqual(refused('USAGE'));
  });

  test.each([
    [
      'other rows by a condition that is always true',
      "SELECT subject_id FROM evidence WHERE framework = 'iso27001' OR 1 = 1",
    ],
    [
      'other rows by a join',
      'SELECT e.subject_id FROM evidence e JOIN control_map c ON c.policy_id <> e.policy_id',
    ],
  ])('reaches no %s', async (_, sql) => {
    expect((await ask(sql)).rows.flat().filter((id) => !String(id).startsWith('own-'))).toEqual([]);
  });

  test.each([
    ['a file', `SELECT * FROM '/etc/passwd'`],
    ['a file of the lake', `SELECT * FROM '${CC61}'`],
    ['a function that reads files', `SELECT * FROM read_parquet('evidence/**/*.parquet')`],
    ['text files', `SELECT * FROM read_text('/etc/passwd')`],
    ['names of files', `SELECT * FROM glob('/*')`],
    ['another database', `ATTACH '/tmp/other.db' AS other`],
    ['a pragma', 'PRAGMA database_list'],
    ['a setting', 'SET enable_external_access = true'],
    ['an extension', 'INSTALL httpfs'],
    ['an export', `COPY (SELECT * FROM evidence) TO '/tmp/out.csv'`],
    ['two statements', `SELECT 1 AS one; DROP VIEW evidence`],
    ['tables of the engine', 'SELECT * FROM duckdb_tables()'],
    ['settings of the engine', 'SELECT * FROM duckdb_settings()'],
    ['the catalogue', 'SELECT * FROM information_schema.tables'],
    ['the catalogue by a WITH', 'WITH x AS (SELECT * FROM duckdb_views) SELECT * FROM x'],
    [
      'a WITH that takes the name of a table',
      'WITH duckdb_views AS (SELECT 1 AS one) SELECT * FROM duckdb_views',
    ],
    ['the records behind the view', 'SELECT * FROM record'],
    ['the links behind the view', 'SELECT * FROM bridge'],
    ['another schema', 'SELECT * FROM main.record'],
    ['a name in quotes', 'SELECT * FROM "record"'],
    ['the environment', `SELECT getenv('HOME')`],
    ['a setting as a value', `SELECT current_setting('temp_directory')`],
    ['a text that becomes a query', `SELECT * FROM query('SELECT * FROM record')`],
    ['a table by its name in a text', `SELECT * FROM query_table('record')`],
  ])('is refused: %s', async (_, sql) => {
    await expect(ask(sql)).rejects.toEqual(refused('QUERY_INVALID'));
  });
});

/** The engine as a text in the scope finds it, without the check of the text that stands before it. */
async function inEngine(work: (database: Database) => Promise<void>): Promise<void> {
  await withQueryFolder(async (folder) => {
    const database = await openDatabase({
      threads: 1,
      memoryLimit: '256MB',
      temporary: join(folder, 'spill'),
    });
    try {
      const { ledger } = lake;
      const asked = prepareQuestion({ sql: 'SELECT 1 AS evidence', ...SCOPE }, await logDays(ledger));
      const { size } = await ledger.checkpoint();
      const scope = await readScope(ledger, asked.read, size, 1_000);
      const { files } = await prepareViews(ledger, database, scope, asked, {}, folder);
      await confine(
        database.connection,
        files.good.map(({ file }) => join(ledger.folder, file?.key ?? '')),
      );
      await work(database);
    } finally {
      database.close();
    }
  });
}

describe('the engine in a scope, by a text that nobody checked', { timeout: 120_000 }, () => {
  test('holds no row of another framework or day, in whatever table or view', async () => {
    await inEngine(async ({ connection }) => {
      const rows = async (sql: string) => (await connection.runAndReadAll(sql)).getRowsJson();
      const tables = await rows(
        `SELECT table_schema, table_name FROM information_schema.tables WHERE table_catalog = current_database()`,
      );
      const names = tables.map(([schema, name]) => `"${String(schema)}"."${String(name)}"`);
      expect(names.length).toBeGreaterThan(3);
      const all = [];
      for (const name of names) all.push(JSON.stringify(await rows(`SELECT * FROM ${name}`)));
      const text = all.join();
      expect(text).toContain('own-02');
      expect(text).toContain('own-03');
      for (const secret of ['other-', 'iso27001', 'hidden', 'own-01']) expect(text).not.toContain(secret);
    });
  });

  test('opens no other file, writes none, and cannot be opened again', async () => {
    const { folder } = lake;
    const texts = [
      `SELECT * FROM read_parquet('${join(folder, CC61)}')`,
      `SELECT * FROM read_parquet('${folder}/**/*.parquet')`,
      `SELECT * FROM read_text('/etc/passwd')`,
      `SELECT * FROM glob('${folder}/*')`,
      `ATTACH '${folder}/other.db' AS other`,
      `COPY (SELECT * FROM evidence) TO '${folder}/out.csv'`,
      `EXPORT DATABASE '${folder}/out'`,
      'SET enable_external_access = true',
      `SET allowed_paths = ['/etc/passwd']`,
      'SET lock_configuration = false',
      'PRAGMA enable_external_access',
      'INSTALL httpfs',
      `LOAD '${folder}/x.duckdb_extension'`,
    ];
    await inEngine(async ({ connection }) => {
      const done = [];
      for (const text of texts) {
        const ran = await connection.run(text).then(
          () => true,
          () => false,
        );
        if (ran) done.push(text);
      }
      expect(done).toEqual([]);
    });
  });
});

describe('a text that asks for too much', () => {
  const MILLION = 'SELECT n FROM evidence CROSS JOIN UNNEST(sequence(1, 1000000)) AS t(n)';

  test('of a thousand million rows gets as many as the limit, and that is said', {
    timeout: 60_000,
  }, async () => {
    const sql = `WITH a AS (SELECT x FROM UNNEST(sequence(1, 100000)) AS t(x)), b AS (SELECT y FROM UNNEST(sequence(1, 10000)) AS t(y))
      SELECT x, y FROM a CROSS JOIN b`;
    const answer = await ask(sql, {}, { rowLimit: 10, memoryLimit: '256MB' });
    expect(answer).toMatchObject({ row_count: 10, truncated: { limit: 10 }, coverage: { complete: false } });
  });

  test('to be sorted is stopped by a limit, with nothing left over', { timeout: 120_000 }, async () => {
    const sql = `WITH a AS (${MILLION}), b AS (${MILLION}) SELECT a.n, b.n AS m FROM a CROSS JOIN b ORDER BY m, 1 LIMIT 1`;
    await expect(ask(sql, {}, { timeout: 300, memoryLimit: '256MB' })).rejects.toEqual(
      refused('QUERY_FAILED'),
    );
  });
});

describe('a log at an earlier size', { timeout: 120_000 }, () => {
  test('answers as it did then, whatever came later', async () => {
    const asked = { name: 'verdicts-by-day', framework: 'soc2', control: 'cc6.1' };
    const { size } = await lake.ledger.checkpoint();
    const then = await query(lake.ledger, asked);
    expect(then.coverage.from_log.days).toEqual(['2026-03-03']);
    await lake.put('ci', { record_type: 'heartbeat' });
    lake.at('2026-03-04T02:00:00.000Z');
    await closeDay(lake.ledger, '2026-03-03', { clock: lake.clock });
    const again = await query(lake.ledger, asked, { sizes: [size] });
    expect(again).toEqual(then);
    expect((await query(lake.ledger, asked)).ledger.size).toBeGreaterThan(size);
    const sql = 'SELECT count(*) AS n FROM fact';
    expect((await query(lake.ledger, { sql }, { sizes: [size] })).rows).toEqual([[size]]);
  });

  test('that it never had is refused', async () => {
    await expect(query(lake.ledger, { name: 'gap-records' }, { sizes: [9_999] })).rejects.toEqual(
      refused('NOT_FOUND'),
    );
  });
});
