import { lstatSync, realpathSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';

/** A folder and the git repository that it lies in, which may be a larger one. */
export interface GitRoot {
  root: string;
  /** The folder below the root, with `/`; empty where it is the root. */
  prefix: string;
}

/**
 * The root of the git repository of a folder, as git finds it: the nearest folder upwards that holds a repository or, in a further work
 * tree or a submodule, the file that names one. Where there is none, the folder is taken for the root.
 */
export function gitRoot(folder: string): GitRoot {
  let start: string;
  try {
    start = realpathSync(folder);
  } catch {
    return { root: folder, prefix: '' };
  }
  for (let at = start; ; at = dirname(at)) {
    if (isFile(join(at, '.git')) || isFile(join(at, '.git', 'HEAD')))
      return { root: at, prefix: relative(at, start).split(sep).join('/') };
    if (at === dirname(at)) return { root: start, prefix: '' };
  }
}

function isFile(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false })?.isFile() === true;
}
