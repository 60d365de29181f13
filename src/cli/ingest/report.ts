import { z } from 'zod';
import type { ExhibitError } from '../../record/index.ts';
import { EXIT, type ExitCode } from '../exit.ts';
import type { ReportResult } from './one.ts';

const count = z.int().min(0);
const problem = z.strictObject({
  message: z.string(),
  hint: z.string().optional(),
  line: z.int().optional(),
  file: z.string().optional(),
  check: z.string().optional(),
});

/** `ingest -o json`, version 1, as published. */
export const ingestSchema = z.strictObject({
  schemaVersion: z.literal(1),
  reports: z.array(
    z.strictObject({
      report: z.string(),
      format: z.string(),
      because: z.string().describe('why the report was taken for this format'),
      also: z.array(z.string()).describe('other formats that would have taken it'),
      tool: z.string(),
      tool_version: z.string().optional(),
      run_id: z.string(),
      population: z.string().describe('all: passes are in the report; failures: only failures are; unknown'),
      decisions: count,
      verdicts: z.strictObject({
        pass: count,
        fail: count,
        error: count,
        not_applicable: count,
        not_evaluated: count,
        waived: count.describe('fails that an override waived; they are counted as fail, too'),
      }),
      enforced: count.describe('fails at or above the threshold'),
      suppressed: count.describe('silenced within the tool: overrides without a sunset, which do not apply'),
      unmapped: z.array(z.strictObject({ policy_id: z.string(), decisions: count })),
      problems: z.array(problem),
      complete: z.boolean(),
    }),
  ),
  unread: z.array(
    z.strictObject({
      report: z.string(),
      code: z.string(),
      message: z.string(),
      line: z.int().optional(),
      hint: z.string().optional(),
    }),
  ),
  exit_code: z.int(),
});
export type IngestReport = z.infer<typeof ingestSchema>;

export interface Unread {
  report: string;
  error: ExhibitError;
}

/** A fail at or above the threshold beats what could not be read; that is never 0. */
export function exitOf(results: readonly ReportResult[], unread: readonly Unread[]): ExitCode {
  if (results.some(({ enforced }) => enforced > 0)) return EXIT.violation;
  return unread.length > 0 || results.some(({ problems }) => problems.length > 0) ? EXIT.incomplete : EXIT.ok;
}

export function ingestReport(results: readonly ReportResult[], unread: readonly Unread[]): IngestReport {
  return ingestSchema.parse({
    schemaVersion: 1,
    reports: results.map((result) => ({
      report: result.report,
      format: result.source.id,
      because: result.why,
      also: result.also,
      tool: result.facts.tool ?? result.source.tool,
      ...(result.facts.tool_version === undefined ? {} : { tool_version: result.facts.tool_version }),
      run_id: result.run_id,
      population: populationOf(result),
      decisions: result.decisions,
      verdicts: result.counts,
      enforced: result.enforced,
      suppressed: result.suppressed,
      unmapped: [...result.unmapped]
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .map(([policy_id, decisions]) => ({ policy_id, decisions })),
      problems: result.problems.map(({ type: _, ...rest }) => JSON.parse(JSON.stringify(rest))),
      complete: result.complete,
    })),
    unread: unread.map(({ report, error: { code, message, location, hint } }) => ({
      report,
      code,
      message,
      ...(location?.line === undefined ? {} : { line: location.line }),
      ...(hint === undefined ? {} : { hint }),
    })),
    exit_code: exitOf(results, unread),
  });
}

/** What is known of the things that passed. */
export function populationOf({ facts, source }: ReportResult): string {
  return facts.population ?? (source.population === 'varies' ? 'unknown' : source.population);
}
