import { readFileSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { type Bundle, loadBundle } from '../../policy/index.ts';
import { ExhibitError } from '../../record/index.ts';
import type { Config } from '../config/config.ts';
import { readState, writeState } from '../config/state.ts';
import type { Context } from '../context.ts';

/** Where `exhibit policy build` and `exhibit policy keys` put things, and so where the others look first. */
export const DEFAULT_BUNDLE = join('.exhibit', 'bundle.tar.gz');
export const DEFAULT_BUNDLE_KEY = join('.exhibit', 'keys', 'bundle.pub.pem');

/**
 * The bundle that the settings name, verified, and not older than the last one that was used on this machine.
 * @throws ExhibitError NOT_FOUND, or a BUNDLE_ code; nothing of a bundle that fails is used
 */
export async function openBundle(config: Config, context: Context): Promise<Bundle> {
  const file = resolve(context.cwd, config.bundle?.value ?? DEFAULT_BUNDLE);
  const keyFiles = config.bundle_keys?.value ?? [DEFAULT_BUNDLE_KEY];
  const keys = keyFiles.map((name) => ({
    id: basename(name).replace(/(\.pub)?\.pem$/, ''),
    pem: readNamed(
      resolve(context.cwd, name),
      'public key',
      'Name it with --bundle-key. It is bundle.pub.pem of whoever signs the bundle; a new key cannot verify an old bundle.',
    ).toString('utf8'),
  }));
  const bytes = readNamed(
    file,
    'bundle',
    'Name one with --bundle, or make one with `exhibit policy build` and `exhibit policy sign`.',
  );
  const { bundles } = readState(context.env);
  const bundle = await loadBundle(bytes, {
    keys,
    last: (lineage) => bundles[lineage],
    now: context.clock(),
  });
  const last = bundles[bundle.lineage];
  if (last === undefined || last.digest !== bundle.digest) {
    const { revision_time, digest, lineage } = bundle;
    const kept = writeState(context.env, (state) => ({
      ...state,
      bundles: { ...state.bundles, [lineage]: { revision_time, digest } },
    }));
    if (!kept)
      context.stderr.write(
        'note: this machine cannot remember which bundle it used, so an older one would not be noticed\n',
      );
  }
  return bundle;
}

function readNamed(file: string, what: string, hint: string): Buffer {
  try {
    return readFileSync(file);
  } catch (cause) {
    throw new ExhibitError('NOT_FOUND', `cannot read the ${what} ${file}`, {
      cause,
      hint,
      location: { file },
    });
  }
}
