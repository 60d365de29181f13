import { Option } from 'commander';
import { ExhibitError, LAYERS, SEVERITIES } from '../../record/index.ts';
import { collect, command, type Define } from '../command.ts';
import { number } from '../usage.ts';
import { commonOf, type ReportFlags, recordingOptions, settingsOf } from './report-options.ts';

interface Flags extends ReportFlags {
  format: string;
  report: string[];
  timeout?: number;
}

/** `exhibit run -- TOOL ARGS` */
export const run: Define = (program, invoke) => {
  const options = command(program, 'run', 'run another tool as it is, and record what it says', [
    'exhibit run --evidence ../evidence -- checkov -d . -o json',
    'exhibit run --report out/results.json -- kics scan -p . --report-formats json -o out',
  ])
    .argument('<tool...>', 'the tool and its arguments, after --')
    .option('--format <format>', 'format of its report', 'auto')
    .option(
      '--report <file>',
      'file that the tool writes; repeatable (default: its standard output)',
      collect,
      [],
    )
    .addOption(new Option('--layer <layer>', 'layer that speaks (default: that of the tool)').choices(LAYERS))
    .option('--environment <name>', 'environment of what is judged, where the report names none')
    .addOption(
      new Option(
        '--fail-on <severity>',
        'severity at and above which a fail blocks (default: any where the tool itself blocks)',
      ).choices([...SEVERITIES, 'any', 'none']),
    )
    .option('--run <id>', 'what makes this run itself (default: the URL of the pipeline run)')
    .option('--timeout <seconds>', 'longest time that the tool may take (default: 3600)', number(1));
  recordingOptions(options)
    .option('-q, --quiet', 'no progress line')
    .action((tool: string[], flags: Flags) =>
      invoke(async (context) => {
        if (tool[0] === '') throw new ExhibitError('USAGE', 'the name of the tool is empty');
        const [{ resolveConfig }, { runRun }] = await Promise.all([
          import('../config/config.ts'),
          import('../run/run.ts'),
        ]);
        const config = resolveConfig(settingsOf(flags), context);
        const { format, report: reports, timeout = 3_600 } = flags;
        return runRun(
          tool,
          config,
          { ...commonOf(flags), format, reports, timeout: timeout * 1_000 },
          context,
        );
      }),
    );
};
