import { appendFileSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { ExhibitError } from '../../record/index.ts';
import type { Context } from '../context.ts';
import type { CheckReport } from '../report/report.ts';
import { type ColorChoice, colors, useColor } from '../terminal/color.ts';
import { FORMATS, type OutputTarget, parseTargets } from './index.ts';
import { markdownWithin, SUMMARY_LIMIT } from './markdown.ts';
import { closingLines } from './plain.ts';
import { refuseFiles, writeReport } from './report-file.ts';

/** Widest block that people read well. */
const MAX_WIDTH = 100;

export const emit = {
  /** Checks the targets before the work is done; a table on a terminal, plain lines in a pipe. */
  targets(values: readonly string[], context: Context): OutputTarget[] {
    const targets = parseTargets(values, context.stdout.isTTY ? 'table' : 'plain');
    refuseFiles(
      targets.flatMap(({ file }) => (file === undefined ? [] : [file])),
      context.cwd,
    );
    return targets;
  },

  /** Writes each target. Results go to standard output or to the named file, and only there. */
  report(report: CheckReport, targets: readonly OutputTarget[], color: ColorChoice, context: Context): void {
    // A job that only writes files must not end without a word about why.
    if (targets.every(({ file }) => file !== undefined))
      context.stderr.write(`${closingLines(report).join('\n')}\n`);
    for (const { format, file } of targets) {
      const paint = colors(file === undefined && useColor(color, context.env, context.stdout));
      const text = FORMATS[format](report, {
        colors: paint,
        width: Math.min(context.stdout.columns, MAX_WIDTH),
      });
      if (file === undefined) context.stdout.write(text);
      else writeReport(resolve(context.cwd, file), text);
      if (format === 'github') writeSummary(report, context);
    }
  },
};

/**
 * The summary of the step, where the runner names a file for it. Steps of a job may share one file; GitHub shows nothing of a file
 * that is too large, so what others wrote counts. @throws ExhibitError OUTPUT_FAILED
 */
function writeSummary(report: CheckReport, { env, stderr }: Context): void {
  const file = env.GITHUB_STEP_SUMMARY;
  if (file === undefined || file === '') return;
  try {
    const before = statSync(file, { throwIfNoEntry: false })?.size ?? 0;
    const text = markdownWithin(report, SUMMARY_LIMIT - before);
    if (before + Buffer.byteLength(text) <= SUMMARY_LIMIT) appendFileSync(file, text);
    else
      stderr.write('the step summary is full: GitHub shows up to 1 MiB; the results are in the log only\n');
  } catch (cause) {
    throw new ExhibitError('OUTPUT_FAILED', `cannot write the step summary ${file}`, {
      cause,
      location: { file },
    });
  }
}
