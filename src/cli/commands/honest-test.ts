import { Option } from 'commander';
import { command, type Define } from '../command.ts';
import { withinOptions } from '../engagement/options.ts';
import type { HonestFlags } from '../honest/run.ts';

/** `exhibit honest-test` */
export const honest: Define = (program, invoke) => {
  withinOptions(
    command(
      program,
      'honest-test',
      'four questions, answered from records: is it policy as code, or a library?',
      [
        'exhibit honest-test --evidence evidence',
        'exhibit honest-test --evidence evidence --from 2026-01-01 --to 2026-12-31 -o json',
      ],
    ),
  )
    .option('--evidence <folder>', 'evidence folder (default: that of the settings)')
    .option('--from <time>', 'first day, or time with its zone (default: a year before --to)')
    .option('--to <time>', 'last day, or time with its zone (default: now)')
    .addOption(
      new Option('-o, --output <format>', 'table or json').choices(['table', 'json']).default('table'),
    )
    .action((flags: HonestFlags) =>
      invoke(async (context) => (await import('../honest/run.ts')).runHonestTest(flags, context)),
    );
};
