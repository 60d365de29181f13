import { Option } from 'commander';
import { ExhibitError, LAYERS, SEVERITIES } from '../../record/index.ts';
import { collect, command, type Define } from '../command.ts';
import { EXIT } from '../exit.ts';

interface Flags {
  list?: boolean;
  layer?: (typeof LAYERS)[number];
  environment?: string;
  failOn?: 'any' | 'none' | (typeof SEVERITIES)[number];
  run?: string;
  keepReport: boolean;
  /** False with --no-bundle. */
  bundle?: string | boolean;
  bundleKey: string[];
  evidence?: string;
  emitter?: string;
  output: 'table' | 'json';
  quiet?: boolean;
}

/** `exhibit ingest FORMAT FILE...` */
export const ingest: Define = (program, invoke) => {
  command(program, 'ingest', 'record the results of another tool', [
    'exhibit ingest auto checkov.json --evidence ../evidence',
    'exhibit ingest sarif scan.sarif --fail-on high --evidence ../evidence',
    'exhibit ingest --list',
  ])
    .argument('[format]', 'format of the reports, or auto: it says what it took each for, and why')
    .argument('[file...]', 'reports; JSON, JSON lines, YAML, XML or CSV, also gzipped')
    .option('--list', 'list the formats')
    .addOption(new Option('--layer <layer>', 'layer that speaks (default: that of the tool)').choices(LAYERS))
    .option('--environment <name>', 'environment of what was judged, where the report names none')
    .addOption(
      new Option('--fail-on <severity>', 'severity at and above which a fail blocks (default: none)').choices(
        [...SEVERITIES, 'any', 'none'],
      ),
    )
    .option(
      '--run <id>',
      'what makes this run itself, such as its URL: sent again, it adds nothing (default: the pipeline’s, else the report’s own time)',
    )
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
    .option('--emitter <name>', 'name under which the records are numbered (default: TOOL@HOST)')
    .addOption(
      new Option('-o, --output <format>', 'table or json').choices(['table', 'json']).default('table'),
    )
    .option('-q, --quiet', 'no progress line')
    .action((format: string | undefined, files: string[], flags: Flags) =>
      invoke(async (context) => {
        if (flags.list === true) {
          const { formatsText } = await import('../ingest/formats.ts');
          context.stdout.write(formatsText(context.stdout));
          return EXIT.ok;
        }
        if (format === undefined || files.length === 0)
          throw new ExhibitError('USAGE', 'name a format and at least one report', {
            hint: 'Example: exhibit ingest auto checkov.json. exhibit ingest --list shows the formats.',
          });
        const [{ resolveConfig }, { runIngest }] = await Promise.all([
          import('../config/config.ts'),
          import('../ingest/run.ts'),
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
        return runIngest(
          format,
          files,
          config,
          {
            ...(flags.layer === undefined ? {} : { layer: flags.layer }),
            ...(flags.environment === undefined ? {} : { environment: flags.environment }),
            ...(flags.failOn === undefined ? {} : { failOn: flags.failOn }),
            ...(flags.run === undefined ? {} : { run: flags.run }),
            keepReport: flags.keepReport,
            useBundle: flags.bundle !== false,
            output: flags.output,
            quiet: flags.quiet === true,
          },
          context,
        );
      }),
    );
};
