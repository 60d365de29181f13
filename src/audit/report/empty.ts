import { generatedWarning } from '../../record/index.ts';
import type { Scope } from '../scope/scope.ts';
import type { AuditReport } from './schema.ts';

/** What is left to say where the log cannot be read: that it cannot, and nothing else. @param why in words */
export function unreadableReport(scope: Scope, origin: string, why: string): AuditReport {
  const generated = generatedWarning(origin);
  return {
    schemaVersion: 1,
    scope,
    standing: {
      warnings: [
        ...(generated === undefined ? [] : [generated]),
        `THE VERIFICATION OF THIS LEDGER FAILED: ${why}. Nothing of it is shown here.`,
      ],
      complete: false,
      verification: { state: 'failed', message: why },
      period_over: false,
      days_expected: 0,
      days_missing: [],
      days_open: [],
      missing: [],
      sources_expected: 0,
    },
    checkpoint: {
      origin,
      size: 0,
      root: '',
      level: 'no level: the log does not hold',
      period_end: { size: 0, root: '' },
    },
    framework: { id: scope.framework, title: '', version: '' },
    denominators: {
      controls: 0,
      automated: 0,
      partly: 0,
      manual: 0,
      none: 0,
      with_evidence: 0,
      with_exceptions: 0,
      with_manual: 0,
    },
    totals: { decisions: 0, pass: 0, fail: 0, waived: 0, undecided: 0, not_applicable: 0, exceptions: 0 },
    controls: [],
    changes: [],
    versions: [],
    overrides: {
      register: [],
      expired_matched: [],
      orphans: [],
      days: [],
      renewals: [],
      ahead: [],
      without_dates: 0,
    },
    completeness: { sources: [], incomplete_runs: [], gap_records: [], unmapped_decisions: 0, late: 0 },
    funnel: [],
    time_stamps: [],
    questions: [],
  };
}
