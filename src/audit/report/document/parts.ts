import { daysOf } from '../../../lake/index.ts';
import type { AuditReport, ControlReport } from '../schema.ts';
import type { DayRow, DocumentBlock, DocumentCell } from './types.ts';

export const code = (text: string): DocumentCell => ({ code: text });
export const text = (line: string): DocumentBlock => ({ kind: 'text', text: line });
export const heading = (line: string): DocumentBlock => ({ kind: 'heading', text: line });

/** A table, or in one line that there is nothing. */
export function table(
  caption: string,
  columns: readonly string[],
  rows: readonly (readonly DocumentCell[])[],
  none = 'None.',
): DocumentBlock {
  return rows.length === 0 ? text(`${caption}: ${none}`) : { kind: 'table', caption, columns, rows };
}

/** To the second, UTC. */
export function when(instant: string | null): string {
  return instant === null ? '' : instant.replace('T', ' ').replace(/\.\d+Z$|Z$/, '');
}

/** Each control by day; a day without evidence is never drawn as a pass. */
export function dayRows({ scope }: AuditReport, controls: readonly ControlReport[]): DocumentBlock {
  const days = daysOf(scope);
  const rows = controls.map(({ id, title, days: counted }): DayRow => {
    const found = new Map(counted.map((each) => [each.day, each]));
    return { name: id, title, cells: days.map((day) => cellOf(found.get(day))) };
  });
  return { kind: 'days', days, rows };
}

function cellOf(day: ControlReport['days'][number] | undefined): DayRow['cells'][number] {
  if (day === undefined) return { state: 'none', text: '' };
  const { pass, fail, waived, undecided, not_applicable } = day;
  const words = `${pass} pass, ${fail} fail of them ${waived} waived, ${undecided} undecided, ${not_applicable} not applicable`;
  if (fail > waived) return { state: 'fail', text: words };
  if (undecided > 0) return { state: 'open', text: words };
  if (waived > 0) return { state: 'waived', text: words };
  return { state: pass > 0 ? 'pass' : 'not_applicable', text: words };
}

export const KIND_WORDS: Record<ControlReport['kind'], string> = {
  automated: 'automated: a policy covers it in full',
  partly: 'partly: policies or checks cover a part of it',
  manual: 'manual only: documents, attestations, interviews',
  none: 'none: nothing is linked',
};

/** What came for a control, never as one word for good. */
export function evidenceWords({ decisions, pass, fail, exceptions, undecided }: ControlReport): string {
  if (decisions === 0) return 'no evidence';
  const parts = [`${pass} pass`, `${fail} fail`];
  if (undecided > 0) parts.push(`${undecided} undecided`);
  return `${parts.join(', ')}; ${exceptions === 1 ? '1 exception' : `${exceptions} exceptions`}`;
}
