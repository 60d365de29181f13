import { collect, command, type Define } from '../command.ts';
import type { ColorChoice } from '../terminal/color.ts';

/** `exhibit hook ...` */
export const hook: Define = (program, invoke) => {
  const group = program
    .command('hook')
    .summary('the git hook that judges what is committed')
    .description('The git hook that judges what is committed.');

  command(group, 'install', 'write a pre-commit hook into this repository', 'exhibit hook install').action(
    () => invoke(async (context) => (await import('../hook/install.ts')).install(context)),
  );

  command(group, 'remove', 'take that hook away; one of others stays', 'exhibit hook remove').action(() =>
    invoke(async (context) => (await import('../hook/install.ts')).remove(context)),
  );

  command(group, 'run', 'judge what is staged, as it would be committed', [
    'exhibit hook run',
    'exhibit hook run -o plain',
  ])
    .option('-o, --output <format>', 'as for check; repeatable', collect, [])
    .action((flags: { output: string[] }) =>
      invoke(async (context) => {
        const { color } = program.opts<{ color: ColorChoice }>();
        return (await import('../hook/run.ts')).runHook(flags.output, color, context);
      }),
    );
};
