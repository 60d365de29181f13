import { INPUT_POLICY } from '../../engine/index.ts';
import type { Layer, Severity, Verdict } from '../../record/index.ts';
import type { Outcome, Problem, Source } from '../types.ts';
import { plainName } from './clean.ts';

/** What a decision record will say, in the report's own words: not cleaned, not cut, not disposed of. */
export interface Decided {
  policy_id: string;
  rule_id: string;
  subject: { type: string; id: string; name?: string };
  verdict: Verdict;
  severity: Severity;
  message: string | undefined;
  details: Record<string, unknown>;
  file?: string | undefined;
  line?: number | undefined;
  column?: number | undefined;
  environment?: string | undefined;
  time: string | undefined;
  disposition?: Outcome['disposition'];
  layer?: Layer | undefined;
  tool?: string | undefined;
  actor?: string | undefined;
}

/** The id by which a control map knows the check of an outcome: `checkov/CKV_AWS_20`. */
export function policyOf({ tool, check }: Outcome, source: Source): string {
  return plainName(`${tool ?? source.tool}/${check}`);
}

/** @param suppressed_by id of the override record, where the tool was told to be silent */
export function ofOutcome(outcome: Outcome, policy_id: string, suppressed_by: string | undefined): Decided {
  const { severity, suppressed, verdict } = outcome;
  return {
    policy_id,
    rule_id: outcome.rule === undefined ? policy_id : `${policy_id}/${outcome.rule}`,
    subject: outcome.subject,
    // A suppression is somebody's decision not to look: whatever was written beside it, it is no pass.
    verdict: suppressed !== undefined && verdict === 'pass' ? 'not_evaluated' : verdict,
    severity: severity ?? 'medium',
    message: outcome.message,
    file: outcome.file,
    line: outcome.line,
    column: outcome.column,
    environment: outcome.environment,
    time: outcome.observed_at,
    disposition: outcome.disposition,
    layer: outcome.layer,
    tool: outcome.tool,
    actor: outcome.actor,
    details: {
      ...outcome.details,
      ...(outcome.source_id === undefined ? {} : { source_id: outcome.source_id }),
      ...(outcome.fix === undefined ? {} : { fix: outcome.fix }),
      ...(severity === undefined ? { severity_stated: false } : {}),
      ...(suppressed_by === undefined ? {} : { suppressed_by }),
    },
  };
}

/** @param report the report's name, for a problem that names no file */
export function ofProblem(
  { message, hint, line, file, check }: Problem,
  source: Source,
  report: string,
): Decided {
  const place = file ?? report;
  return {
    policy_id: check === undefined ? INPUT_POLICY : plainName(`${source.tool}/${check}`),
    rule_id: INPUT_POLICY,
    subject: { type: file === undefined ? 'report' : 'file', id: place === '' ? 'report' : place },
    verdict: 'error',
    severity: 'high',
    message,
    details: { ...(hint === undefined ? {} : { fix: hint }) },
    file: place,
    line,
    time: undefined,
  };
}
