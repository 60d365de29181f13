import { Option } from 'commander';
import { ExhibitError, LAYERS, SEVERITIES } from '../../record/index.ts';
import { command, type Define } from '../command.ts';
import type { Context } from '../context.ts';
import { EXIT, type ExitCode } from '../exit.ts';
import { stopSignal } from '../stop-signal.ts';
import { commonOf, type ReportFlags, recordingOptions, settingsOf } from './report-options.ts';

interface Flags extends ReportFlags {
  list?: boolean;
  follow?: boolean;
  grpc?: string;
  grpcCa?: string;
  grpcCert?: string;
  grpcKey?: string;
  output: 'table' | 'json';
}

/** `exhibit ingest FORMAT FILE...` */
export const ingest: Define = (program, invoke) => {
  const options = command(program, 'ingest', 'record the results of another tool', [
    'exhibit ingest auto checkov.json --evidence ../evidence',
    'exhibit ingest sarif scan.sarif --fail-on high --evidence ../evidence',
    'exhibit ingest falco --follow /var/log/falco/events.json --evidence https://evidence.example.com',
    'exhibit ingest --list',
  ])
    .argument('[format]', 'format of the reports, or auto: it says what it took each for, and why')
    .argument('[file...]', 'reports; JSON, JSON lines, YAML, XML or CSV, also gzipped')
    .option('--list', 'list the formats')
    .option(
      '--follow',
      'go on as the file grows, through its rotation, until told to stop: each line is an event',
    )
    .option(
      '--grpc <address>',
      'ask Falco for its events instead: unix:///run/falco/falco.sock, or HOST:PORT',
    )
    .option('--grpc-ca <file>', 'authority of the certificate of Falco')
    .option('--grpc-cert <file>', 'certificate to show to Falco')
    .option('--grpc-key <file>', 'its private key')
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
    );
  recordingOptions(options)
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
        if (flags.follow === true || flags.grpc !== undefined) return followed(format, files, flags, context);
        if (format === undefined || files.length === 0)
          throw new ExhibitError('USAGE', 'name a format and at least one report', {
            hint: 'Example: exhibit ingest auto checkov.json. exhibit ingest --list shows the formats.',
          });
        const [{ resolveConfig }, { runIngest }] = await Promise.all([
          import('../config/config.ts'),
          import('../ingest/run.ts'),
        ]);
        const config = resolveConfig(settingsOf(flags), context);
        return runIngest(format, files, config, { ...commonOf(flags), output: flags.output }, context);
      }),
    );
};

/** Events as they come, until a signal. @throws ExhibitError USAGE */
async function followed(
  format: string | undefined,
  files: readonly string[],
  flags: Flags,
  context: Context,
): Promise<ExitCode> {
  const [file, ...more] = files;
  const wrong =
    flags.grpc === undefined
      ? file === undefined || more.length > 0
      : file !== undefined || flags.follow === true || format !== 'falco';
  if (format === undefined || format === 'auto' || wrong)
    throw new ExhibitError('USAGE', 'name a format and one file to follow, or falco and --grpc', {
      hint: 'Example: exhibit ingest falco --follow events.json, or exhibit ingest falco --grpc unix:///run/falco/falco.sock',
    });
  const [{ resolveConfig }, { follow }] = await Promise.all([
    import('../config/config.ts'),
    import('../ingest/follow/run.ts'),
  ]);
  const { grpc, grpcCa, grpcCert, grpcKey } = flags;
  await follow(
    {
      format,
      from:
        grpc === undefined
          ? { file: file ?? '' }
          : { grpc: { address: grpc, ca: grpcCa, cert: grpcCert, key: grpcKey } },
      useBundle: flags.bundle !== false,
      signal: stopSignal(),
    },
    resolveConfig(settingsOf(flags), context),
    context,
  );
  return EXIT.ok;
}
