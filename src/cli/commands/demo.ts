import { command, type Define } from '../command.ts';

interface DemoFlags {
  year?: boolean;
  serve?: boolean;
  port: string;
  folder?: string;
  seed?: string;
  effectiveTime?: string;
}

/** `exhibit demo` */
export const demo: Define = (program, invoke, execute) => {
  command(program, 'demo', 'the main job in one story; or a generated year to walk through', [
    'exhibit demo demo-out',
    'exhibit demo --serve',
    'exhibit demo --year --seed 7 --folder year',
  ])
    .argument('[folder]', 'folder to make; it stays for you to look at', 'demo-out')
    .option('--serve', 'make a generated year where there is none, and serve it on this machine')
    .option('--year', 'make a generated year and serve nothing')
    .option('--folder <folder>', 'where the year is or will be (default: demo-year)')
    .option('--port <number>', 'of --serve; 0 takes one that is free', '8380')
    .option('--seed <text>', 'the same seed and time give the same records (default: exhibit)')
    .option('--effective-time <time>', 'the year ends the day before (default: now)')
    .action((folder: string, flags: DemoFlags) =>
      invoke(async (context) => {
        if (flags.year !== true && flags.serve !== true)
          return (await import('../demo/story.ts')).tell(folder, execute, context);
        return (await import('../demo/serve.ts')).year(flags, execute, context);
      }),
    );
};
