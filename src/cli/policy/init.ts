import { resolve } from 'node:path';
import { initRepository } from '../../policy/index.ts';
import type { Context } from '../context.ts';
import { EXIT, type ExitCode } from '../exit.ts';
import { VERSION } from '../version.ts';
import { makeFolder } from './folder.ts';

/** Fills a folder with a policy repository that works. */
export async function init(folder: string, context: Context): Promise<ExitCode> {
  const target = resolve(context.cwd, folder);
  await makeFolder(target);
  const { name, written, kept } = await initRepository(target, { version: VERSION });
  context.stdout.write(
    `policy repository ${name}: ${written.length} files written, ${kept.length} were there and stay\n`,
  );
  context.stderr.write('next: git init && git add . && git commit, then exhibit policy test, build, sign\n');
  return EXIT.ok;
}
