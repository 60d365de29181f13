import { Option } from 'commander';
import { ExhibitError } from '../../record/index.ts';
import { command, type Define } from '../command.ts';

interface Flags {
  evidence?: string;
  from?: string;
  to?: string;
  record?: boolean;
  output: 'table' | 'json';
}

/** `exhibit gaps` */
export const gaps: Define = (program, invoke) => {
  command(program, 'gaps', 'list runs, heartbeats, numbers and decisions that are missing', [
    'exhibit gaps --evidence evidence',
    'exhibit gaps --evidence evidence --from 2026-07-01 --to 2026-09-30 -o json',
  ])
    .option('--evidence <folder>', 'evidence folder (default: that of the settings)')
    .option('--from <time>', 'first day, or time with its zone (default: a week before --to)')
    .option('--to <time>', 'last day, or time with its zone (default: now)')
    .option('--record', 'write gap records for what the log does not name yet; lake close does so by itself')
    .addOption(
      new Option('-o, --output <format>', 'table or json').choices(['table', 'json']).default('table'),
    )
    .action((flags: Flags) =>
      invoke(async (context) => {
        const [{ resolveConfig }, { runGaps }, { isServer }] = await Promise.all([
          import('../config/config.ts'),
          import('../gaps/run.ts'),
          import('../evidence/remote.ts'),
        ]);
        const config = resolveConfig(
          flags.evidence === undefined ? {} : { evidence: flags.evidence },
          context,
        );
        const evidence = config.evidence?.value;
        if (evidence === undefined || isServer(evidence))
          throw new ExhibitError('USAGE', 'name the evidence folder', {
            hint: 'Example: exhibit gaps --evidence evidence. Where a server keeps it, run this beside the server.',
          });
        return runGaps(
          evidence,
          {
            ...(flags.from === undefined ? {} : { from: flags.from }),
            ...(flags.to === undefined ? {} : { to: flags.to }),
            record: flags.record === true,
            output: flags.output,
          },
          context,
        );
      }),
    );
};
