import { type Command, Option } from 'commander';
import { command, type Define } from '../command.ts';
import { withinOptions } from '../engagement/options.ts';
import type { PopulationFlags } from '../population/run.ts';
import { number } from '../usage.ts';
import { sourceOptions } from './query.ts';

/** The flags that say which population, the same for every command that has one. */
export function ofScope(own: Command, place = 'evidence folder or s3://BUCKET/PREFIX'): Command {
  return withinOptions(own)
    .option('--evidence <place>', `${place} (default: that of the settings)`)
    .option('--framework <id>', 'such as soc2 (default: that of --control)')
    .option('--control <id>', 'a control, such as soc2/cc6.1')
    .option('--policy <id>', 'or a policy')
    .option('--from <day>', 'first UTC day of the period')
    .option('--to <day>', 'last UTC day of the period')
    .addOption(
      new Option('--unit <unit>', 'what is an item: each decision, or each subject by policy')
        .choices(['record', 'subject'])
        .default('record'),
    )
    .option('--most <count>', 'most decisions that are read; more are refused (default: 2000000)', number(1));
}

/** `exhibit population` */
export const population: Define = (program, invoke) => {
  const own = ofScope(
    command(program, 'population', 'show what a sample is drawn from, and whether it is whole', [
      'exhibit population --evidence evidence --control soc2/cc6.1 --from 2026-07-01 --to 2026-09-30',
      'exhibit population --evidence evidence --framework soc2 --policy k8s-no-privileged --from 2026-07-01 --to 2026-09-30 --unit subject -o json',
    ]),
  )
    .option('--no-record', 'do not record that it was asked')
    .addOption(
      new Option('-o, --output <format>', 'table, json, or ids: one id of an item a line')
        .choices(['table', 'json', 'ids'])
        .default('table'),
    )
    .action((flags: PopulationFlags) =>
      invoke(async (context) => (await import('../population/run.ts')).runPopulation(flags, context)),
    );
  sourceOptions(own);
};
