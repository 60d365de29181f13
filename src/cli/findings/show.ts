import type { Severity } from '../../record/index.ts';
import { type Finding, type FindingState, findingMetrics, isOpen } from '../../respond/index.ts';
import type { Context } from '../context.ts';
import { EXIT, type ExitCode } from '../exit.ts';
import { inertJson } from '../terminal/json.ts';
import { findFinding, type Loaded, loadFindings, type PlaceFlags } from './load.ts';
import { countsOf, findingReport, headOf, summaryOf } from './report.ts';
import { findingMetricsSchema, findingSchema, findingsSchema } from './schema.ts';
import { findingsText, findingText, metricsText } from './text.ts';

export interface OutputFlags extends PlaceFlags {
  output: 'table' | 'json';
}

export interface ListFlags extends OutputFlags {
  state: FindingState[];
  owner: string[];
  policy: string[];
  severity: Severity[];
  overdue?: boolean;
  all?: boolean;
}

/** Lists what is open. Exit 1: something of it is open; 3: nothing was judged at runtime, and that is no good news. */
export async function listFindings(flags: ListFlags, context: Context): Promise<ExitCode> {
  const loaded = await loadFindings(flags, context);
  const findings = loaded.findings.filter((each) => isAsked(each, flags));
  const code = exitOf(findings, loaded);
  const report = findingsSchema.parse({
    ...headOf(loaded),
    judged: loaded.judged,
    counts: countsOf(findings),
    weaknesses: loaded.weaknesses,
    findings: findings.map(summaryOf),
    exit_code: code,
  });
  context.stdout.write(
    flags.output === 'json' ? `${inertJson(report, 2)}\n` : findingsText(report, context.stdout),
  );
  return code;
}

function isAsked(finding: Finding, { state, owner, policy, severity, overdue, all }: ListFlags): boolean {
  if (state.length > 0 ? !state.includes(finding.state) : all !== true && !isOpen(finding.state))
    return false;
  return (
    (owner.length === 0 || owner.includes(finding.owner.name)) &&
    (policy.length === 0 || finding.policies.some((each) => policy.includes(each))) &&
    (severity.length === 0 || severity.includes(finding.severity)) &&
    (overdue !== true || finding.deadline.overdue)
  );
}

function exitOf(findings: readonly Finding[], { judged }: Loaded): ExitCode {
  if (findings.some(({ state }) => isOpen(state))) return EXIT.violation;
  return judged === 0 ? EXIT.incomplete : EXIT.ok;
}

/** @throws ExhibitError NOT_FOUND */
export async function showFinding(id: string, flags: OutputFlags, context: Context): Promise<ExitCode> {
  const loaded = await loadFindings(flags, context);
  printFinding(findFinding(loaded.findings, id), loaded, flags.output, context);
  return EXIT.ok;
}

export function printFinding(
  finding: Finding,
  loaded: Pick<Loaded, 'now' | 'ledger'>,
  output: 'table' | 'json',
  context: Context,
): void {
  const report = findingSchema.parse(findingReport(finding, loaded));
  context.stdout.write(output === 'json' ? `${inertJson(report, 2)}\n` : findingText(report, context.stdout));
}

/** Exit 3 where nothing was judged at runtime. */
export async function showMetrics(flags: OutputFlags, context: Context): Promise<ExitCode> {
  const loaded = await loadFindings(flags, context);
  const code = loaded.judged === 0 ? EXIT.incomplete : EXIT.ok;
  const report = findingMetricsSchema.parse({
    ...headOf(loaded),
    judged: loaded.judged,
    ...findingMetrics(loaded.findings, loaded.now),
    exit_code: code,
  });
  context.stdout.write(
    flags.output === 'json' ? `${inertJson(report, 2)}\n` : metricsText(report, context.stdout),
  );
  return code;
}
