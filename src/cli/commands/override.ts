import { command, type Define } from '../command.ts';

/** `exhibit override ...` */
export const override: Define = (program, invoke) => {
  const group = program
    .command('override')
    .summary('tickets that waive one policy until a date')
    .description('Tickets that waive one policy for a stated scope until a date.');
  command(
    group,
    'list',
    'every override with owner, sunset and state; rejected ones too',
    'exhibit override list',
  )
    .argument('[folder]', 'policy repository', '.')
    .option('--json', 'print JSON')
    .action((folder: string, flags: { json?: boolean }) =>
      invoke(async (context) =>
        (await import('../policy/overrides.ts')).list(folder, flags.json === true, context),
      ),
    );
  command(group, 'lint', 'check that each override would apply', 'exhibit override lint')
    .argument('[folder]', 'policy repository', '.')
    .action((folder: string) =>
      invoke(async (context) => (await import('../policy/overrides.ts')).lint(folder, context)),
    );
};
