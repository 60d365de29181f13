import { createHash } from 'node:crypto';
import { type Dirent, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ExhibitError } from '../../record/index.ts';
import { stateFolder } from '../config/state.ts';
import type { Context } from '../context.ts';

export const URL_FILE = '.url';
export const REFUSED = '.refused';

/**
 * The folder of a server below `spool`: its host and port. No two servers have the same, and none is a place above or beside it: a
 * host with other signs than letters, digits, points and hyphens has a digest behind its name.
 */
export function spoolName(url: string): string {
  const { host } = new URL(url);
  const plain = host.replaceAll(/[^\w.-]/g, '_');
  if (/^[a-z0-9][a-z0-9.-]*(:\d+)?$/.test(host)) return plain;
  const digest = createHash('sha256').update(host).digest('hex').slice(0, 16);
  return `${plain.replace(/^[.-]+/, '')}_${digest}`;
}

/** What was ever kept on this machine. */
export interface SpoolFolders {
  /** URLs of servers. */
  servers: string[];
  /** Folders with runs that say of no server that they wait for it: nothing of them is sent anywhere. */
  unusable: ExhibitError[];
}

/** A folder counts only for the server whose name it has: a token goes to no other, whatever was written into its file. */
export function spoolFolders(env: Context['env']): SpoolFolders {
  const root = join(stateFolder(env), 'spool');
  const found: SpoolFolders = { servers: [], unusable: [] };
  for (const name of listed(root)) {
    const folder = join(root, name);
    const url = urlOf(folder);
    if (url !== undefined && spoolName(url) === name) found.servers.push(url);
    else if (url !== undefined || runsIn(folder).length > 0) found.unusable.push(unusable(folder, url));
  }
  return found;
}

function urlOf(folder: string): string | undefined {
  try {
    const url = readFileSync(join(folder, URL_FILE), 'utf8').trim();
    return /^https?:/i.test(url) && URL.canParse(url) ? url : undefined;
  } catch {
    return undefined;
  }
}

function unusable(folder: string, url: string | undefined): ExhibitError {
  return new ExhibitError(
    'INPUT_UNREADABLE',
    url === undefined
      ? 'a folder of the spool does not say for which server it waits'
      : `a folder of the spool says that it waits for ${url}, and has the name of another server`,
    {
      location: { file: folder },
      hint: `Write the URL of its server into its file ${URL_FILE}, or move what waits there into the folder of that server.`,
    },
  );
}

/** Names of the runs in the folder of a server, the oldest first, without those that a server refused. */
export function runsIn(folder: string): string[] {
  return entries(folder)
    .filter((entry) => entry.isDirectory() && !entry.name.startsWith('.') && !entry.name.endsWith(REFUSED))
    .map(({ name }) => name)
    .sort();
}

/** Names in a folder; none where there is no folder. */
export function listed(folder: string): string[] {
  return entries(folder)
    .map(({ name }) => name)
    .sort();
}

function entries(folder: string): Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch {
    return [];
  }
}
