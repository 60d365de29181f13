import { inertJson } from '../terminal/json.ts';
import type { Render } from './format.ts';

/** The published shape: schemas/check.schema.json. */
export const json: Render = (report) => {
  const { schemaVersion, bundle, effective_time, results, summary } = report;
  return `${inertJson({ schemaVersion, bundle, effective_time, results, summary }, 2)}\n`;
};

/** One result a line, then the summary as the last line. */
export const ndjson: Render = (report) => {
  const lines: unknown[] = [...report.results];
  lines.push({
    schemaVersion: report.schemaVersion,
    bundle: report.bundle,
    effective_time: report.effective_time,
    summary: report.summary,
  });
  return lines.map((line) => `${inertJson(line)}\n`).join('');
};
