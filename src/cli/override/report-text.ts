import { plural } from '../../record/index.ts';
import type { Sink } from '../context.ts';
import { table } from '../terminal/table.ts';
import type { OverrideReport } from './report-schema.ts';

/** For people. */
export function text(report: OverrideReport, sink: Pick<Sink, 'isTTY' | 'columns'>): string {
  const { counts, ages, by_policy, by_owner, expiring_7, expiring_14, evidence, suspects } = report;
  const { in_force, waiting, expired, rejected, self_approved } = counts;
  const list = (all: readonly string[]) => (all.length === 0 ? 'none' : all.join(', '));
  const rows: string[][] = [
    ['overrides', `${in_force} in force, ${waiting} waiting, ${expired} expired, ${rejected} rejected`],
    [
      'in force since',
      `up to 7 days ${ages.up_to_7}, up to 30 ${ages.up_to_30}, up to 90 ${ages.up_to_90}, longer ${ages.older}`,
    ],
    ['end within 7 days', list(expiring_7)],
    ['end within 14 days', list(expiring_14)],
    ['self-approved', `${self_approved}${self_approved === 0 ? '' : `: ${list(report.self_approved)}`}`],
    ['ticket unchecked', list(report.unchecked_tickets)],
    ['by owner', list(by_owner.map(({ owner, in_force: open }) => `${owner} ${open}`))],
    [
      'by policy',
      list(
        by_policy.map(({ policy, in_force: open, uses }) =>
          uses === undefined ? `${policy} ${open}` : `${policy} ${open} (used ${plural(uses, 'time')})`,
        ),
      ),
    ],
  ];
  if (evidence !== undefined) {
    const { from, to, complete, expired_matched, orphans } = evidence;
    rows.push(
      ['evidence', `${from} to ${to} (UTC), ${complete ? 'all files read' : 'NOT COMPLETE'}`],
      ...evidence.gaps.map((gap) => ['gap', gap]),
      ['uses', list(evidence.uses.map(({ id, uses, last }) => `${id} ${uses} (last ${last})`))],
      ['expired, still matched', list(expired_matched.map(({ id, matched }) => `${id} ${matched}`))],
      ['orphans', list(orphans)],
      ...bypassRows(evidence.bypasses),
    );
  }
  rows.push(['waived too often', list(suspects.map(({ policy }) => policy))]);
  return table(rows, sink);
}

/** With the number of changes that were looked at: no bypass says nothing without it. */
function bypassRows(bypasses: NonNullable<OverrideReport['evidence']>['bypasses']): string[][] {
  if (bypasses === undefined) return [['past the gate', 'not known: no merges were imported']];
  const { by_repository, by_policy, by_kind } = bypasses;
  const list = (all: readonly string[]) => (all.length === 0 ? 'none' : all.join(', '));
  return [
    ...by_repository.map(({ repository, changes, gated, bypassed, unknown }) => [
      'past the gate',
      `${repository}: ${bypassed} of ${plural(changes, 'merged change')} (${gated} gated, ${unknown} unknown)`,
    ]),
    ['past the gate, how', list(by_kind.map(({ kind, bypasses: count }) => `${kind} ${count}`))],
    ['past which policy', list(by_policy.map(({ policy, bypasses: count }) => `${policy} ${count}`))],
  ];
}
