import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { ExhibitError } from '../../record/index.ts';
import type { Context } from '../context.ts';

const schema = z.object({
  /** By lineage: the newest bundle that was used here. */
  bundles: z
    .record(
      z.string(),
      z.object({
        revision_time: z.number(),
        digest: z.string(),
        /** Digest of the packed file that is kept of it. */
        packed: z.string().exactOptional(),
      }),
    )
    .default({}),
  /** By the place that the settings name: the lineage of the last bundle that was used from there. */
  sources: z.record(z.string(), z.string()).default({}),
  /** The latest time at which a bundle was used here, Unix milliseconds; kept to the minute. */
  seen: z.number().exactOptional(),
  /** By origin of a log: the newest checkpoint that was seen here, as a signed note. */
  checkpoints: z.record(z.string(), z.string()).default({}),
});

/** What this machine remembers, so that an older bundle or a rolled-back log is noticed. */
export type State = z.infer<typeof schema>;

export function stateFolder(env: Context['env']): string {
  return env.EXHIBIT_STATE || join(env.XDG_STATE_HOME || join(homedir(), '.local', 'state'), 'exhibit');
}

/**
 * The remembered state; empty where there is none yet.
 * @throws ExhibitError CONFIG_INVALID for one that is damaged: an older bundle or log would not be noticed any more
 */
export function readState(env: Context['env']): State {
  const file = join(stateFolder(env), 'state.json');
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause && (cause.code === 'ENOENT' || cause.code === 'ENOTDIR'))
      return { bundles: {}, sources: {}, checkpoints: {} };
    throw damaged(file, cause);
  }
  try {
    return schema.parse(JSON.parse(text));
  } catch (cause) {
    throw damaged(file, cause);
  }
}

function damaged(file: string, cause: unknown): ExhibitError {
  return new ExhibitError(
    'CONFIG_INVALID',
    'what this machine remembers of bundles and logs cannot be read',
    {
      cause,
      location: { file },
      hint: 'Restore it, or remove the file: then an older bundle or a rolled-back log is not noticed this one time.',
    },
  );
}

/** Writes the state whole or not at all; false where this machine does not let us. */
export function writeState(env: Context['env'], change: (state: State) => State): boolean {
  const folder = stateFolder(env);
  const file = join(folder, 'state.json');
  const temporary = `${file}.${process.pid}`;
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    writeFileSync(temporary, `${JSON.stringify(change(readState(env)), null, 2)}\n`, { mode: 0o600 });
    renameSync(temporary, file);
    return true;
  } catch {
    return false;
  }
}
