import { afterEach, beforeEach, expect, test } from 'vitest';
import { closeDay, query } from './index.ts';
import { type Fixture, makeFixture } from './testing/fixture.ts';

let lake: Fixture;
beforeEach(async () => {
  lake = await makeFixture('2026-03-01T10:00:00.000Z');
});
afterEach(() => lake.remove());

/** One text for each column that takes any, and for some that no decision has. */
const TEXTS = {
  message: `it's "not" ' encrypted''`,
  file: `') AS message, (SELECT 'x`,
  repository: '  two  ',
  subject_name: 'Not ENCRYPTED',
  actor: 'nicht verschlüsselt 🔒',
  change: 'a\u0000b',
  commit: 'one\ntwo\r\n',
  ext: `"${'x'.repeat(300)}"`,
};

async function rows() {
  const columns = `${Object.keys(TEXTS).join(', ')}, line_number, environment, details`;
  const sql = `SELECT ${columns} FROM evidence WHERE control = 'cc6.1' ORDER BY log_index`;
  return (await query(lake.ledger, { sql, from: '2026-03-01', to: '2026-03-01' })).rows;
}

// What all decisions of a day have alike is not copied row by row: the rows of a closed day must be those of the log all the same.
test('texts that all decisions share are the same from the files as from the log', async () => {
  const map = await lake.announce('r1', [['encrypted', 'soc2/cc6.1']]);
  const fields = { ...TEXTS, line: 3 };
  await lake.decide(
    map,
    ['encrypted', 'db1', 'fail', { ...fields, environment: 'production' }],
    ['encrypted', 'db2', 'fail', { ...fields, environment: 'staging' }],
  );
  lake.at('2026-03-02T01:00:00.000Z');
  const open = await rows();
  const texts = Object.values(TEXTS);
  expect(open.map((row) => row.slice(0, texts.length))).toEqual([texts, texts]);
  await closeDay(lake.ledger, '2026-03-01', { clock: lake.clock });
  expect(await rows()).toEqual(open);
});

test('a column that only some decisions have is read from each', async () => {
  const map = await lake.announce('r1', [['encrypted', 'soc2/cc6.1']]);
  await lake.decide(
    map,
    ['encrypted', 'db1', 'fail', { message: 'a' }],
    ['encrypted', 'db2', 'pass', { subject_name: 'b' }],
    ['encrypted', 'db3', 'fail', { message: 'A' }],
  );
  lake.at('2026-03-02T01:00:00.000Z');
  const open = await rows();
  expect(open.map((row) => row[0])).toEqual(['a', null, 'A']);
  await closeDay(lake.ledger, '2026-03-01', { clock: lake.clock });
  expect(await rows()).toEqual(open);
});
