import { homedir } from 'node:os';
import { join } from 'node:path';

export type Environment = Readonly<Record<string, string | undefined>>;

/** What can be made or fetched again: `$XDG_CACHE_HOME/exhibit`. */
export function cacheFolder(env: Environment): string {
  return join(env.XDG_CACHE_HOME ?? join(env.HOME ?? homedir(), '.cache'), 'exhibit');
}
