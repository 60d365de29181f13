import type { Judged, Known, OverrideUsage } from '../../engine/index.ts';
import type { Bundle, Policy } from '../../policy/index.ts';
import type { Digest, Disposition, Layer, Severity, Verdict } from '../../record/index.ts';
import { plural, SEVERITIES } from '../../record/index.ts';
import { EXIT, type ExitCode } from '../exit.ts';

/** One row of a check: one policy, one subject. Names as in the published schema of `check -o json`. */
export interface CheckResult {
  policy_id: string;
  rule_id: string;
  controls: string[];
  subject: { type: string; id: string; name: string; environment?: string };
  verdict: Verdict;
  disposition: Disposition;
  severity: Severity;
  message?: string;
  fix?: string;
  file?: string;
  line?: number;
  column?: number;
  override_id?: string;
  /** Until when that override holds, RFC 3339. */
  override_sunset?: string;
  /** In a simulation: what would have been done at that time. The disposition is none then. */
  would?: { disposition: Disposition; override_id?: string };
  /** A fail that was there before this change: in the baseline, or of a subject that nobody changed. */
  known?: Known;
}

/** How many fails count as known, and by what. */
export interface KnownReport {
  /** Severity at and above which a known violation blocks like a new one. */
  fail_on: Exclude<FailOn, 'none'>;
  /** Known ones that block all the same. */
  blocking: number;
  baseline?: { file: string; digest: Digest; found: number; gone: number; ignored: number };
  changed_since?: { ref: string; commit: string; unchanged: number };
}

/** Whether the commits of a change were judged before they were made. */
export interface PreCommitReport {
  /** Commits of the change, merges left out. */
  commits: number;
  /** Those with a run that let all their files pass. */
  judged: number;
  /** Those that touch no file that a hook judges. */
  without_input: number;
  /** Those without such a run: the hook was skipped, not installed, or refused (`refused`). */
  missing: { commit: string; state: 'none' | 'refused'; files: number }[];
}

export interface CheckSummary {
  subjects: number;
  pass: number;
  fail: number;
  error: number;
  not_applicable: number;
  not_evaluated: number;
  waived: number;
}

/** Severity at and above which a failed, enforced policy blocks; `any` blocks on all, `none` on no one. */
export type FailOn = Severity | 'any' | 'none';

/** Everything that an output format shows, and nothing that changes from run to run. */
export interface CheckReport {
  schemaVersion: 1;
  bundle: { digest: Digest; revision: string };
  /** Only when the caller asked for another time than now: then nothing here was enforced. */
  effective_time: string | null;
  layer: Layer;
  /** Of what was judged, as host and path, where it is known. */
  repository?: string;
  fail_on: FailOn;
  results: CheckResult[];
  summary: CheckSummary;
  /** How the bundle's overrides were used in this run. */
  overrides: OverrideUsage;
  /** Set where the gate only warns: how it would have ended. */
  advisory?: { exit_code: ExitCode; reason: string };
  known?: KnownReport;
  pre_commit?: PreCommitReport;
  exit_code: ExitCode;
  /** Why the exit code is what it is, in one sentence. */
  reason: string;
  policies: readonly Policy[];
}

export interface ReportOptions {
  layer: Layer;
  failOn: FailOn;
  repository?: string;
  effectiveTime: string | null;
  /** Since when the bundle is too old to pass anything. */
  stale?: string;
  /** How the gate would have ended if it were not advisory. */
  advisory?: { exit_code: ExitCode; reason: string };
  known?: KnownReport;
  pre_commit?: PreCommitReport;
  /** Commits without a pre-commit record end the run as incomplete. */
  requirePreCommit?: boolean;
}

/** The report of a run: sorted, so that the same input gives the same bytes. */
export function buildReport(
  { decisions, overrides }: Pick<Judged, 'decisions' | 'overrides'>,
  bundle: Bundle,
  options: ReportOptions,
): CheckReport {
  const policies = new Map(bundle.policies.map((policy) => [policy.id, policy]));
  const sunsets = new Map(bundle.overrides.map(({ id, sunset }) => [id, sunset]));
  const results = decisions
    .map((decision) => resultOf(decision, policies.get(decision.policy_id), sunsets))
    .sort(compareResults);
  const summary = summarize(results);
  return {
    schemaVersion: 1,
    bundle: { digest: bundle.digest, revision: bundle.revision },
    effective_time: options.effectiveTime,
    layer: options.layer,
    ...(options.repository === undefined ? {} : { repository: options.repository }),
    fail_on: options.failOn,
    results,
    summary,
    overrides,
    ...(options.advisory === undefined ? {} : { advisory: options.advisory }),
    ...(options.known === undefined ? {} : { known: options.known }),
    ...(options.pre_commit === undefined ? {} : { pre_commit: options.pre_commit }),
    ...conclude(results, summary, options),
    policies: bundle.policies,
  };
}

