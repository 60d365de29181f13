import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';
import type { ProcessRun, Row } from '../measure.ts';

const PEERS = join(import.meta.dirname, '..', '..', '.cache', 'peers');

/** Path of a peer: as bench/peers.sh made it, on the PATH, or in the cache of tools; undefined where there is none. */
export function findPeer(name: string): string | undefined {
  const tools = join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'exhibit', 'tools');
  const folders = [join(PEERS, 'bin'), ...(process.env.PATH ?? '').split(delimiter), tools];
  return folders.map((folder) => join(folder, name)).find((path) => existsSync(path));
}

/** Our time over that of each peer, made pair by pair in the same turn; the first tool is ours. */
export function ratios(names: readonly string[], results: readonly ProcessRun[][], what?: string): Row[] {
  const [ours = []] = results;
  return names.slice(1).map((name, i) => {
    const theirs = results[i + 1] ?? [];
    const pairs = ours
      .map((run, r) => run.seconds / (theirs[r]?.seconds ?? Number.NaN))
      .sort((a, b) => a - b);
    return {
      name: `exhibit / ${name}, time, pair by pair${what === undefined ? '' : `, ${what}`}`,
      value: pairs[pairs.length >> 1] ?? Number.NaN,
      unit: 'ratio',
      min: pairs[0] ?? Number.NaN,
      max: pairs.at(-1) ?? Number.NaN,
    };
  });
}
