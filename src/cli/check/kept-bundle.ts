import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Bundle, digestOf, type LoadOptions, loadBundle } from '../../policy/index.ts';
import { isExhibitError } from '../../record/index.ts';
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
