import { Option } from 'commander';
import { command, type Define } from '../command.ts';
import { withinOptions } from '../engagement/options.ts';
import type { GapsFlags } from '../gaps/run.ts';

/** `exhibit gaps` */
export const gaps: Define = (program, invoke) => {
  withinOptions(
    command(program, 'gaps', 'list runs, heartbeats, numbers and decisions that are missing', [
      'exhibit gaps --evidence evidence',
      'exhibit gaps --evidence evidence --from 2026-07-01 --to 2026-09-30 -o json',
    ]),
  )
    .option('--evidence <folder>', 'evidence folder (default: that of the settings)')
    .option('--from <time>', 'first day, or time with its zone (default: a week before --to)')
    .option('--to <time>', 'last day, or time with its zone (default: now)')
    .option('--record', 'write gap records for what the log does not name yet; lake close does so by itself')
    .addOption(
      new Option('-o, --output <format>', 'table or json').choices(['table', 'json']).default('table'),
    )
    .action((flags: GapsFlags) =>
      invoke(async (context) => (await import('../gaps/run.ts')).runGaps(flags, context)),
    );
};
