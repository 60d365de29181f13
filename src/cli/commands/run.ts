import { Option } from 'commander';
import { ExhibitError, LAYERS, SEVERITIES } from '../../record/index.ts';
import { collect, command, type Define } from '../command.ts';
import { number } from '../usage.ts';

interface Flags {
  format: string;
  report: string[];
  layer?: (typeof LAYERS)[number];
  environment?: string;
  failOn?: 'any' | 'none' | (typeof SEVERITIES)[number];
  run?: string;
  timeout?: number;
  keepReport: boolean;
  bundle?: string | boolean;
  bundleKey: string[];
  evidence?: string;
  emitter?: string;
  quiet?: boolean;
}

/** `exhibit run -- TOOL ARGS` */
export const run: Define = (program, invoke) => {
  command(program, 'run', 'run another tool as it is, and record what it says', [
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
    .option('--timeout <seconds>', 'longest time that the tool may take (default: 3600)', number(1))
    .option('--no-keep-report', 'keep no copy of the report without its secrets')
    .option(
      '--bundle <file>',
      'signed bundle with control map and overrides (default: .exhibit/bundle.tar.gz)',
    )
    .option('--no-bundle', 'record without control map and overrides: nothing counts for a control')
    .option(
      '--bundle-key <file>',
      'public key of which one must have signed the bundle; repeatable',
      collect,
      [],
    )
    .option('--evidence <place>', 'evidence folder, or URL of a server (token in EXHIBIT_TOKEN)')
    .option('--emitter <name>', 'name under which the records are sent (default: TOOL@HOST)')
    .option('-q, --quiet', 'no progress line')
    .action((tool: string[], flags: Flags) =>
      invoke(async (context) => {
        if (tool[0] === '') throw new ExhibitError('USAGE', 'the name of the tool is empty');
        const [{ resolveConfig }, { runRun }] = await Promise.all([
          import('../config/config.ts'),
          import('../run/run.ts'),
        ]);
        const config = resolveConfig(
          {
            ...(typeof flags.bundle === 'string' ? { bundle: flags.bundle } : {}),
            ...(flags.bundleKey.length === 0 ? {} : { bundle_keys: flags.bundleKey }),
            ...(flags.evidence === undefined ? {} : { evidence: flags.evidence }),
            ...(flags.emitter === undefined ? {} : { emitter: flags.emitter }),
          },
          context,
        );
        return runRun(
          tool,
          config,
          {
            format: flags.format,
            reports: flags.report,
            ...(flags.layer === undefined ? {} : { layer: flags.layer }),
            ...(flags.environment === undefined ? {} : { environment: flags.environment }),
            ...(flags.failOn === undefined ? {} : { failOn: flags.failOn }),
            ...(flags.run === undefined ? {} : { run: flags.run }),
            keepReport: flags.keepReport,
            useBundle: flags.bundle !== false,
            timeout: (flags.timeout ?? 3_600) * 1_000,
            quiet: flags.quiet === true,
          },
          context,
        );
      }),
    );
};
