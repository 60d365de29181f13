import { Option } from 'commander';
import { collect, command, type Define } from '../command.ts';
import type { QueryFlags } from '../query/flags.ts';

/** `exhibit query` */
export const query: Define = (program, invoke) => {
  command(program, 'query', 'ask the evidence in SQL; the answer says first how complete it is', [
    'exhibit query                      # the saved questions',
    'exhibit query verdicts-by-day --evidence evidence --control soc2/cc6.1',
    'exhibit query framework-coverage --evidence evidence --framework soc2 --from 2026-10-01 --to 2026-12-31',
    'exhibit query verdicts-by-day --evidence europe --evidence america --control soc2/cc6.1',
    'exhibit query --evidence evidence --sql "SELECT verdict, count(*) AS n FROM fact GROUP BY verdict"',
  ])
    .argument('[name]', 'saved question; without one they are listed')
    .option('--evidence <folder>', 'evidence folder; repeatable, for one question over several logs', more)
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
    .action((name: string | undefined, flags: QueryFlags & { evidence?: string[] }) =>
      invoke(async (context) => (await import('../query/run.ts')).run(name, flags, context)),
    );
};

/** Undefined where none is given: then it comes from the settings. */
const more = (value: string, before: string[] | undefined): string[] => collect(value, before ?? []);
