import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import {
  type BuildOptions,
  type Bundle,
  buildBundle,
  findCompiler,
  readCommitted,
} from '../../policy/index.ts';
import { ExhibitError } from '../../record/index.ts';
import type { Context } from '../context.ts';
import { EXIT, type ExitCode } from '../exit.ts';
import { programDigest } from '../program.ts';
import { call } from '../terminal/call.ts';
import { sentence, table } from '../terminal/table.ts';
import { makeFolder } from './folder.ts';
import { countOverrides } from './overrides.ts';
import { BUNDLE, fileIn } from './paths.ts';

export interface BuildFlags {
  bundle?: string;
  allowDirty?: boolean;
  requireSignedTag?: boolean;
  tag?: string;
  allowedSigners?: string;
  keyring?: string;
}

/** Builds the bundle of a repository's commit. It is not signed yet. */
export async function build(folder: string, flags: BuildFlags, context: Context): Promise<ExitCode> {
  // git looks while the compiler is found and the rest of the program is loaded.
  const committed = readCommitted(resolve(context.cwd, folder));
  committed.catch(() => undefined);
  const [opa, program] = await Promise.all([findCompiler(context.env), programDigest()]);
  const { tar, digest, data, release } = await buildBundle(resolve(context.cwd, folder), {
    opa,
    committed,
    ...(program === undefined ? {} : { program }),
    allowDirty: flags.allowDirty === true,
    requireSignedTag: flags.requireSignedTag === true,
    ...(flags.tag === undefined ? {} : { tag: flags.tag }),
    ...trustOf(flags, context),
  });
  const file = fileIn(context.cwd, folder, flags.bundle, BUNDLE);
  await makeFolder(dirname(file));
  writeFileSync(file, tar);
  const rows = [
    ['bundle', file],
    ['digest', digest],
    ['policies', String(data.policies.length)],
    ['overrides', countOverrides(data, context.clock())],
    ['size', `${tar.length} bytes`],
    ...releaseRows(release),
  ];
  context.stdout.write(table(rows, context.stdout));
  for (const { file: at, reason } of data.rejected_overrides)
    context.stderr.write(sentence(`note: ${at} does not apply: ${reason}`, context.stderr));
  const unknown = unknownControls(data);
  if (unknown.length > 0)
    context.stderr.write(
      sentence(
        `warning: the control map names what no framework has: ${unknown.join(', ')}. Where: ${call('exhibit policy lint', folder)}`,
        context.stderr,
      ),
    );
  const bundle = flags.bundle === undefined ? [] : ['--bundle', flags.bundle];
  context.stderr.write(`next: ${call('exhibit policy sign', folder, ...bundle)}\n`);
  return EXIT.ok;
}

/** Controls that are linked and that no framework has: whoever asks for one gets its evidence under a name that means nothing. */
function unknownControls({ control_map, frameworks }: Pick<Bundle, 'control_map' | 'frameworks'>): string[] {
  const known = new Set(frameworks.flatMap(({ id, controls }) => controls.map((one) => `${id}/${one.id}`)));
  // Groups are not taken apart: that costs more than all else of a build that is kept.
  const { entries, groups = [] } = control_map;
  const named = new Set([...entries, ...groups.flatMap((one) => one.controls)].map(({ control }) => control));
  return [...named].filter((control) => !known.has(control)).sort();
}

/** How the commit came about, and what of that is proven. */
export function releaseRows(release: Bundle['release']): string[][] {
  if (release === undefined) return [];
  const { author, reviewers, merged, tag } = release;
  return [
    ['author', author],
    ...reviewers.map(({ name, source, assurance, independent }) => [
      source === 'merge' ? 'merged by' : 'reviewer',
      `${name} (${assurance}${independent ? '' : ', not another person than the author'})`,
    ]),
    ...(merged === undefined ? [] : [['change', `${merged.url ?? merged.id} (stated)`]]),
    ...(tag === undefined
      ? []
      : [
          [
            'tag',
            `${tag.name}, signed by ${tag.signer} (${tag.method}, ${tag.key}), believed by ${tag.trust === 'given' ? 'whoever built it' : 'the repository itself'}`,
          ],
        ]),
  ];
}

function trustOf(flags: BuildFlags, { cwd }: Context): Pick<BuildOptions, 'trust'> {
  const { allowedSigners, keyring } = flags;
  if (allowedSigners === undefined && keyring === undefined) return {};
  const read = (name: string): Buffer => {
    const file = resolve(cwd, name);
    try {
      return readFileSync(file);
    } catch (cause) {
      throw new ExhibitError('NOT_FOUND', 'the file cannot be read', { cause, location: { file } });
    }
  };
  return {
    trust: {
      ...(allowedSigners === undefined ? {} : { allowedSigners: read(allowedSigners).toString('utf8') }),
      ...(keyring === undefined ? {} : { keyring: read(keyring) }),
    },
  };
}
