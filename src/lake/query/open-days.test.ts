import { expect, test } from 'vitest';
import { query } from '../index.ts';
import { makeFixture } from '../testing/fixture.ts';

test('open days are read from the log whole, each under its own date, up to the limit: a long one is passed over and named, shorter ones after it are read', async () => {
  const lake = await makeFixture('2026-03-01T10:00:00.000Z');
  try {
    const days = [
      ['2026-03-01', 2],
      ['2026-03-02', 1],
      ['2026-03-03', 9],
      ['2026-03-04', 1],
      ['2026-03-05', 1],
    ] as const;
    for (const [day, gaps] of days) {
      lake.at(`${day}T10:00:00.000Z`);
      const each = { record_type: 'gap', message: day } as const;
      await lake.put('ci', ...Array.from({ length: gaps }, () => each));
    }
    const period = { from: '2026-03-01', to: '2026-03-05' };
    const asked = { sql: 'SELECT message FROM fact ORDER BY log_index', ...period };
    const all = await query(lake.ledger, asked);
    expect(all.rows.flat()).toEqual(days.flatMap(([day, gaps]) => Array.from({ length: gaps }, () => day)));
    expect(all.coverage.from_log).toMatchObject({ days: days.map(([day]) => day) });

    // Sealing writes no record of its own: six hold all but the long day.
    const short = await query(lake.ledger, asked, { tailLimit: 6 });
    expect(short.rows.flat()).toEqual(['2026-03-01', '2026-03-01', '2026-03-02', '2026-03-04', '2026-03-05']);
    expect(short.coverage.from_log).toEqual({
      days: ['2026-03-01', '2026-03-02', '2026-03-04', '2026-03-05'],
      records: 5,
    });
    expect(short.coverage.gaps).toContainEqual(
      expect.objectContaining({ kind: 'tail_not_read', from: '2026-03-03', to: '2026-03-03', count: 9 }),
    );
  } finally {
    await lake.remove();
  }
});
