import { lstatSync } from 'node:fs';
import { resolve } from 'node:path';
import { ExhibitError } from '../../record/index.ts';

/**
 * Refuses paths that are not there, all at once and before anything is judged: a wrong command line and not an input that
 * cannot be read. Whatever else is wrong with a path is a decision of the run.
 * @param paths as the user named them
 * @throws ExhibitError NOT_FOUND
 */
export function refuseAbsent(paths: readonly string[], cwd: string): void {
  const absent = [...new Set(paths)].filter((path) => isAbsent(resolve(cwd, path)));
  const [first] = absent;
  if (first === undefined) return;
  const quoted = absent.map((path) => JSON.stringify(path)).join(', ');
  const message =
    absent.length === 1 ? `there is no file or folder ${quoted}` : `there are no files or folders ${quoted}`;
  const pattern = absent.some((path) => /[*?[{]/.test(path));
  throw new ExhibitError('NOT_FOUND', `${message}; nothing was judged`, {
    hint: pattern
      ? 'Patterns are for the shell, and this one matched nothing. Name the folder instead: what is judged below it is found.'
      : `Paths start in ${cwd}. Correct the path, or leave it out.`,
  });
}

function isAbsent(path: string): boolean {
  try {
    // The link itself: one that leads nowhere is there, and cannot be read.
    lstatSync(path);
    return false;
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? cause.code : undefined;
    return code === 'ENOENT' || code === 'ENOTDIR';
  }
}
