import { resolve } from 'node:path';
import { initRepository, type StackTool } from '../../policy/index.ts';
import type { Context } from '../context.ts';
import { EXIT, type ExitCode } from '../exit.ts';
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
      `${count} starter policies need ${tool} for their tests:\n  exhibit init --with ${tool} writes them\n`,
    );
  if (written.length > 0)
    context.stderr.write('next: git init, git add ., git commit; exhibit policy test, build, sign\n');
  return EXIT.ok;
}
