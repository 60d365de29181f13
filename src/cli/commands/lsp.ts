import { resolve } from 'node:path';
import { Option } from 'commander';
import { collect, command, type Define } from '../command.ts';

interface Flags {
  bundle?: string;
  bundleKey: string[];
}

/** `exhibit lsp` */
export const lsp: Define = (program, invoke) => {
  command(program, 'lsp', 'diagnostics, quick fixes and hovers for an editor (Language Server Protocol)', [
    'exhibit lsp',
    'exhibit lsp --bundle .exhibit/bundle.tar.gz --bundle-key keys/bundle.pub.pem',
  ])
    .option('--bundle <file>', 'signed bundle (default: what `exhibit check` takes in the workspace folder)')
    .option(
      '--bundle-key <file>',
      'public key of which one must have signed the bundle; repeatable',
      collect,
      [],
    )
    .addOption(new Option('--stdio', 'speak on standard input and output; it always does').hideHelp())
    .action((flags: Flags) =>
      invoke(async (context) => {
        const here = (file: string) => resolve(context.cwd, file);
        const { serve } = await import('../lsp/run.ts');
        return serve(
          {
            ...(flags.bundle === undefined ? {} : { bundle: here(flags.bundle) }),
            ...(flags.bundleKey.length === 0 ? {} : { bundleKeys: flags.bundleKey.map(here) }),
          },
          context,
          { input: process.stdin, output: process.stdout },
        );
      }),
    );
};
