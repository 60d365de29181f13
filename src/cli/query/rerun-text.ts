import { plural } from '../../record/index.ts';
import type { Sink } from '../context.ts';
import { sentence, table } from '../terminal/table.ts';
import type { RerunDocument } from './rerun-schema.ts';

/** Most rows that are shown; what is left out is counted, and `-o json` has all. */
const MOST = 20;

export function rerunText(
  { saved, outcome, changes, again, rows, limits, recorded }: RerunDocument,
  sink: Pick<Sink, 'isTTY' | 'columns'>,
): string {
  const { ledger } = saved;
  const out = [
    table(
      [
        ['answer', saved.name],
        ['question', saved.query.name],
        ['saved at', saved.recorded_at],
        ['record', `${saved.record_id}, index ${saved.log_index}`],
        ['ledger', `${ledger.origin}, as it was with ${plural(ledger.size, 'record')}`],
        ['coverage', again.complete ? 'all files read' : 'NOT COMPLETE'],
        ['rows', String(again.row_count)],
        ['result', again.result_digest],
      ],
      sink,
    ),
    '\n',
    `${outcome}\n`,
    ...changes.map((change) => sentence(`changed: ${change}`, sink)),
  ];
  for (const [word, list] of Object.entries(rows ?? {})) {
    for (const { row } of list.slice(0, MOST))
      out.push(sentence(`row ${word}: ${JSON.stringify(row)}`, sink));
    if (list.length > MOST) out.push(`and ${list.length - MOST} more rows ${word}: -o json has all\n`);
  }
  if (outcome === 'changed' && rows === undefined)
    out.push('which rows changed is not known: they were not kept (--keep-rows)\n');
  out.push(...limits.map((limit) => sentence(`note: ${limit}`, sink)));
  if (recorded !== undefined) out.push(`recorded as ${recorded.record_id}, index ${recorded.log_index}\n`);
  return out.join('');
}