function resultOf(
  decision: Judged['decisions'][number],
  policy: Policy | undefined,
  sunsets: ReadonlyMap<string, string>,
): CheckResult {
  const { subject, location } = decision;
  const sunset = sunsets.get(decision.override_id ?? decision.would?.override_id ?? '');
  const file = location.file ?? decision.document?.file;
  return {
    policy_id: decision.policy_id,
    rule_id: decision.rule_id,
    controls: (policy?.controls ?? []).map((link) => link.control),
    subject: {
      type: subject.type,
      id: subject.id,
      name: subject.name,
      ...(subject.environment === undefined ? {} : { environment: subject.environment }),
    },
    verdict: decision.verdict,
    disposition: decision.disposition,
    severity: decision.severity,
    ...(decision.message === undefined ? {} : { message: withCode(decision) }),
    ...(decision.fix === undefined ? {} : { fix: decision.fix }),
    ...(file === undefined ? {} : { file }),
    ...(location.line === undefined ? {} : { line: location.line }),
    ...(location.column === undefined ? {} : { column: location.column }),
    ...(decision.override_id === undefined ? {} : { override_id: decision.override_id }),
    ...(sunset === undefined ? {} : { override_sunset: sunset }),
    ...(decision.would === undefined ? {} : { would: decision.would }),
    ...(decision.known === undefined ? {} : { known: decision.known }),
  };
}

/** What could not be judged names its error code, which the reference explains. */
function withCode({ code, message = '' }: Judged['decisions'][number]): string {
  return code === undefined ? message : `${code}: ${message}`;
}

/** Most severe first, then by place, then by policy and subject: a total order. */
function compareResults(a: CheckResult, b: CheckResult): number {
  return (
    SEVERITIES.indexOf(a.severity) - SEVERITIES.indexOf(b.severity) ||
    compareText(a.file ?? '', b.file ?? '') ||
    (a.line ?? 0) - (b.line ?? 0) ||
    (a.column ?? 0) - (b.column ?? 0) ||
    compareText(a.policy_id, b.policy_id) ||
    compareText(a.rule_id, b.rule_id) ||
    compareText(a.subject.id, b.subject.id)
  );
}

/** By code units: the order must not depend on the locale. */
function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function summarize(results: readonly CheckResult[]): CheckSummary {
  const of = (verdict: Verdict) => results.filter((r) => r.verdict === verdict && !isWaived(r)).length;
  const subjects = new Set(
    results
      .filter((r) => r.subject.type !== 'input-set')
      .map((r) => JSON.stringify([r.subject.type, r.subject.id, r.file ?? ''])),
  );
  return {
    subjects: subjects.size,
    pass: of('pass'),
    fail: of('fail'),
    error: of('error'),
    not_applicable: of('not_applicable'),
    not_evaluated: of('not_evaluated'),
    waived: results.filter(isWaived).length,
  };
}

/** What was done about a result, or in a simulation would have been. */
export function dispositionOf(result: CheckResult): Disposition {
  return result.would?.disposition ?? result.disposition;
}

const isWaived = (result: CheckResult) => dispositionOf(result) === 'waived';

/** True for a result that blocks: an enforced fail at or above the threshold. */
export function blocks(result: CheckResult, failOn: FailOn): boolean {
  return (
    result.verdict === 'fail' && dispositionOf(result) === 'enforced' && atLeast(result.severity, failOn)
  );
}

export function atLeast(severity: Severity, failOn: FailOn): boolean {
  if (failOn === 'none') return false;
  return failOn === 'any' || SEVERITIES.indexOf(severity) <= SEVERITIES.indexOf(failOn);
}

function conclude(
  results: readonly CheckResult[],
  summary: CheckSummary,
  { layer, failOn, stale, advisory, pre_commit, requirePreCommit }: ReportOptions,
): { exit_code: ExitCode; reason: string } {
  // Advice replaces a violation only: an incomplete run is never 0.
  if (advisory?.exit_code === EXIT.violation && summary.error + summary.not_evaluated === 0)
    return {
      exit_code: EXIT.ok,
      reason: `this gate is advisory; it would have ended with 1: ${advisory.reason}`,
    };
  const violations = results.filter((r) => blocks(r, failOn)).length;
  const open = summary.error + summary.not_evaluated;
  if (violations > 0) {
    const where = failOn === 'any' ? '' : ` at or above ${failOn}`;
    const rest = open > 0 ? `; ${plural(open, 'verdict')} could not be reached` : '';
    return { exit_code: EXIT.violation, reason: `${plural(violations, 'violation')}${where}${rest}` };
  }
  if (stale !== undefined)
    return {
      exit_code: EXIT.incomplete,
      reason: `the bundle expired at ${stale}: nothing passes by it`,
    };
  if (open > 0)
    return { exit_code: EXIT.incomplete, reason: `${plural(open, 'verdict')} could not be reached` };
  if (requirePreCommit === true && (pre_commit?.missing.length ?? 0) > 0)
    return {
      exit_code: EXIT.incomplete,
      reason: `${plural(pre_commit?.missing.length ?? 0, 'commit')} without a pre-commit record`,
    };
  if (summary.subjects === 0) {
    // No data is never a pass. On a developer's machine a commit that touches nothing covered is the usual case.
    return layer === 'pre-commit'
      ? { exit_code: EXIT.ok, reason: 'no policy applies to these files' }
      : { exit_code: EXIT.incomplete, reason: 'no policy applies to this input, so nothing was judged' };
  }
  return { exit_code: EXIT.ok, reason: 'judged completely, nothing blocks' };
}
