import { resolve } from 'node:path';
import { type ExhibitError, isExhibitError, uuidv7 } from '../../record/index.ts';
import { openReport } from '../../sources/index.ts';
import { openBundle } from '../check/bundle.ts';
import { type Config, refuseOwnRules } from '../config/config.ts';
import type { Context } from '../context.ts';
import { type ExitCode, exitOfError } from '../exit.ts';
import { sentence } from '../terminal/table.ts';
import { type CommonFlags, howOf } from './common.ts';
import { digestFile } from './keep.ts';
import { ingestOne, type ReportResult } from './one.ts';
import { exitOf, type IngestReport, ingestReport } from './report.ts';
import { openTarget } from './target.ts';
import { ingestText } from './text.ts';

export interface IngestFlags extends CommonFlags {
  output: 'table' | 'json';
}

/**
 * Records the reports of other tools. A report that cannot be read is said, and the others are recorded all the same.
 * @throws ExhibitError for wrong settings, a bundle that does not verify, an evidence place that takes nothing
 */
export async function runIngest(
  format: string,
  files: readonly string[],
  config: Config,
  flags: IngestFlags,
  context: Context,
): Promise<ExitCode> {
  refuseOwnRules(config, context, flags.useBundle);
  const opened = flags.useBundle ? await openBundle(config, context) : undefined;
  for (const { message } of opened?.states ?? [])
    context.stderr.write(sentence(`warning: ${message}`, context.stderr));
  const bundle = opened?.bundle;
  const target = await openTarget(
    config.evidence?.value,
    bundle,
    uuidv7(context.clock(), context.random),
    context,
  );
  const results: ReportResult[] = [];
  const unread: { report: string; error: ExhibitError }[] = [];
  try {
    for (const file of files) {
      try {
        const path = resolve(context.cwd, file);
        const name = file.replaceAll('\\', '/');
        const read = await digestFile(path, name);
        const opened = await openReport(path, name);
        results.push(
          await ingestOne(
            { ...opened, name, ...read },
            { format, ...howOf(flags, config, bundle) },
            target,
            context,
          ),
        );
      } catch (error) {
        // Anything else is a defect or the evidence place, and the next report would fare no better.
        if (!isExhibitError(error) || !error.code.startsWith('INPUT_')) throw error;
        unread.push({ report: file, error });
      }
    }
    const report: IngestReport = ingestReport(results, unread);
    const show = (shown: IngestReport) =>
      context.stdout.write(
        flags.output === 'json'
          ? `${JSON.stringify(shown, null, 2)}\n`
          : ingestText(results, unread, flags.useBundle, context.stdout),
      );
    const recorded = await target.end().catch((error: unknown) => {
      // What was read is said also where it could not be recorded: the error says nothing of it.
      show({ ...report, exit_code: exitOfError(error) });
      throw error;
    });
    show(report);
    context.stderr.write(sentence(recorded, context.stderr));
    return exitOf(results, unread);
  } finally {
    await target.close();
  }
}
