import {
  type AuditReport,
  type DocumentFacts,
  engagementLines,
  fixesOf,
  fixOf,
  type OpenFinding,
} from '../../../audit/index.ts';
import type { LedgerReader } from '../../../ledger/index.ts';
import { type Clock, formatInstant, isExhibitError } from '../../../record/index.ts';
import type { Finding } from '../../../respond/index.ts';

/** What the views of the engineer and the lead show beside the report. @param open findings that are open now */
export async function viewFacts(
  reader: LedgerReader,
  report: AuditReport,
  open: readonly Finding[],
  { clock }: { clock: Clock },
): Promise<Pick<DocumentFacts, 'findings' | 'fixes' | 'engagements' | 'engagements_problem'>> {
  const remedies = new Map(
    report.controls.flatMap(({ policies }) => policies.map((each) => [each.policy_id, each.remediation])),
  );
  const findings: OpenFinding[] = [];
  for (const finding of open) findings.push(await openFinding(reader, finding, remedies));
  const fixes = await fixesOf(reader, report, findings);
  try {
    return { findings, fixes, engagements: await engagementLines(reader, clock()) };
  } catch (error) {
    if (!isExhibitError(error, 'LAKE_FAILED')) throw error;
    return { findings, fixes, engagements_problem: error.message };
  }
}

async function openFinding(
  reader: LedgerReader,
  {
    id,
    policy,
    policies,
    severity,
    subject,
    environment,
    owner,
    deadline,
    occurrences,
    episodes,
    last,
  }: Finding,
  remedies: ReadonlyMap<string, string>,
): Promise<OpenFinding> {
  const failing = occurrences.filter(({ state }) => state === 'open');
  const newest = [...failing].sort((a, b) => b.last_failed - a.last_failed)[0];
  const record_id = newest?.last_record ?? '';
  const remedy = [policy, ...policies].map((each) => remedies.get(each)).find((each) => each !== undefined);
  const since = episodes.at(-1)?.opened;
  return {
    ...{ finding: id, policy, severity },
    subject: `${subject}${environment === undefined ? '' : ` (${environment})`}`,
    covers: failing.map((each) => ({ policy: each.policy, subject: each.subject_id })),
    where: [last.file, last.repository].filter((each) => each !== undefined).join(' in '),
    layers: [...new Set(failing.flatMap(({ layers }) => layers))].sort(),
    message: newest?.message ?? '',
    ...{ owner: owner.name, owner_by: owner.by },
    since: since === undefined ? '' : formatInstant(since),
    ...{ due: formatInstant(deadline.due), overdue: deadline.overdue, record_id },
    fix: (record_id === '' ? undefined : await fixOf(reader, record_id)) ?? remedy ?? '',
  };
}
