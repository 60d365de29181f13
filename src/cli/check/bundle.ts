import { basename, join, resolve } from 'node:path';
import { type Bundle, isExpired, type LastUsed, type LoadOptions, loadBundle } from '../../policy/index.ts';
import { ExhibitError, isExhibitError } from '../../record/index.ts';
import type { Config } from '../config/config.ts';
import { readPlainFile, SMALL } from '../config/plain-file.ts';
import { readState } from '../config/state.ts';
import type { Context } from '../context.ts';
import { keyHint } from '../policy/paths.ts';
import { call } from '../terminal/call.ts';
import { type BundleState, passedOver, stale, unverifiable } from './bundle-state.ts';
import { clockBehind, keep, recall, see } from './kept-bundle.ts';

/** Where `exhibit policy build` and `exhibit policy keys` put things, and so where the others look first. */
export const DEFAULT_BUNDLE = join('.exhibit', 'bundle.tar.gz');
export const DEFAULT_BUNDLE_KEY = join('.exhibit', 'keys', 'bundle.pub.pem');
/** Most bytes of a bundle, packed. */
const MOST_BYTES = 256 * 1024 * 1024;

/** A verified bundle, and what was wrong with what the settings name. */
export interface Opened {
  bundle: Bundle;
  /** What has to be recorded: nothing where all is well. */
  states: BundleState[];
  /** Since when the bundle is too old to pass anything; not given: it is not. */
  stale?: string;
}

export interface Accepted {
  /** Only a bundle of this policy repository, also where one of another was used from this place before. */
  lineage?: string | undefined;
  /** A clock that is before the latest time at which a bundle was used here; from then on that time is this one. */
  clock?: boolean | undefined;
}

/**
 * The bundle that the settings name, verified, of the same policy repository as the last one from there, not older than the last one that was used on this machine, and not expired. Where
 * it is not so, the last good one of this machine goes on in its place, verified again. One that has expired still finds
 * violations, and nothing passes by it.
 * @param refused called with what has to be recorded before this throws
 * @throws ExhibitError NOT_FOUND, BUNDLE_CLOCK, or a BUNDLE_ code where there is no last good one; nothing of a bundle that fails is used
 */
export async function openBundle(
  config: Config,
  context: Context,
  accepted: Accepted = {},
  refused: (state: BundleState) => Promise<void> = async () => {},
): Promise<Opened> {
  const file = resolve(context.cwd, config.bundle?.value ?? DEFAULT_BUNDLE);
  // The bundle first: who has neither is told to build and sign, and not to look for a key.
  const bytes = readNamed(file, 'bundle', MOST_BYTES, bundleHint(config.bundle?.value ?? DEFAULT_BUNDLE));
  const keys = keysOf(config, file, context);
  const { bundles, sources, seen } = readState(context.env);
  const now = context.clock();
  const behind = accepted.clock === true ? undefined : clockBehind(now, seen);
  if (behind !== undefined) {
    await refused(unverifiable(behind, bytes, undefined));
    throw behind;
  }
  see(now, seen, context);
  // Not older than the last one of its lineage, nor than the last one of this place, whatever lineage that had.
  const here = sources[file];
  const last = (lineage: string) =>
    newer(bundles[lineage], here === undefined || lineage === accepted.lineage ? undefined : bundles[here]);
  const options: LoadOptions = { keys, last, lineage: accepted.lineage ?? here, now, expired: 'give' };
  let named: Bundle;
  try {
    named = await loadBundle(bytes, options);
  } catch (error) {
    if (!isExhibitError(error) || error.kind !== 'tampered') throw error;
    const kept = await recall(file, here ?? lineageOf(error), options, context);
    const genuine = error.code === 'BUNDLE_ROLLBACK' || error.code === 'BUNDLE_LINEAGE';
    const state = genuine ? passedOver(error, kept) : unverifiable(error, bytes, kept);
    if (kept !== undefined) return withKept(kept, [state], now);
    await refused(state);
    throw error;
  }
  if (isExpired(named, now)) {
    const kept = await recall(file, named.lineage, options, context);
    if (kept !== undefined && !isExpired(kept, now)) return withKept(kept, [stale(named, kept)], now);
  }
  keep(file, named, bytes, context);
  return withKept(named, [], now);
}

/** A bundle in its usual place of a repository is made there. */
function bundleHint(named: string): string {
  const folder = named.endsWith(DEFAULT_BUNDLE) ? named.slice(0, -DEFAULT_BUNDLE.length) || '.' : '.';
  const [build, sign] = ['build', 'sign'].map((verb) => `\`${call(`exhibit policy ${verb}`, folder)}\``);
  return `Name one with --bundle, or under bundle in .exhibit.yaml, or make one with ${build} and ${sign}.`;
}

function newer(a: LastUsed | undefined, b: LastUsed | undefined): LastUsed | undefined {
  return a !== undefined && b !== undefined && b.revision_time > a.revision_time ? b : (a ?? b);
}

/** The bundle that goes on; where it has expired that is a state as well. */
function withKept(bundle: Bundle, states: BundleState[], now: number): Opened {
  if (bundle.expires === undefined || !isExpired(bundle, now)) return { bundle, states };
  return { bundle, states: [...states, stale(bundle, bundle)], stale: bundle.expires };
}

/** Only the error of an older bundle, or of one of another repository, names a lineage: its signature held. */
function lineageOf({ details }: ExhibitError): string | undefined {
  return typeof details.lineage === 'string' ? details.lineage : undefined;
}

function keysOf(config: Config, bundle: string, context: Context): { id: string; pem: string }[] {
  const files = config.bundle_keys?.value ?? [DEFAULT_BUNDLE_KEY];
  return files.map((name) => ({
    id: basename(name).replace(/(\.pub)?\.pem$/, ''),
    pem: readNamed(resolve(context.cwd, name), 'public key', SMALL, keyHint(bundle, '--bundle-key')).toString(
      'utf8',
    ),
  }));
}

function readNamed(file: string, what: string, limit: number, hint: string): Buffer {
  try {
    return readPlainFile(file, limit);
  } catch (cause) {
    throw new ExhibitError('NOT_FOUND', `cannot read the ${what} ${file}`, {
      cause,
      hint,
      location: { file },
    });
  }
}
