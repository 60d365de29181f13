import { Option } from 'commander';
import { collect, command, type Define } from '../command.ts';
import { withinOptions } from '../engagement/options.ts';
import type { AgainFlags } from '../sample/again.ts';
import type { SampleFlags } from '../sample/draw.ts';
import type { ListFlags } from '../sample/list.ts';
import { ofScope } from './population.ts';
import { sourceOptions } from './query.ts';

/** `exhibit sample ...` */
export const sample: Define = (program, invoke) => {
  const group = program
    .command('sample')
    .summary('draw a sample that anybody can draw again, and list what was drawn')
    .description(
      'Draw a sample by a seed of the period-end checkpoint and the nonce of an auditor. Each draw is a record.',
    );

  const drawing = ofScope(
    command(
      group,
      'draw',
      'draw a sample, and record the draw (also without the word draw)',
      [
        'exhibit sample --evidence evidence --control soc2/cc6.1 --from 2026-07-01 --to 2026-09-30 --nonce 4f1d6c0f5a0e4b7c',
        'exhibit sample draw --evidence evidence --control soc2/cc6.1 --from 2026-07-01 --to 2026-09-30 --confidence 90 --tolerable 10 -o csv',
      ],
      { isDefault: true },
    ),
  )
    .option('--nonce <text>', 'of the auditor: at least 16 printable characters (default: made here)')
    .option('--size <count>', 'how many to draw')
    .option('--confidence <percent>', 'or so many that, with this confidence (default: 95),')
    .option('--tolerable <percent>', 'a rate of deviations from this on would show (default: 5)')
    .option('--table <file>', 'or by a table of your own, in YAML, with its source')
    .option('--census <count>', 'up to so many items all are taken', '100')
    .addOption(
      new Option('--strata <by>', 'share the sample by layer or policy').choices(['layer', 'policy']),
    )
    .option('--interim', 'draw though the period is not over, and say so')
    .option(
      '--vkey <key>',
      'key that proofs are verified with, repeatable (default: of the folder)',
      collect,
      [],
    )
    .addOption(
      new Option('-o, --output <format>', 'table, json or csv')
        .choices(['table', 'json', 'csv'])
        .default('table'),
    );
  sourceOptions(drawing).action((flags: SampleFlags) =>
    invoke(async (context) => (await import('../sample/draw.ts')).runSample(flags, context)),
  );

  const listing = withinOptions(
    command(group, 'list', 'list every draw of a framework, also those that were thrown away', [
      'exhibit sample list --evidence evidence --framework soc2 --from 2026-07-01 --to 2026-09-30',
      'exhibit sample list --evidence evidence --control soc2/cc6.1 --from 2026-07-01 --to 2026-09-30 -o json',
    ]),
  )
    .option('--evidence <place>', 'evidence folder or s3://BUCKET/PREFIX (default: that of the settings)')
    .option('--framework <id>', 'such as soc2 (default: that of --control)')
    .option('--control <id>', 'only of this control')
    .option('--policy <id>', 'or only of this policy')
    .option('--from <day>', 'first UTC day: draws of periods that have a day in common')
    .option('--to <day>', 'last UTC day')
    .addOption(
      new Option('-o, --output <format>', 'table or json').choices(['table', 'json']).default('table'),
    );
  sourceOptions(listing).action((flags: ListFlags) =>
    invoke(async (context) => (await import('../sample/list.ts')).listSamples(flags, context)),
  );

  const again = withinOptions(
    command(group, 'again', 'draw what a record says was drawn, and compare', [
      'exhibit sample again 019a9c1e-7a00-7def-90be-371efe15a80a --evidence evidence',
    ]),
  )
    .argument('<record>', 'id of the record of a draw')
    .option('--evidence <place>', 'evidence folder or s3://BUCKET/PREFIX (default: that of the settings)');
  sourceOptions(again).action((record: string, flags: AgainFlags) =>
    invoke(async (context) => (await import('../sample/again.ts')).sampleAgain(record, flags, context)),
  );
};
