import { afterEach, beforeEach, expect, test } from 'vitest';
import { closeDay, query } from '../index.ts';
import { type Fixture, makeFixture } from '../testing/fixture.ts';

let lake: Fixture;
beforeEach(async () => {
  lake = await makeFixture('2026-02-27T10:00:00.000Z');
});
afterEach(() => lake.remove());

const SYSTEM = { subject_type: 'ai_system' };

test('decisions on each AI system: by its registration, or by what an application says; nothing for who names none', async () => {
  const map = await lake.announce('r1', [
    ['documented', 'eu-ai-act/11'],
    ['reviewed', 'eu-ai-act/9'],
    ['reviewed', 'soc2/cc3.2'],
  ]);
  // Before the period: it counts as what was said last, and in no number of the period.
  await lake.decide(map, ['documented', 'old', 'pass', SYSTEM]);
  lake.at('2026-03-01T02:00:00.000Z');
  await closeDay(lake.ledger, '2026-02-27', { clock: lake.clock });
  await lake.decide(
    map,
    ['documented', 'credit', 'fail', { ...SYSTEM, disposition: 'waived', override_id: 'OV-1' }],
    ['documented', 'credit', 'pass', { ...SYSTEM, environment: 'test' }],
    ['documented', 'credit', 'pass', { ...SYSTEM, environment: 'test' }],
    ['documented', '(unnamed)', 'fail', SYSTEM],
    ['reviewed', 'credit', 'error', SYSTEM],
    ['reviewed', 'act-1', 'pass', { subject_type: 'action', details: { ai_system: 'credit' } }],
    ['reviewed', 'act-2', 'pass', { subject_type: 'action', details: { said: '"ai_system":"other"' } }],
    ['reviewed', 'db', 'pass'],
    // The subject counts, not what somebody writes beside it.
    ['documented', 'chat', 'pass', { ...SYSTEM, details: { ai_system: 'credit' } }],
    ['unlinked', 'nobody', 'pass', SYSTEM],
  );
  const { columns, rows } = await query(lake.ledger, {
    name: 'ai-systems',
    framework: 'eu-ai-act',
    from: '2026-03-01',
    to: '2026-03-01',
  });
  const names = columns.map(({ name }) => name);
  const cell = (row: readonly unknown[], name: string) => row[names.indexOf(name)];
  const counts = [
    'decisions',
    'pass',
    'fail',
    'waived',
    'undecided',
    'subjects',
    'failing',
    'open',
    'passing',
  ];
  expect(
    rows.map((row) => [
      ...['control', 'ai_system', 'policy_id', 'shown_verdict'].map((name) => cell(row, name)),
      counts.map((name) => cell(row, name)).join(' '),
    ]),
  ).toEqual([
    ['11', 'chat', 'documented', 'pass', '1 1 0 0 0 1 0 0 1'],
    // Two subjects of one name: the one that fails is shown, though the other was judged later.
    ['11', 'credit', 'documented', 'fail', '3 2 1 1 0 2 1 0 1'],
    ['11', 'old', 'documented', 'pass', '0 0 0 0 0 1 0 0 1'],
    ['9', 'credit', 'reviewed', 'error', '2 1 0 0 1 2 0 1 1'],
  ]);
});
