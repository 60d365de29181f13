import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { DAY_STATES } from '../days.ts';
import { documentPage } from '../document/html.ts';
import { heatMap } from '../heatmap.ts';
import { wholeTicks } from './burn-down.ts';
import { shortTime } from './drift.ts';
import { runsOf } from './heartbeat.ts';
import { fieldsOf } from './hours.ts';
import { enforcedIn } from './matrix.ts';
import { drawPicture, pictureTable } from './picture.ts';
import { dayTicks } from './svg.ts';
import { BEATS, type LayerCell, type Picture } from './types.ts';
import { dayColumns, weekly } from './weeks.ts';

const HOSTILE = '"><script>alert(1)</script>\u202Egnp';
const DAYS = Array.from({ length: 10 }, (_, at) => `2026-03-${String(at + 1).padStart(2, '0')}`);
const POLICIES: Record<LayerCell['state'], LayerCell['policies']> = {
  enforce: { enforce: 9, told: 0, of: 9 },
  partly: { enforce: 3, told: 2, of: 9 },
  audit: { enforce: 0, told: 4, of: 9 },
  unknown: { enforce: 0, told: 0, of: 0 },
  off: { enforce: 0, told: 0, of: 9 },
  not_possible: { enforce: 0, told: 0, of: 9 },
};
const cell = (state: LayerCell['state'], decisions = 3): LayerCell => ({
  ...{ state, policies: POLICIES[state], decisions, failed: 2, denied: 1 },
  ...(decisions === 0 ? { last: null, age: null } : { last: '2026-03-08', age: 2 }),
});

/** One of each, with hostile text wherever text is. */
const PICTURES: readonly Picture[] = [
  {
    shape: 'matrix',
    layers: ['ci', 'admission', 'runtime'],
    rows: [
      { name: HOSTILE, title: HOSTILE, cells: [cell('enforce'), cell('off', 0), cell('unknown')] },
      { name: 'cc2', title: '', cells: [cell('audit', 0), cell('not_possible', 0), cell('partly')] },
      { name: 'cc3', title: '', cells: [cell('enforce'), cell('off', 0), cell('partly')] },
    ],
  },
  {
    shape: 'burn-down',
    days: DAYS,
    bands: [
      { age: '0-7', counts: [0, 1, 1, 1, 0, 0, 0, 0, 0, 0] },
      { age: '8-30', counts: [0, 0, 0, 0, 1, 1, 0, 0, 0, 0] },
      { age: '31-90', counts: DAYS.map(() => 0) },
      { age: 'over 90', counts: DAYS.map(() => 1) },
      { age: 'expired', counts: [0, 0, 0, 0, 0, 0, 2, 2, 0, 0] },
    ],
    limit: 2,
    marks: [{ day: '2026-03-04', text: HOSTILE }],
  },
  {
    shape: 'expiries',
    weeks: [
      { from: '2026-03-11', label: '03-11', ids: [HOSTILE, 'B'] },
      { from: '2026-03-18', label: 'later', ids: [] },
    ],
  },
  {
    shape: 'drift',
    from: '2026-03-01',
    to: '2026-03-10',
    items: [
      {
        finding: HOSTILE,
        detected: '2026-03-02T10:00:00.000Z',
        hours: 4,
        as: 'resolved',
        severity: HOSTILE,
        due_hours: 2,
      },
      {
        finding: 'f2',
        detected: '2026-02-01T10:00:00.000Z',
        hours: 900,
        as: 'open',
        severity: 'high',
        due_hours: null,
      },
      {
        finding: 'f3',
        detected: '2026-03-03T10:00:00.000Z',
        hours: 0,
        as: 'other',
        severity: 'low',
        due_hours: 48,
      },
    ],
    p50: 4,
    p90: null,
  },
  {
    shape: 'heartbeat',
    days: DAYS.slice(0, 4),
    rows: [{ name: HOSTILE, about: HOSTILE, beats: ['sent', 'missed', 'records', 'quiet'] }],
  },
  {
    shape: 'hours',
    days: DAYS.slice(0, 3),
    rows: [
      {
        ...{ name: HOSTILE, about: HOSTILE, silences: 2, longest: 340 },
        cells: [`rmm${'q'.repeat(21)}`, 'r'.repeat(24), `qqm${'r'.repeat(21)}`],
      },
    ],
  },
  {
    shape: 'funnel',
    rows: [{ layer: HOSTILE, evaluated: 1000, failed: 9, denied: 5, overridden: 0, reached: 1 }],
  },
  {
    shape: 'lineage',
    steps: [
      { name: 'Commit', hash: HOSTILE, check: 'told', words: HOSTILE },
      { name: 'Time stamp', hash: '', check: 'missing', words: '' },
    ],
  },
];
const named = PICTURES.map((picture) => [picture.shape, picture] as const);
const find = <S extends Picture['shape']>(shape: S) =>
  PICTURES.find((each) => each.shape === shape) as Extract<Picture, { shape: S }>;

