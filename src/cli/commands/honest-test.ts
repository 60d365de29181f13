import { Option } from 'commander';
import { ExhibitError } from '../../record/index.ts';
import { command, type Define } from '../command.ts';

interface Flags {
  evidence?: string;
  from?: string;
  to?: string;
  output: 'table' | 'json';
}

/** `exhibit honest-test` */
export const honest: Define = (program, invoke) => {
  command(
    program,
    'honest-test',
    'four questions, answered from records: is it policy as code, or a library?',
    [
      'exhibit honest-test --evidence evidence',
      'exhibit honest-test --evidence evidence --from 2026-01-01 --to 2026-12-31 -o json',
    ],
  )
    .option('--evidence <folder>', 'evidence folder (default: that of the settings)')
    .option('--from <time>', 'first day, or time with its zone (default: a year before --to)')
    .option('--to <time>', 'last day, or time with its zone (default: now)')
    .addOption(
      new Option('-o, --output <format>', 'table or json').choices(['table', 'json']).default('table'),
    )
    .action((flags: Flags) =>
      invoke(async (context) => {
        const [{ resolveConfig }, { runHonestTest }, { isServer }] = await Promise.all([
          import('../config/config.ts'),
          import('../honest/run.ts'),
          import('../evidence/remote.ts'),
        ]);
        const { evidence: given, ...rest } = flags;
        const config = resolveConfig(given === undefined ? {} : { evidence: given }, context);
        const evidence = config.evidence?.value;
        if (evidence === undefined || isServer(evidence))
          throw new ExhibitError('USAGE', 'name the evidence folder', {
            hint: 'Example: exhibit honest-test --evidence evidence. Where a server keeps it, run this beside the server.',
          });
        return runHonestTest(evidence, rest, context);
      }),
    );
};
