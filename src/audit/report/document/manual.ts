import type { ControlReport, ManualEvidence } from '../schema.ts';
import { code, table, when } from './parts.ts';
import type { DocumentBlock, DocumentCell } from './types.ts';

const COLUMNS = [
  'Title',
  'Form',
  'Record',
  'Digest',
  'Added',
  'Review',
  'Reviewer',
  'Reviewed',
  'Valid until',
  'Freshness',
  'Counts',
] as const;

/** What people gave, each with who reviewed it. @param lead cells that stand first in each row */
export function manualTable(
  caption: string,
  items: readonly { item: ManualEvidence; lead: readonly DocumentCell[] }[],
  leading: readonly string[],
  none?: string,
): DocumentBlock {
  return table(
    caption,
    [...leading, ...COLUMNS],
    items.map(({ item, lead }) => [
      ...lead,
      item.title,
      item.form,
      code(`${item.log_index} ${item.record_id}`),
      code(item.digest),
      when(item.added_at),
      item.verdict === 'not_evaluated' ? 'not reviewed' : item.verdict,
      item.reviewer ?? '',
      when(item.reviewed_at),
      item.valid_until,
      item.freshness,
      item.replaced_by !== null ? `no: replaced by ${item.replaced_by}` : item.in_force ? 'yes' : 'no',
    ]),
    none,
  );
}

/** In one line, apart from what policies decided. */
export function manualWords({ manual }: Pick<ControlReport, 'manual'>): string {
  const there = manual.filter(({ replaced_by }) => replaced_by === null);
  if (there.length === 0) return 'none';
  const count = (is: (item: ManualEvidence) => boolean) => there.filter(is).length;
  const parts: [number, string][] = [
    [count(({ in_force }) => in_force), 'in force'],
    [count(({ verdict }) => verdict === 'fail'), 'failed'],
    [count(({ verdict }) => verdict === 'not_evaluated'), 'not reviewed'],
    [count(({ verdict, freshness }) => verdict === 'pass' && freshness === 'stale'), 'stale'],
  ];
  return parts.flatMap(([n, word]) => (n === 0 ? [] : [`${n} ${word}`])).join(', ');
}
