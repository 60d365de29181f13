import { addDays, daysOf } from '../../../lake/index.ts';
import type { AuditReport } from '../schema.ts';

/** Last day of the period that has come: its end, or today. The day before it where none has. */
export function lastKnownDay({ scope, standing }: AuditReport): string {
  return addDays(scope.from, standing.days_expected - 1);
}

/** Days of the period that have come. */
export function knownDays(report: AuditReport): string[] {
  const { from } = report.scope;
  const to = lastKnownDay(report);
  return to < from ? [] : daysOf({ from, to });
}
