import { Option } from 'commander';
import { collect, command, type Define } from '../command.ts';
import { withinOptions } from '../engagement/options.ts';
import type { ReplayFlags } from '../replay/run.ts';
import { bucketOptions } from '../store/flags.ts';
import { number } from '../usage.ts';

type Flags = Omit<ReplayFlags, 'all' | 'show' | 'record' | 'bundleKeys'> & {
  all?: boolean;
  show?: boolean;
  record?: boolean;
  bundleKey: string[];
};

/** `exhibit replay` */
export const replay: Define = (program, invoke) => {
  const own = command(program, 'replay', 'perform recorded decisions again, and say which are the same', [
    'exhibit replay 019c5d0e-7c1f-7a3b-8000-2d7f0e6b1a55 --show --evidence evidence',
    'exhibit replay 019c5d0e-7c1f-7a3b-8000-2d7f0e6b1a55 --page replay.html --evidence evidence',
    'exhibit replay --framework soc2 --from 2026-07-01 --to 2026-09-30 --all',
  ])
    .argument('[record...]', 'ids of decision records')
    .option('--evidence <place>', 'evidence folder or s3://BUCKET/PREFIX (default: that of the settings)')
    .option('--framework <id>', 'instead of records: decisions that speak of this framework')
    .option('--control <id>', 'of these, only those that speak of this control')
    .option('--from <day>', 'first day of recording, UTC')
    .option('--to <day>', 'last day of recording, UTC')
    .option('--limit <n>', 'the first so many of the scope, in the order of the log', number(1))
    .option('--all', 'every decision of the scope')
    .option(
      '--bundle-key <file>',
      'public key of which one must have signed a bundle; repeatable (default: those of the settings)',
      collect,
      [],
    )
    .option('--show', 'print the text of the rules, too')
    .option('--page <file>', 'write one HTML page that performs them again in a browser, offline')
    .option('--record', 'write into the log that it was done, and the counts')
    .addOption(
      new Option('-o, --output <format>', 'table or json').choices(['table', 'json']).default('table'),
    )
    .action((ids: string[], flags: Flags) =>
      invoke(async (context) => {
        const [{ resolveConfig }, { runReplay }] = await Promise.all([
          import('../config/config.ts'),
          import('../replay/run.ts'),
        ]);
        const { bundleKey, ...rest } = flags;
        const config = resolveConfig(bundleKey.length === 0 ? {} : { bundle_keys: bundleKey }, context);
        return runReplay(
          ids,
          {
            ...rest,
            all: flags.all === true,
            show: flags.show === true,
            record: flags.record === true,
            bundleKeys: config.bundle_keys?.value ?? [],
          },
          context,
        );
      }),
    );
  withinOptions(bucketOptions(own));
};
