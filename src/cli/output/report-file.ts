import { realpathSync, renameSync, rmSync, type Stats, statSync, writeFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { ExhibitError } from '../../record/index.ts';

/**
 * Refuses targets that could not be written, or that would overwrite one another, before the work is done.
 * @param files as the user named them; devices and pipes may be named twice
 * @throws ExhibitError USAGE
 */
export function refuseFiles(files: readonly string[], cwd: string): void {
  const taken = new Set<string>();
  for (const named of files) {
    const file = resolve(cwd, named);
    const there = look(file);
    if (there?.isDirectory() === true) throw refused(named, `${named} is a folder, not a file for a report`);
    if (look(dirname(file))?.isDirectory() !== true)
      throw refused(named, `there is no folder ${dirname(named)} for the report ${named}`);
    const real = realName(file, there);
    if (taken.has(real)) throw refused(named, `two output formats would go to the file ${named}`);
    if (there === undefined || there.isFile()) taken.add(real);
  }
}

/**
 * Writes a report whole: a reader sees the old file or the new one, and a full disk leaves the old one. Links are followed, the
 * mode of a file stays, and a device or a pipe is written as it is.
 * @throws ExhibitError OUTPUT_FAILED
 */
export function writeReport(file: string, text: string): void {
  try {
    const there = look(file);
    if (there !== undefined && !there.isFile()) writeFileSync(file, text);
    else replace(realName(file, there), text, there?.mode);
  } catch (cause) {
    throw new ExhibitError('OUTPUT_FAILED', `cannot write the report ${file}`, {
      cause,
      location: { file },
    });
  }
}

function replace(file: string, text: string, mode: number | undefined): void {
  const beside = `${file}.tmp-${process.pid}`;
  try {
    writeFileSync(beside, text, { flag: 'wx', ...(mode === undefined ? {} : { mode: mode & 0o777 }) });
    renameSync(beside, file);
  } catch (error) {
    rmSync(beside, { force: true });
    // A file may be writable in a folder that is not.
    const { code } = error as NodeJS.ErrnoException;
    if (mode === undefined || (code !== 'EACCES' && code !== 'EPERM')) throw error;
    writeFileSync(file, text);
  }
}

function look(file: string): Stats | undefined {
  return statSync(file, { throwIfNoEntry: false });
}

/** Where a file is, without links, so that two names of one are seen to be one. */
function realName(file: string, there: Stats | undefined): string {
  if (there !== undefined) return realpathSync(file);
  return resolve(realpathSync(dirname(file)), file.slice(dirname(file).length).replace(/^[/\\]+/, ''));
}

function refused(file: string, message: string): ExhibitError {
  return new ExhibitError('USAGE', message, { location: { file } });
}
