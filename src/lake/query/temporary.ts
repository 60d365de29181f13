import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ExhibitError } from '../../record/index.ts';

const PREFIX = 'exhibit-query-';

/** A leftover of another process namespace, whose processes cannot be seen from here, is old after one day. Milliseconds. */
const OLD = 86_400_000;

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/**
 * Runs work with a folder that only this user can read, for records and intermediate rows of one question. It is removed at the end, also when
 * a signal ends the process; what a killed process left is removed by the next question.
 */
export async function withQueryFolder<T>(work: (folder: string) => Promise<T>): Promise<T> {
  let folder: string | undefined;
  const remove = () => {
    if (folder !== undefined) rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
  };
  // First, and without a pause after it: a signal that comes now is seen once the folder has its name.
  const forget = atEnd(remove);
  try {
    folder = makeFolder();
    await removeOld(tmpdir(), folder);
    return await work(folder);
  } finally {
    remove();
    forget();
  }
}

function makeFolder(): string {
  try {
    // Its mode is 0700.
    return mkdtempSync(join(tmpdir(), `${PREFIX}${namespace()}-${process.pid}-`));
  } catch (cause) {
    throw new ExhibitError('LAKE_FAILED', `no working folder can be made in ${tmpdir()}`, {
      cause,
      hint: 'Set TMPDIR to a folder that can be written.',
    });
  }
}

// Process ids mean something within one namespace only: two containers may share a folder.
function namespace(): string {
  return String(statSync('/proc/self/ns/pid', { throwIfNoEntry: false })?.ino ?? 0);
}

async function removeOld(parent: string, own: string): Promise<void> {
  const { mtimeMs: now, uid } = await stat(own);
  // A temporary folder may be one that nobody may list.
  for (const name of await readdir(parent).catch(() => [])) {
    const [, place, pid] = /^exhibit-query-([0-9]+)-([0-9]+)-/.exec(name) ?? [];
    if (pid === undefined) continue;
    const path = join(parent, name);
    const found = await stat(path).catch(() => undefined);
    if (found === undefined || found.uid !== uid) continue;
    const left = place === namespace() ? !isAlive(Number(pid)) : now - found.mtimeMs > OLD;
    // Another question may be removing it as well.
    if (left) await rm(path, { recursive: true, force: true }).catch(() => undefined);
  }
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (cause) {
    return (cause as NodeJS.ErrnoException).code !== 'ESRCH';
  }
}

const cleanups = new Set<() => void>();

/**
 * Has a cleanup run when the process exits or a signal ends it. Where the program itself listens for the signal, that decides.
 * @returns forgets the cleanup
 */
export function atEnd(cleanup: () => void): () => void {
  if (cleanups.size === 0) {
    for (const signal of SIGNALS) process.on(signal, onSignal);
    process.on('exit', cleanAll);
  }
  cleanups.add(cleanup);
  return () => {
    if (cleanups.delete(cleanup) && cleanups.size === 0) stopListening();
  };
}

function onSignal(signal: NodeJS.Signals): void {
  if (process.listenerCount(signal) > 1) return;
  cleanAll();
  stopListening();
  process.kill(process.pid, signal);
}

function cleanAll(): void {
  // The last first: a process ends before its folder goes.
  for (const cleanup of [...cleanups].reverse()) {
    try {
      cleanup();
    } catch {
      // The process ends; the next question removes what is left.
    }
  }
}

function stopListening(): void {
  for (const signal of SIGNALS) process.off(signal, onSignal);
  process.off('exit', cleanAll);
}
