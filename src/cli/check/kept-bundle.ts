import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Bundle, digestOf, type LoadOptions, loadBundle } from '../../policy/index.ts';
import { ExhibitError, formatInstant, isExhibitError } from '../../record/index.ts';
import { readState, stateFolder, writeState } from '../config/state.ts';
import type { Context } from '../context.ts';
import { sentence } from '../terminal/table.ts';

/**
 * Remembers a bundle that was verified: as the newest of its lineage, and whole, so that it can go on when what the settings name
 * cannot be used.
 * @param file where the settings named it
 */
export function keep(file: string, bundle: Bundle, bytes: Uint8Array, context: Context): void {
  const { revision_time, digest, lineage } = bundle;
  const packed = digestOf(bytes);
  const { bundles, sources } = readState(context.env);
  if (bundles[lineage]?.packed === packed && sources[file] === lineage) return;
  const kept =
    write(keptFile(lineage, context.env), bytes) &&
    writeState(context.env, (state) => ({
      ...state,
      bundles: { ...state.bundles, [lineage]: { revision_time, digest, packed } },
      sources: { ...state.sources, [file]: lineage },
    }));
  if (!kept)
    context.stderr.write(
      sentence(
        'note: this machine cannot remember which bundle it used, so an older one would not be noticed',
        context.stderr,
      ),
    );
}

/** What a clock may go back, by being set right or from machine to machine with one memory, in milliseconds. */
const TOLERANCE = 5 * 60_000;
/** How finely the time is remembered, in milliseconds: not every run of a hook writes a file. */
const MINUTE = 60_000;

/**
 * A clock that was set back: by it an expired bundle would hold again, and an override after its sunset.
 * @param seen the latest time at which a bundle was used on this machine, Unix milliseconds
 * @returns undefined where all is well
 */
export function clockBehind(now: number, seen: number | undefined): ExhibitError | undefined {
  if (seen === undefined || now >= seen - TOLERANCE) return undefined;
  return new ExhibitError(
    'BUNDLE_CLOCK',
    `The clock says ${formatInstant(now)}, and a bundle was used here at ${formatInstant(seen)} already: what has expired could hold again.`,
    { hint: 'Set the clock. Where it is right and was ahead before, judge once with --accept-clock.' },
  );
}

/** Remembers that a bundle is used at this time. */
export function see(now: number, seen: number | undefined, context: Context): void {
  if (seen !== undefined && now >= seen && now < seen + MINUTE) return;
  // Within the tolerance it stays what it is: many small steps back must not make a long way.
  if (seen !== undefined && now < seen && clockBehind(now, seen) === undefined) return;
  writeState(context.env, (state) => ({ ...state, seen: now }));
}

/**
 * The last good bundle of a lineage, or of what was used last from this place. It is verified again: with the keys of today, and
 * not older than what is remembered.
 * @returns undefined where there is none that verifies
 */
export async function recall(
  file: string,
  lineage: string | undefined,
  options: LoadOptions,
  { env }: Pick<Context, 'env'>,
): Promise<Bundle | undefined> {
  const of = lineage ?? readState(env).sources[file];
  if (of === undefined) return undefined;
  try {
    const bundle = await loadBundle(readFileSync(keptFile(of, env)), options);
    return bundle.lineage === of ? bundle : undefined;
  } catch (error) {
    if (isExhibitError(error) && error.kind !== 'tampered') throw error;
    return undefined;
  }
}

function keptFile(lineage: string, env: Context['env']): string {
  return join(stateFolder(env), 'bundles', `${lineage}.tar.gz`);
}

/** Whole or not at all; false where this machine does not let us. */
function write(file: string, bytes: Uint8Array): boolean {
  const temporary = `${file}.${process.pid}`;
  try {
    mkdirSync(join(file, '..'), { recursive: true, mode: 0o700 });
    writeFileSync(temporary, bytes, { mode: 0o600 });
    renameSync(temporary, file);
    return true;
  } catch {
    return false;
  }
}