describe.each(named)('the picture %s', (_, picture) => {
  test('has a name, a description and the table of its numbers, and no hostile text as markup', () => {
    const { text } = drawPicture(picture, { id: 'one-1' });
    expect(text).toMatch(/<svg [^>]*role="img" aria-labelledby="one-1-title one-1-desc">/);
    expect(text).toMatch(/<title id="one-1-title">[^<]+<\/title>\s*<desc id="one-1-desc">[^<]+<\/desc>/);
    expect(text).toContain('<summary>The same as a table</summary>');
    expect(text).not.toMatch(/<script|\u202E|NaN|undefined|Infinity/);
    // Colours come from the style sheet: nothing here has one, and no style is inline.
    expect(text).not.toMatch(/style=|#[0-9a-f]{3,6}"/i);
    expect(drawPicture(picture, { id: 'one-1' }).text).toBe(text);
  });

  test('tells in its table what it is given', () => {
    const { columns, rows } = pictureTable(picture);
    expect(rows.length).toBeGreaterThan(0);
    for (const row of rows) expect(row).toHaveLength(columns.length);
  });
});

test('two pictures on a page have ids of their own', () => {
  const page = documentPage({
    ...{ title: 't', warnings: [], lead: [], footer: '' },
    sections: [
      {
        id: 's',
        title: 's',
        blocks: [...PICTURES, ...PICTURES].map((picture) => ({ kind: 'picture', picture })),
      },
    ],
  });
  const ids = [...page.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id);
  expect(new Set(ids).size).toBe(ids.length);
  for (const [, target] of page.matchAll(/url\(#([^)]+)\)/g)) expect(ids).toContain(target);
});

describe('tables of pictures, by hand', () => {
  test('the matrix says which control stands on one layer', () => {
    const matrix = find('matrix');
    expect(matrix.rows.map(({ cells }) => enforcedIn(matrix, cells))).toEqual([
      ['ci'],
      ['runtime'],
      ['ci', 'runtime'],
    ]);
    expect(pictureTable(matrix).rows.slice(1)).toEqual([
      [
        { code: 'cc2' },
        'audit 4 of 9, no decision',
        'not possible, no decision',
        'enforce 3 of 9, audit 2, 3 decisions, 1 of 2 fails stopped, last 2026-03-08',
        'only runtime, in part',
      ],
      [
        { code: 'cc3' },
        'enforce 9 of 9, 3 decisions, 1 of 2 fails stopped, last 2026-03-08',
        'off, no decision',
        'enforce 3 of 9, audit 2, 3 decisions, 1 of 2 fails stopped, last 2026-03-08',
        '2 layers, 1 of them in part',
      ],
    ]);
  });

  test('the matrix draws and says that a part only of the policies stops a fail', () => {
    const { text } = drawPicture(find('matrix'), { id: 'm' });
    const [, desc] = /<desc[^>]*>([^<]*)</.exec(text) ?? [];
    expect(desc).toContain('2 places where a part only of the policies stops a fail');
    expect(text).toContain('◧ enforce 3 of 9');
    expect(text).toContain('■ enforce 9 of 9');
    // A third of the field has the colour of what is stopped, the rest that of what is told.
    expect(text).toMatch(/width="44.3" height="\d+" rx="4" class="f-pass"/);
  });

  test('the burn-down has each day and its marks', () => {
    const { rows } = pictureTable(find('burn-down'));
    expect(rows[3]).toEqual(['2026-03-04', 1, 0, 0, 1, 0, 2, `2026-03-04: ${HOSTILE}`]);
    expect(rows[7]).toEqual(['2026-03-08', 0, 0, 0, 1, 2, 3, '']);
  });

  test('a long burn-down lists each seventh day and the last, and loses no mark', () => {
    const days = Array.from({ length: 60 }, (_, at) =>
      new Date(Date.UTC(2026, 0, 1 + at)).toISOString().slice(0, 10),
    );
    const { rows } = pictureTable({
      shape: 'burn-down',
      days,
      bands: [],
      limit: null,
      marks: days.map((day) => ({ day, text: 'm' })),
    });
    expect(rows.map(([day]) => day)).toEqual([
      '2026-01-01',
      '2026-01-08',
      '2026-01-15',
      '2026-01-22',
      '2026-01-29',
      '2026-02-05',
      '2026-02-12',
      '2026-02-19',
      '2026-02-26',
      '2026-03-01',
    ]);
    expect(rows.flatMap((row) => String(row.at(-1)).split('; '))).toHaveLength(60);
  });

  test('drift marks what is past its due time, and what is open says so far', () => {
    expect(pictureTable(find('drift')).rows.map((row) => row.slice(3))).toEqual([
      ['resolved', 4, 2, 'late'],
      ['open', '900 so far', 'not stated', 'no'],
      ['closed without a pass', 0, 48, 'no'],
    ]);
  });

  test('the heartbeat counts each state and names missed days', () => {
    expect(pictureTable(find('heartbeat')).rows[0]?.slice(2)).toEqual([1, 1, 1, 1, '2026-03-02']);
  });
});

test('the hours are counted by state, with the longest silence and the days that have an overdue hour', () => {
  // 1 + 24 + 21 with a run, 2 + 1 overdue, 21 + 2 with neither: 72 in all.
  expect(pictureTable(find('hours')).rows[0]?.slice(2)).toEqual([
    ...[46, 3, 23, 2, '5 h 40 min'],
    `${DAYS[0]}, ${DAYS[2]}`,
  ]);
});

describe('a week of the map', () => {
  const long = Array.from({ length: 126 }, (_, at) =>
    new Date(Date.UTC(2026, 0, 1 + at)).toISOString().slice(0, 10),
  );

  test('goes from Monday to Sunday, and the first and last may be shorter', () => {
    // 2026-01-01 was a Thursday.
    const columns = dayColumns(long);
    expect(columns[0]).toEqual({
      day: '2026-01-01',
      days: ['2026-01-01', '2026-01-02', '2026-01-03', '2026-01-04'],
    });
    expect(columns[1]?.day).toBe('2026-01-05');
    expect(columns.flatMap(({ days }) => days)).toEqual(long);
  });

  test('has the worst of its days, and a day without evidence is worse than a pass', () => {
    const states = [
      'pass',
      'pass',
      'none',
      'pass',
      ...Array(7).fill('pass'),
      'waived',
      'none',
      'fail',
    ] as const;
    const days = long.slice(0, states.length);
    const { cells } = weekly(
      { name: 'c', title: '', cells: states.map((state) => ({ state, text: '' })) },
      days,
    );
    expect(cells).toEqual([
      { state: 'none', text: 'days: 1 without evidence, 3 passed', part: { with_evidence: 3, of: 4 } },
      { state: 'pass', text: 'days: 7 passed' },
      {
        state: 'fail',
        text: 'days: 1 failed, 1 waived, 1 without evidence',
        part: { with_evidence: 2, of: 3 },
      },
    ]);
  });

  test('and a day with a gap are never drawn as a pass', () => {
    const row = fc.array(fc.constantFrom(...DAY_STATES), { minLength: long.length, maxLength: long.length });
    fc.assert(
      fc.property(row, (states) => {
        const cells = states.map((state) => ({ state, text: '' }));
        const columns = dayColumns(long);
        for (const [at, week] of weekly({ name: 'c', title: '', cells }, long).cells.entries()) {
          const own = (columns[at]?.days ?? []).map((day) => states[long.indexOf(day)]);
          if (week.state === 'pass')
            expect(own.some((state) => !['pass', 'not_applicable'].includes(state ?? ''))).toBe(false);
          if (week.state === 'stopped')
            expect(own.some((state) => ['fail', 'open', 'waived', 'none'].includes(state ?? ''))).toBe(false);
          if (own.includes('none'))
            expect(week.part?.with_evidence).toBe(own.filter((state) => state !== 'none').length);
        }
      }),
      { numRuns: 30 },
    );
  });

  test('is drawn above 120 days, with links only within the site', () => {
    const cells = (href: string) => long.map(() => ({ state: 'pass' as const, text: '', href }));
    const draw = (href: string) =>
      heatMap(long, [{ name: 'c', title: '', cells: cells(href), href: '#control-c', old: 'old' }]).text;
    expect(draw('/portal/day?d=2026-01-01')).toContain('<a href="/portal/day?d=2026-01-01">');
    expect(draw('/x').match(/<th scope="col">/g)?.length).toBe(2 * (1 + dayColumns(long).length));
    for (const href of [
      'javascript:alert(1)',
      '//evil.example/',
      '/\\evil.example',
      'https://evil.example/',
      '/a"b',
    ])
      expect(draw(href)).not.toContain(`href="${href.slice(0, 4)}`);
    expect(draw('/x')).toContain('<tr class="old">');
  });
});

describe('scales', () => {
  test('are whole numbers that hold the most', () => {
    expect(wholeTicks(1)).toEqual([0, 1]);
    expect(wholeTicks(7)).toEqual([0, 2, 4, 6, 8]);
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 40_000 }), (most) => {
        const ticks = wholeTicks(most);
        return (ticks.at(-1) ?? 0) >= most && ticks.length <= 7;
      }),
    );
  });

  test('name months in a long period and times as people say them', () => {
    const year = Array.from({ length: 365 }, (_, at) =>
      new Date(Date.UTC(2026, 0, 1 + at)).toISOString().slice(0, 10),
    );
    expect(dayTicks(year).map(({ text }) => text)).toHaveLength(12);
    expect([shortTime(0.5), shortTime(1), shortTime(47.9), shortTime(60)]).toEqual([
      '30 min',
      '1 h',
      '47.9 h',
      '2.5 d',
    ]);
  });

  test('of hours join equal stretches of days that follow each other, and each hour is in one field', () => {
    const day = fc.array(fc.constantFrom('r', 'm', 'q'), { minLength: 24, maxLength: 24 });
    fc.assert(
      fc.property(fc.array(day, { maxLength: 9 }), (cells) => {
        const again = cells.map(() => Array(24).fill(''));
        for (const { cell, day: first, hour, days, hours } of fieldsOf(cells.map((each) => each.join(''))))
          for (let x = first; x < first + days; x += 1)
            for (let y = hour; y < hour + hours; y += 1) {
              const row = again[x] ?? [];
              row[y] += cell;
            }
        expect(again).toEqual(cells);
      }),
    );
    // A year of one state is one field.
    expect(fieldsOf(Array(365).fill('r'.repeat(24)))).toHaveLength(1);
  });

  test('of the heartbeat join equal days, and each day is in one field', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...BEATS)), (beats) => {
        const again = runsOf(beats).flatMap(({ beat, count }) => Array(count).fill(beat));
        expect(again).toEqual(beats);
      }),
    );
  });
});
