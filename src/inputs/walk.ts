import { type Dirent, readdirSync, realpathSync, type Stats, statSync } from 'node:fs';
import { resolve, sep } from 'node:path';
import type { ExhibitError } from '../record/index.ts';
import { reasonOf, unreadable } from './files.ts';
import { EXTENSIONS } from './formats.ts';

/** What a walk finds: a file to read, a file of another kind, or a place that could not be read. */
export type Found =
  | { type: 'file'; file: string; path: string }
  | { type: 'ignored'; file: string }
  | { type: 'problem'; file: string; error: ExhibitError };

const SKIPPED: ReadonlySet<string> = new Set(['.git', 'node_modules', '.terraform']);

/**
 * The files below a folder, sorted by name, so that every machine judges in the same order. Symbolic links are followed within
 * the folder; a loop is a problem, and a link that leads out of the folder is one too: it was not named.
 * @param folder as the user named it, with `/`
 */
export function* walkFolder(folder: string, cwd: string): Generator<Found> {
  const path = resolve(cwd, folder);
  try {
    const root = realpathSync(path);
    yield* walk({ file: folder, path, root, above: [root] });
  } catch (cause) {
    yield { type: 'problem', file: folder, error: unreadable(folder, reasonOf(cause), cause) };
  }
}

interface Folder {
  file: string;
  path: string;
  /** Real path of the named folder. */
  root: string;
  /** Real paths of the folders from the root down to this one. */
  above: readonly string[];
}

function* walk(folder: Folder): Generator<Found> {
  let entries: Dirent[];
  try {
    entries = readdirSync(folder.path, { withFileTypes: true });
  } catch (cause) {
    yield { type: 'problem', file: folder.file, error: unreadable(folder.file, reasonOf(cause), cause) };
    return;
  }
  // Code unit order: the same on every machine, whatever its locale.
  entries.sort((a, b) => (a.name < b.name ? -1 : 1));
  for (const entry of entries) {
    const file = joinNames(folder.file, entry.name);
    if (SKIPPED.has(entry.name)) {
      // Git's own files are never input.
      if (entry.name !== '.git') yield { type: 'ignored', file: `${file}/` };
      continue;
    }
    const path = `${folder.path}${sep}${entry.name}`;
    if (entry.isSymbolicLink()) yield* link(folder, entry.name, file, path);
    else if (entry.isDirectory())
      yield* walk({
        ...folder,
        file,
        path,
        above: [...folder.above, `${folder.above.at(-1)}${sep}${entry.name}`],
      });
    else yield found(entry.name, file, path, entry.isFile());
  }
}

function* link(folder: Folder, name: string, file: string, path: string): Generator<Found> {
  let real: string;
  let status: Stats;
  try {
    real = realpathSync(path);
    status = statSync(path);
  } catch (cause) {
    // A link to nothing matters only where its name says that it is ours; a loop always does.
    const why = reasonOf(cause);
    if (isWanted(name) || why.includes('loop'))
      yield { type: 'problem', file, error: unreadable(file, why, cause) };
    else yield { type: 'ignored', file };
    return;
  }
  if (!status.isDirectory() && !isWanted(name)) {
    yield { type: 'ignored', file };
  } else if (real !== folder.root && !real.startsWith(folder.root + sep)) {
    yield {
      type: 'problem',
      file,
      error: unreadable(file, 'its symbolic link leads out of the given folder'),
    };
  } else if (!status.isDirectory()) {
    yield found(name, file, path, status.isFile());
  } else if (folder.above.includes(real)) {
    yield { type: 'problem', file, error: unreadable(file, 'its symbolic links form a loop') };
  } else {
    yield* walk({ ...folder, file, path, above: [...folder.above, real] });
  }
}

function found(name: string, file: string, path: string, regular: boolean): Found {
  if (!isWanted(name)) return { type: 'ignored', file };
  if (regular) return { type: 'file', file, path };
  return { type: 'problem', file, error: unreadable(file, 'it is not a regular file') };
}

function isWanted(name: string): boolean {
  const dot = name.lastIndexOf('.');
  return dot > 0 && EXTENSIONS.has(name.slice(dot).toLowerCase());
}

function joinNames(folder: string, name: string): string {
  if (folder === '.') return name;
  return folder.endsWith('/') ? `${folder}${name}` : `${folder}/${name}`;
}
