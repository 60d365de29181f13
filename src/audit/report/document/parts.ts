import { daysOf } from '../../../lake/index.ts';
import { plural, readableInstant } from '../../../record/index.ts';
import { olderThan } from '../age.ts';
import { recordlessWords } from '../missing.ts';
import { lastKnownDay } from '../pictures/until.ts';
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

/** Most rows of a table that stands open among others as long. */
const MOST_OPEN = 12;

/** A table that is folded where it is long: for pages on which much stands that few read. */
export function foldedWhereLong(block: DocumentBlock): DocumentBlock {
  return block.kind === 'table' && block.rows.length > MOST_OPEN ? { ...block, folded: true } : block;
}

/** True where a policy says of itself that it is in force only after the period. */
export const startsLater = ({ since }: { since: string }, { scope }: AuditReport): boolean =>
  since.slice(0, 10) > scope.to;

/** The day from which a policy is in force by its own word. */
export function sinceWords(policy: { since: string }, report: AuditReport): string {
  return startsLater(policy, report)
    ? `${policy.since}: after the period, so by its own word not in force in it`
    : policy.since;
}

/** To the second, UTC. */
export function when(instant: string | null): string {
  return instant === null ? '' : readableInstant(instant);
}

/** Each control by day; a day without evidence is never drawn as a pass. A fail that a gate stopped is the control at work, and no failed control. */
export function dayRows(
  report: AuditReport,
  controls: readonly ControlReport[],
  hrefOf?: (control: ControlReport) => string,
): DocumentBlock {
  const days = daysOf(report.scope);
  const until = lastKnownDay(report);
  const rows = controls.map((control): DayRow => {
    const { id, title, days: plural } = control;
    const old = olderThanExpected(control, until);
    const found = new Map(plural.map((each) => [each.day, each]));
    return {
      name: id,
      title,
      cells: days.map((day) => cellOf(found.get(day))),
      ...(old === undefined ? {} : { old }),
      ...(hrefOf === undefined ? {} : { href: hrefOf(control) }),
    };
  });
  return { kind: 'days', days, rows };
}

/** In words, where no evidence came for longer than the cadence of any of its policies. */
export function olderThanExpected(
  { policies, days }: Pick<ControlReport, 'policies' | 'days'>,
  until: string,
): string | undefined {
  const last = days.findLast(({ pass, fail }) => pass + fail > 0)?.day;
  return last === undefined
    ? undefined
    : olderThan(
        last,
        policies.map(({ cadence }) => cadence),
        until,
      );
}

function cellOf(day: ControlReport['days'][number] | undefined): DayRow['cells'][number] {
  if (day === undefined) return { state: 'none', text: '' };
  const { pass, fail, waived, stopped, undecided, not_applicable } = day;
  const words = `${pass} pass, ${fail} fail of them ${waived} waived and ${stopped} stopped, ${undecided} undecided, ${not_applicable} not applicable`;
  if (fail > waived + stopped) return { state: 'fail', text: words };
  if (undecided > 0) return { state: 'open', text: words };
  if (waived > 0) return { state: 'waived', text: words };
  if (stopped > 0) return { state: 'stopped', text: words };
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

/** Whose a source is. */
export function ownerWords({
  owner,
  own,
}: Pick<AuditReport['completeness']['sources'][number], 'owner' | 'own'>): string {
  return owner ?? (own ? 'Exhibit itself' : 'not registered');
}

/** What a verification of the whole log came to. */
export function verificationWords({ verification }: Pick<AuditReport['standing'], 'verification'>): string {
  return `${verification.state.replace('_', ' ')}: ${verification.message}`;
}

/** `1 of 5 days has no record at all.` */
export function dayWords({
  days_missing,
  days_expected,
}: Pick<AuditReport['standing'], 'days_missing' | 'days_expected'>): string {
  const missing = days_missing.length;
  return missing === 0
    ? `No day that is over, of ${plural(days_expected, 'day')}, is without a record.`
    : `${recordlessWords(missing, days_expected)}.`;
}
