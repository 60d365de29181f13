import { type Command, InvalidArgumentError, Option } from 'commander';
import { collect, command, type Define } from '../command.ts';
import { engagementOption } from '../engagement/options.ts';
import type { QueryFlags } from '../query/flags.ts';
import { bucketOptions } from '../store/flags.ts';

/** `exhibit query` */
export const query: Define = (program, invoke) => {
  const defined = command(
    program,
    'query',
    'ask the evidence in SQL; the answer says first how complete it is',
    [
      'exhibit query                      # the saved questions',
      'exhibit query verdicts-by-day --evidence evidence --control soc2/cc6.1',
      'exhibit query framework-coverage --evidence evidence --framework soc2 --from 2026-10-01 --to 2026-12-31',
      'exhibit query verdicts-by-day --evidence europe --evidence america --control soc2/cc6.1',
      'exhibit query --control soc2/cc6.1        # the questions that fit a control',
      'exhibit query verdicts-by-day --evidence evidence --control soc2/cc6.1 --save "access in Q4"',
      'exhibit query --evidence evidence --rerun 0192f0c1-7b5e-7d1c-8f7e-0d6b6a3f1c2a',
      'exhibit query --evidence evidence --sql "SELECT verdict, count(*) AS n FROM fact GROUP BY verdict"',
      'exhibit query decisions --engine trino --server https://trino.acme.example --evidence s3://acme-evidence/prod --control soc2/cc6.1',
    ],
  )
    .argument('[name]', 'saved question; without one they are listed, with --control those that fit it')
    .option(
      '--evidence <place>',
      'evidence folder, repeatable, for one question over several logs; for Trino and Athena also s3://BUCKET/PREFIX',
      more,
    )
    .option('--sql <text>', 'one SELECT in the common dialect instead of a saved question')
    .option(
      '--param <name=value>',
      'parameter of the question; repeatable; for --sql in the order of ?',
      collect,
      [],
    )
    .option('--from <day>', 'first UTC day, YYYY-MM-DD')
    .option('--to <day>', 'last UTC day')
    .option('--framework <id>', 'such as soc2')
    .option('--control <id>', 'such as cc6.1, or soc2/cc6.1')
    .addOption(
      new Option('--check <depth>', 'how files are compared with their manifests')
        .choices(['auto', 'size', 'digest'])
        .default('auto'),
    )
    .addOption(
      new Option('-o, --output <format>', 'how to print').choices(['table', 'json', 'csv']).default('table'),
    )
    .option('--timeout <seconds>', 'most seconds that the engine may take (default: 60)', seconds)
    .option('--auditor', 'refuse what is not of the one framework: for a text by somebody else');
  defined
    .option(
      '--scope <framework:from:to>',
      'let the text see the rows of one framework and period only, such as soc2:2026-01-01:2026-03-31',
    )
    .option(
      '--save [name]',
      'record the answer: text, parameters, size of the log, coverage, digest; with its proof',
    )
    .option('--keep-rows', 'with --save: keep the rows, too, so that a later run says which changed')
    .option('--rerun <record>', 'ask a saved answer again over the same records: same, or what changed')
    .option('--saved', 'list the answers that were saved')
    .option(
      '--as <name>',
      'who asks, for --save; a reference is recorded (default: the user of the machine)',
    );
  engagementOption(sourceOptions(defined));
  defined.action((name: string | undefined, flags: QueryFlags & { evidence?: string[] }) =>
    invoke(async (context) => (await import('../query/run.ts')).run(name, flags, context)),
  );
};

/** Which engine answers, and where it and the copy of the lake are. */
export function sourceOptions(to: Command): Command {
  to.addOption(
    new Option(
      '--engine <name>',
      'which engine answers; Trino and Athena read the copy of the lake in a bucket',
    )
      .choices(['duckdb', 'trino', 'athena'])
      .default('duckdb'),
  )
    .option('--location <url>', 's3://BUCKET/PREFIX of the copy (default: --evidence, where that is one)')
    .option('--database <name>', 'first part of the names of databases in the catalogue', 'exhibit');
  return engineOptions(bucketOptions(to));
}

/** Where an engine is. Secrets have no flag: other users of a machine see flags. */
export function engineOptions(to: Command): Command {
  return to
    .option(
      '--server <url>',
      'Trino (default: EXHIBIT_TRINO_SERVER); its secret is in EXHIBIT_TRINO_TOKEN or EXHIBIT_TRINO_PASSWORD',
    )
    .option('--user <name>', 'who asks Trino (default: EXHIBIT_TRINO_USER, or exhibit)')
    .option(
      '--catalog <name>',
      'catalogue of Trino (default: lake) or data source of Athena (default: AwsDataCatalog)',
    )
    .option('--workgroup <name>', 'workgroup of Athena (default: EXHIBIT_ATHENA_WORKGROUP)')
    .option('--athena-output <url>', 's3://BUCKET/PREFIX for results, where the workgroup names none');
}

function seconds(value: string): number {
  if (!/^[1-9][0-9]{0,4}$/.test(value)) throw new InvalidArgumentError('expected a number of seconds from 1');
  return Number(value);
}

/** Undefined where none is given: then it comes from the settings. */
const more = (value: string, before: string[] | undefined): string[] => collect(value, before ?? []);
