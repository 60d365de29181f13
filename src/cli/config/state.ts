import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import type { Context } from '../context.ts';

const schema = z.object({
  /** By lineage: the newest bundle that was used here. */
  bundles: z.record(z.string(), z.object({ revision_time: z.number(), digest: z.string() })).default({}),
  /** By origin of a log: the newest checkpoint that was seen here, as a signed note. */
  checkpoints: z.record(z.string(), z.string()).default({}),
});

/** What this machine remembers, so that an older bundle or a rolled-back log is noticed. */
export type State = z.infer<typeof schema>;

export function stateFolder(env: Context['env']): string {
  return env.EXHIBIT_STATE || join(env.XDG_STATE_HOME || join(homedir(), '.local', 'state'), 'exhibit');
}

/** The remembered state; empty where there is none yet or it cannot be read. */
export function readState(env: Context['env']): State {
  try {
    return schema.parse(JSON.parse(readFileSync(join(stateFolder(env), 'state.json'), 'utf8')));
  } catch {
    return { bundles: {}, checkpoints: {} };
  }
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
