import {
  closeSync,
  existsSync,
  fsyncSync,
  openSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { ExhibitError } from '../../record/index.ts';

export interface Target {
  /** Absolute. */
  path: string;
  /** As the caller named it. */
  named: string;
  /** Hears what became of it where a signal ends the process. */
  say: (line: string) => void;
}

/**
 * A file that appears whole or not at all: what is written goes into a file of this process beside it until the work is done. A signal that ends the
 * process takes that file away, too; what a process left that could not do so is taken away by the next one.
 * @param work gets what writes; the file appears where it ends well
 * @throws ExhibitError USAGE where the folder cannot be written to, before any work; OUTPUT_FAILED; what the work throws
 */
export async function writeWhole<T>(
  { path, named, say }: Target,
  work: (write: (bytes: Uint8Array) => void) => Promise<T>,
): Promise<T> {
  const part = `${path}.${process.pid}.part`;
  removeLeft(path);
  const stops = (['SIGINT', 'SIGTERM', 'SIGHUP'] as const).map((signal) => {
    const stop = () => {
      rmSync(part, { force: true });
      say(`stopped by ${signal}: nothing was written to ${named}`);
      // By the signal itself, so that whoever waits for this process sees what ended it.
      process.kill(process.pid, signal);
    };
    process.once(signal, stop);
    return () => process.removeListener(signal, stop);
  });
  try {
    const file = begin(part, named);
    try {
      const result = await work((bytes) =>
        taken(named, () => {
          for (let at = 0; at < bytes.length; ) at += writeSync(file, bytes, at);
        }),
      );
      taken(named, () => fsyncSync(file));
      if (existsSync(path)) thereAlready(named);
      renameSync(part, path);
      return result;
    } catch (error) {
      rmSync(part, { force: true });
      throw error;
    } finally {
      closeSync(file);
    }
  } finally {
    for (const end of stops) end();
  }
}

/** @throws ExhibitError USAGE */
export function thereAlready(named: string): never {
  throw new ExhibitError('USAGE', `${named} is there already; a pack is not written over`, {
    hint: 'Give --out another name.',
  });
}

function begin(part: string, named: string): number {
  try {
    return openSync(part, 'w');
  } catch (cause) {
    const folder = dirname(named);
    throw new ExhibitError('USAGE', `${named} cannot be written`, {
      cause,
      location: { file: named },
      hint: isFolder(dirname(part))
        ? `Name a file in a folder that you may write to; ${folder} is not one.`
        : `There is no folder ${folder}: make it, or name a file in a folder that is there.`,
    });
  }
}

/** @throws ExhibitError OUTPUT_FAILED where the place takes no more */
function taken(named: string, write: () => void): void {
  try {
    write();
  } catch (cause) {
    throw new ExhibitError('OUTPUT_FAILED', `${named} could not be written whole: nothing was left there`, {
      cause,
      location: { file: named },
      hint: 'Make room, or name a file in another place, and run it again.',
    });
  }
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
}

/** Parts of the same file whose process is gone. Those of a process that runs are its own. */
function removeLeft(path: string): void {
  const folder = dirname(path);
  const start = `${basename(path)}.`;
  for (const name of namesIn(folder)) {
    const pid = name.startsWith(start)
      ? /^([1-9][0-9]*)\.part$/.exec(name.slice(start.length))?.[1]
      : undefined;
    if (pid !== undefined && !isRunning(Number(pid))) rmSync(join(folder, name), { force: true });
  }
}

/** None where they cannot be read: what can be written there is another matter. */
function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // It runs, and belongs to somebody else.
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}
