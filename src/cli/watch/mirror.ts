import { createHash } from 'node:crypto';
import { join, resolve } from 'node:path';
import { ExhibitError } from '../../record/index.ts';
import { BundleMirror, type Log, readBundleSetting } from '../../server/index.ts';
import type { WatcherOptions } from '../../watch/index.ts';
import { stateFolder } from '../config/state.ts';
import type { Context } from '../context.ts';
import type { WatchFlags } from './options.ts';

export interface Mirror {
  of: BundleMirror;
  keys: string[];
}

/** A copy of the bundle that comes from elsewhere; undefined where it lies in a file of its own. */
export function mirrorOf(
  { bundleFrom, bundle, bundleKey }: WatchFlags,
  log: Log,
  context: Context,
): Mirror | undefined {
  if (bundleFrom === undefined) return undefined;
  if (bundle !== undefined || bundleKey.length > 0)
    throw new ExhibitError('USAGE', 'either --bundle-from, or --bundle and --bundle-key');
  const setting = readBundleSetting(resolve(context.cwd, bundleFrom));
  const { file: path, s3, oci, http } = setting;
  const place = createHash('sha256')
    .update(JSON.stringify([path, s3, oci, http]))
    .digest('hex')
    .slice(0, 24);
  const file = join(stateFolder(context.env), 'watch', `${place}.tar.gz`);
  return { of: new BundleMirror(setting, { file, random: context.random, log }), keys: setting.keys };
}

/** Looks at the place first, and takes then what is there; what is taken is verified like any other file. */
export function mirrored(
  mirror: Mirror | undefined,
  bundle: WatcherOptions['bundle'],
  stopped: AbortSignal,
): WatcherOptions['bundle'] {
  if (mirror === undefined) return bundle;
  return async () => {
    await mirror.of.refresh(stopped);
    return bundle();
  };
}
