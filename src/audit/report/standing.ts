import { formatPeriod, toPeriods } from '../../lake/index.ts';
import { generatedWarning } from '../../record/index.ts';
import { type Missing, missingOf } from './missing.ts';
import type { AuditReport } from './schema.ts';

export interface StandingFacts {
  /** Of the log: by its name it says that its data were made up. */
  origin: string;
  verification: AuditReport['standing']['verification'];
  period_over: boolean;
  to: string;
  /** Last day that the log has records of; undefined: none. */
  last_day: string | undefined;
  days_expected: number;
  days_missing: string[];
  days_open: string[];
  /** What the answers could not read, in words. */
  gaps: readonly string[];
  problems: readonly string[];
  completeness: AuditReport['completeness'];
}

const SECTION_WORDS: Record<Missing['section'], string> = { sources: 'Expected against seen', gaps: 'Gaps' };

/** What stands in the first lines of every page. @param today UTC day */
export function standingOf(facts: StandingFacts, today: string): AuditReport['standing'] {
  const { verification, period_over, days_missing, days_open, days_expected } = facts;
  const missing = missingOf(facts, facts.completeness);
  const sources_expected = facts.completeness.sources.filter(({ owner }) => owner !== null).length;
  const days = (list: readonly string[]) => toPeriods(list).map(formatPeriod).join(', ');
  const warnings = [
    ...(verification.state === 'failed'
      ? [`THE VERIFICATION OF THIS LEDGER FAILED: ${verification.message}. Nothing here can be relied on.`]
      : []),
    ...(facts.last_day === undefined ? ['The log has no records: nothing is known of the period.'] : []),
    ...(facts.to > today
      ? [
          `The period ends on ${facts.to}, which is in the future: it is not over, and the days after ${today} are in no count.`,
        ]
      : period_over
        ? []
        : ['The period is not over by the log: it has no record of a later day, so more may come.']),
    ...missing.map(({ message, section }) => `${message} (Completeness, ${SECTION_WORDS[section]}).`),
    ...(sources_expected === 0
      ? [
          'No source is registered as expected (emitters in exhibit.yaml): a run that never came would not be missed.',
        ]
      : []),
    ...(days_open.length > 0
      ? [`Not closed: ${days(days_open)}. They were read from the log, and more may come.`]
      : []),
    ...facts.gaps.map((gap) => `Not all could be read: ${gap}.`),
    ...facts.problems.map((problem) => `Not all could be read: ${problem}.`),
  ];
  const generated = generatedWarning(facts.origin);
  return {
    warnings: [...(generated === undefined ? [] : [generated]), ...warnings],
    complete: warnings.length === 0,
    verification,
    period_over,
    days_expected,
    days_missing,
    days_open,
    missing,
    sources_expected,
  };
}
