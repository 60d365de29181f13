import { resolve } from 'node:path';
import { initRepository, type StackTool } from '../../policy/index.ts';
import type { Context } from '../context.ts';
import { EXIT, type ExitCode } from '../exit.ts';
import { call } from '../terminal/call.ts';
import { VERSION } from '../version.ts';
import { makeFolder } from './folder.ts';

/** Fills a folder with a policy repository that works. */
export async function init(folder: string, flags: { with?: StackTool }, context: Context): Promise<ExitCode> {
  const target = resolve(context.cwd, folder);
  await makeFolder(target);
  const { name, written, kept, left_out } = await initRepository(target, {
    version: VERSION,
    ...(flags.with === undefined ? {} : { with: [flags.with] }),
  });
  context.stdout.write(
    `policy repository ${name}: ${written.length} files written, ${kept.length} were there and stay\n`,
  );
  for (const [tool, count] of Object.entries(left_out))
    context.stderr.write(
      `${count} starter policies need ${tool} for their tests; this writes them:\n  ${call('exhibit init', folder, '--with', tool)}\n`,
    );
  if (written.length > 0)
    context.stderr.write(
      [
        'next:',
        `  ${folder === '.' ? '' : `${call('cd', folder)} && `}git init && git add . && git commit -m "Policies"`,
        '  exhibit policy test && exhibit policy build && exhibit policy sign',
        '',
      ].join('\n'),
    );
  return EXIT.ok;
}
