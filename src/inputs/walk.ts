import { type Dirent, readdirSync, realpathSync, type Stats, statSync } from 'node:fs';
import { resolve, sep } from 'node:path';
import type { ExhibitError } from '../record/index.ts';
import { reasonOf, unreadable } from './files.ts';
import { isJudgedName } from './formats.ts';
import { CHART_ENTRIES, covered, type Renders, rendererOf } from './render/index.ts';

/** What a walk finds: a file to read, a file of another kind, or a place that could not be read. */
export type Found =
  | { type: 'file'; file: string; path: string }
  /** A folder that a tool renders: a chart of Helm, a folder of Kustomize. */
  | { type: 'rendered'; by: Renders; file: string; path: string }
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
    yield* walk({ file: folder, path, root, above: [root], covered: new Set() });
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
  /** Paths of files that are judged as what a tool renders. */
  covered: ReadonlySet<string>;
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
  const by = rendererOf(new Set(entries.map(({ name }) => name)));
  if (by !== undefined) yield { type: 'rendered', by, file: folder.file, path: folder.path };
  const inner = by === 'kustomize' ? new Set([...folder.covered, ...covered(folder.path)]) : folder.covered;
  for (const entry of entries) {
    const file = joinNames(folder.file, entry.name);
    if (by === 'helm' && CHART_ENTRIES.has(entry.name)) continue;
    if (SKIPPED.has(entry.name)) {
      // Git's own files are never input.
      if (entry.name !== '.git') yield { type: 'ignored', file: `${file}/` };
      continue;
    }
    const path = `${folder.path}${sep}${entry.name}`;
    if (inner.has(path)) continue;
    if (entry.isSymbolicLink()) yield* link({ ...folder, covered: inner }, file, path);
    else if (entry.isDirectory())
      yield* walk({
        ...folder,
        file,
        path,
        covered: inner,
        above: [...folder.above, `${folder.above.at(-1)}${sep}${entry.name}`],
      });
    else yield found(file, path, entry.isFile());
  }
}

function* link(folder: Folder, file: string, path: string): Generator<Found> {
  let real: string;
  let status: Stats;
  try {
    real = realpathSync(path);
    status = statSync(path);
  } catch (cause) {
    // A link to nothing matters only where its name says that it is ours; a loop always does.
    const why = reasonOf(cause);
    if (isJudgedName(file) || why.includes('loop'))
      yield { type: 'problem', file, error: unreadable(file, why, cause) };
    else yield { type: 'ignored', file };
    return;
  }
  if (!status.isDirectory() && !isJudgedName(file)) {
    yield { type: 'ignored', file };
  } else if (real !== folder.root && !real.startsWith(folder.root + sep)) {
    yield {
      type: 'problem',
      file,
      error: unreadable(file, 'its symbolic link leads out of the given folder'),
    };
  } else if (!status.isDirectory()) {
    yield found(file, path, status.isFile());
  } else if (folder.above.includes(real)) {
    yield { type: 'problem', file, error: unreadable(file, 'its symbolic links form a loop') };
  } else {
    yield* walk({ ...folder, file, path, above: [...folder.above, real] });
  }
}

function found(file: string, path: string, regular: boolean): Found {
  if (!isJudgedName(file)) return { type: 'ignored', file };
  if (regular) return { type: 'file', file, path };
  return { type: 'problem', file, error: unreadable(file, 'it is not a regular file') };
}

function joinNames(folder: string, name: string): string {
  if (folder === '.') return name;
  return folder.endsWith('/') ? `${folder}${name}` : `${folder}/${name}`;
}
