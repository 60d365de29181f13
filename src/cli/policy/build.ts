import { writeFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { buildBundle, findOpa } from '../../policy/index.ts';
import type { Context } from '../context.ts';
import { EXIT, type ExitCode } from '../exit.ts';
import { columns, printable } from '../terminal/text.ts';
import { makeFolder } from './folder.ts';
import { countOverrides } from './overrides.ts';
import { BUNDLE, fileIn } from './paths.ts';

/** Builds the bundle of a repository's commit. It is not signed yet. */
export async function build(
  folder: string,
  flags: { bundle?: string; allowDirty?: boolean },
  context: Context,
): Promise<ExitCode> {
  const opa = await findOpa(context.env);
  const { tar, digest, repository } = await buildBundle(resolve(context.cwd, folder), {
    opa,
    allowDirty: flags.allowDirty === true,
  });
  const file = fileIn(context.cwd, folder, flags.bundle, BUNDLE);
  await makeFolder(dirname(file));
  writeFileSync(file, tar);
  const rows = [
    ['bundle', file],
    ['digest', digest],
    ['policies', String(repository.policies.length)],
    ['overrides', countOverrides(repository, context.clock())],
    ['size', `${tar.length} bytes`],
  ];
  context.stdout.write(`${columns(rows).join('\n')}\n`);
  for (const { file: at, reason } of repository.rejected_overrides)
    context.stderr.write(`note: ${printable(`${at} does not apply: ${reason}`)}\n`);
  context.stderr.write('next: exhibit policy sign\n');
  return EXIT.ok;
}
