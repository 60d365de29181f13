import { existsSync, statSync } from 'node:fs';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { CONFIG_FILE } from '../config/config.ts';

/** The path of a file's URI; undefined for what is no file on this machine, such as a buffer without a name. */
export function pathOf(uri: string): string | undefined {
  try {
    const url = new URL(uri);
    return url.protocol === 'file:' ? resolve(fileURLToPath(url)) : undefined;
  } catch {
    return undefined;
  }
}

export const uriOf = (path: string): string => pathToFileURL(path).href;

/** A path below a folder, with `/`; undefined for one that is not below it. */
export function below(folder: string, path: string): string | undefined {
  const found = relative(folder, path);
  if (found === '' || found === '..' || found.startsWith(`..${sep}`) || resolve(found) === found)
    return undefined;
  return found.split(sep).join('/');
}

/** The workspace folder of a file: the innermost that holds it; for a file of none, the root of its git checkout, else its own folder. */
export function folderOf(path: string, folders: readonly string[]): string {
  const [innermost] = folders
    .filter((folder) => below(folder, path) !== undefined)
    .sort((a, b) => b.length - a.length);
  return innermost ?? upwards(dirname(path), '.git') ?? dirname(path);
}

/** The nearest policy repository upwards, not above the git checkout that the file lies in. */
export function repositoryOf(path: string): string | undefined {
  const start = dirname(path);
  const found = upwards(start, 'exhibit.yaml');
  const root = upwards(start, '.git');
  if (found === undefined || (root !== undefined && root.length > found.length)) return undefined;
  return found;
}

function upwards(start: string, name: string): string | undefined {
  for (let at = start; ; at = dirname(at)) {
    if (existsSync(join(at, name))) return at;
    if (dirname(at) === at) return undefined;
  }
}

/** Where a file of settings may lie for a folder: in it and above it. */
export function configFiles(folder: string): string[] {
  const found: string[] = [];
  for (let at = resolve(folder); ; at = dirname(at)) {
    found.push(join(at, CONFIG_FILE));
    if (existsSync(join(at, '.git')) || dirname(at) === at) return found;
  }
}

/**
 * Which state some files are in, so that a change shows: place on the disk, size and time of each; of one that cannot be looked at
 * (a link to itself, a name that is too long), why. Never throws: the names come from the editor and from what lies in the workspace.
 */
export function fingerprint(files: readonly string[]): string {
  return files.map(stateOf).join('|');
}

function stateOf(file: string): string {
  try {
    const found = statSync(file, { bigint: true, throwIfNoEntry: false });
    return found === undefined ? '-' : [found.dev, found.ino, found.size, found.mtimeNs].join(':');
  } catch (error) {
    return (error as NodeJS.ErrnoException).code ?? 'unknown';
  }
}
