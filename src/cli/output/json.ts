import type { CheckReport } from '../report/report.ts';
import { inertJson } from '../terminal/json.ts';
import type { Render } from './format.ts';

/** The published shape: schemas/check.schema.json. */
export const json: Render = (report) => {
  const {
    schemaVersion,
    bundle,
    effective_time,
    layer,
    repository,
    fail_on,
    results,
    summary,
    overrides,
    advisory,
    known,
    pre_commit,
    exit_code,
    reason,
  } = report;
  const shown = {
    schemaVersion,
    bundle,
    effective_time,
    layer,
    ...(repository === undefined ? {} : { repository }),
    fail_on,
    results,
    summary,
    overrides,
    ...gateOf({ advisory, known, pre_commit }),
    exit_code,
    reason,
  };
  return `${inertJson(shown, 2)}\n`;
};

/** One result a line, then the summary as the last line. */
export const ndjson: Render = (report) => {
  const lines: unknown[] = [...report.results];
  lines.push({
    schemaVersion: report.schemaVersion,
    bundle: report.bundle,
    effective_time: report.effective_time,
    layer: report.layer,
    ...(report.repository === undefined ? {} : { repository: report.repository }),
    fail_on: report.fail_on,
    summary: report.summary,
    overrides: report.overrides,
    ...gateOf(report),
    exit_code: report.exit_code,
    reason: report.reason,
  });
  return lines.map((line) => `${inertJson(line)}\n`).join('');
};

type Optional<T> = { [K in keyof T]: T[K] | undefined };

/** What was asked of the gate beside judging; nothing where it was not. */
function gateOf({
  advisory,
  known,
  pre_commit,
}: Optional<Pick<CheckReport, 'advisory' | 'known' | 'pre_commit'>>) {
  return {
    ...(advisory === undefined ? {} : { advisory }),
    ...(known === undefined ? {} : { known }),
    ...(pre_commit === undefined ? {} : { pre_commit }),
  };
}
