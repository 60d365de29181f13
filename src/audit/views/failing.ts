import type { LogReader } from '../../ledger/index.ts';
import type { AuditReport } from '../report/schema.ts';
import { fixOf } from './fixes.ts';
import type { OpenFinding } from './types.ts';

/** A subject that failed in the period and did not pass again in it. */
export interface Failing {
  policy_id: string;
  owner: string;
  controls: string[];
  subject: string;
  severity: string;
  message: string;
  since: string;
  last: string;
  log_index: number;
  record_id: string;
  remediation: string;
}

/** Exceptions that were not passed and not waived whole, each once, without those that a finding tells of. Sorted by severity, then time. */
export function stillFailing({ controls }: AuditReport, findings: readonly OpenFinding[]): Failing[] {
  const told = new Set(
    findings.flatMap(({ covers }) => covers.map(({ policy, subject }) => `${policy} ${subject}`)),
  );
  const found = new Map<string, Failing>();
  for (const control of controls)
    for (const each of control.exceptions_listed) {
      if (each.passed !== null || each.waived === each.fails) continue;
      if (told.has(`${each.policy_id} ${each.subject_id}`)) continue;
      const key = JSON.stringify([each.policy_id, each.subject_type, each.subject_id, each.environment]);
      const known = found.get(key);
      if (known !== undefined) {
        known.controls.push(control.id);
        continue;
      }
      const policy = control.policies.find(({ policy_id }) => policy_id === each.policy_id);
      found.set(key, {
        policy_id: each.policy_id,
        owner: policy?.owner ?? '',
        controls: [control.id],
        subject: `${each.subject_type} ${each.subject_id}${each.environment === '' ? '' : ` (${each.environment})`}`,
        severity: each.severity,
        message: each.message,
        since: each.first_failed,
        last: each.last_failed,
        log_index: each.log_index,
        record_id: each.record_id,
        remediation: policy?.remediation ?? '',
      });
    }
  const rank = (severity: string) => SEVERE.indexOf(severity) + (SEVERE.includes(severity) ? 0 : 99);
  return [...found.values()].sort(
    (a, b) =>
      rank(a.severity) - rank(b.severity) ||
      (a.since < b.since ? -1 : a.since > b.since ? 1 : a.log_index - b.log_index),
  );
}

const SEVERE = ['critical', 'high', 'medium', 'low', 'info'];

/** What the rules said how to mend what still fails, by record id. @throws ExhibitError LEDGER_CORRUPT */
export async function fixesOf(
  reader: LogReader,
  report: AuditReport,
  findings: readonly OpenFinding[],
): Promise<ReadonlyMap<string, string>> {
  const fixes = new Map<string, string>();
  for (const { record_id, log_index } of stillFailing(report, findings).slice(0, MOST_LISTED)) {
    const fix = await fixOf(reader, record_id, log_index);
    if (fix !== undefined) fixes.set(record_id, fix);
  }
  return fixes;
}

/** Most lines of one table of a view; how many more there are is said. */
export const MOST_LISTED = 200;

/** Whose it is: one of the names that stand there. */
export function isOf(names: string, owner: string | undefined): boolean {
  return (
    owner !== undefined && names.split(/[\s,]+/).some((name) => name.toLowerCase() === owner.toLowerCase())
  );
}
