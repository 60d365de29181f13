import { Argument, type Command } from 'commander';
import type { ReportName } from '../../audit/index.ts';
import { collect, command, type Define } from '../command.ts';
import { withinOptions } from '../engagement/options.ts';
import type { ReportFlags } from '../reports/flags.ts';
import { bucketOptions } from '../store/flags.ts';

/** Kept here, too: the audit is imported only when a report is made. A test holds both lists together. */
export const REPORT_NAMES = [
  'control',
  'framework',
  'overrides',
  'drift',
  'completeness',
  'nis2',
  'eu-ai-act',
  'soa',
  'methodology',
  'all',
  'engineer',
  'lead',
] as const;

type Flags = Omit<ReportFlags, 'output'> & { output?: string[] };

/** `exhibit report` */
export const report: Define = (program, invoke) => {
  const defined = command(
    program,
    'report',
    'what the evidence of a framework and a period says, as page, PDF, CSV, JSON or OSCAL',
    [
      'exhibit report framework --evidence evidence --framework soc2 --from 2026-01-01 --to 2026-12-31 -o html=report.html',
      'exhibit report control --evidence evidence --control soc2/cc6.1 --from 2026-01-01 --to 2026-12-31 -o pdf=cc6.1.pdf',
      'exhibit report engineer --evidence evidence --framework soc2 --from 2026-01-01 --to 2026-12-31 --owner platform -o html=mine.html',
      'exhibit report soa --evidence evidence --from 2026-01-01 --to 2026-12-31 --applicability applicability.yaml -o csv',
    ],
  ).addArgument(new Argument('<name>', 'which report').choices(REPORT_NAMES));
  options(defined).action((name: ReportName, flags: Flags) =>
    invoke(async (context) =>
      (await import('../reports/run.ts')).runReport(
        name,
        { ...flags, output: flags.output ?? ['html'] },
        context,
      ),
    ),
  );
};

/** `exhibit methodology` */
export const methodology: Define = (program, invoke) => {
  const defined = command(
    program,
    'methodology',
    'how the evidence was made: what each policy says, when it ran, who may read, what changed',
    [
      'exhibit methodology --evidence evidence --framework soc2 --from 2026-01-01 --to 2026-12-31 -o pdf=methodology.pdf',
    ],
  );
  options(defined).action((flags: Flags) =>
    invoke(async (context) =>
      (await import('../reports/run.ts')).runReport(
        'methodology',
        { ...flags, output: flags.output ?? ['html'] },
        context,
      ),
    ),
  );
};

function options(to: Command): Command {
  return bucketOptions(withinOptions(to))
    .option('--evidence <place>', 'evidence folder or s3://BUCKET/PREFIX (default: that of the settings)')
    .option('--framework <id>', 'such as soc2')
    .option('--control <id>', 'one control, such as soc2/cc6.1')
    .option('--from <day>', 'first UTC day, YYYY-MM-DD')
    .option('--to <day>', 'last UTC day')
    .option(
      '-o, --output <format[=file]>',
      'html (default), pdf, csv, json or oscal; repeatable',
      (value: string, before: string[] | undefined) => collect(value, before ?? []),
    )
    .option('--verify', 'read and hash the whole log again before')
    .option('--applicability <file>', 'which controls apply, and why: for soa')
    .option('--server-settings <file>', 'settings of the server: who may read, for methodology')
    .option('--config <file>', 'respond.yaml: owners of findings, for drift, engineer and lead')
    .option('--owner <name>', 'whose failures stand first: for engineer')
    .option('--most-overrides <n>', 'most open overrides that you allow: a line in their picture');
}
