import { expect, it } from 'vitest';
import { unreadableReport } from '../empty.ts';
import type { AuditReport, ControlReport } from '../schema.ts';
import { dayRows } from './parts.ts';

const FROM = '2026-03-01';
const base = unreadableReport({ framework: 'soc2', from: FROM, to: '2026-03-06' }, 'test.example/log', '');
const report: AuditReport = { ...base, standing: { ...base.standing, days_expected: 6 } };
const day = (at: number, counts: object) => ({
  ...{ day: `2026-03-0${at}`, decisions: 9, pass: 0, fail: 0, waived: 0, stopped: 0, undecided: 0 },
  not_applicable: 0,
  ...counts,
});
const control = {
  ...{ id: 'cc6.1', title: '', policies: [] },
  days: [
    // All fails of the day were stopped by a gate.
    day(1, { pass: 7, fail: 2, stopped: 2 }),
    // One was let through.
    day(2, { pass: 6, fail: 3, stopped: 2 }),
    // One was waived, which let it through.
    day(3, { pass: 6, fail: 3, stopped: 2, waived: 1 }),
    day(4, { pass: 6, fail: 2, stopped: 2, undecided: 1 }),
    day(5, { pass: 9 }),
  ],
} as unknown as ControlReport;

it('tells a day on which each fail was stopped from one on which a fail was let through', () => {
  const block = dayRows(report, [control]);
  const cells = block.kind === 'days' ? (block.rows[0]?.cells ?? []) : [];
  expect(cells.map(({ state }) => state)).toEqual(['stopped', 'fail', 'waived', 'open', 'pass', 'none']);
  expect(cells[0]?.text).toBe('7 pass, 2 fail of them 0 waived and 2 stopped, 0 undecided, 0 not applicable');
});
