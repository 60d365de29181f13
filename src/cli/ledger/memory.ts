import {
  folderKeys,
  type Ledger,
  type LogReader,
  openLedger,
  type SealThreadOptions,
} from '../../ledger/index.ts';
import { ExhibitError, isExhibitError, plural, toHex } from '../../record/index.ts';
import type { NamedStore } from '../../store/index.ts';
import {
  type Checkpoint,
  openCheckpoint,
  parseCheckpoint,
  parseNote,
  parseVkey,
} from '../../verify/index.ts';
import { nodeCrypto } from '../../verify/node.ts';
import { readState, writeState } from '../config/state.ts';
import type { Context } from '../context.ts';

/**
 * Opens a ledger to write, unless this machine has seen a newer state of it: then it is a restored copy or was rolled back,
 * and another history signed with the same key would be the end of its proof.
 * @throws ExhibitError LEDGER_ROLLBACK, LEDGER_FORK, and what openLedger throws
 */
export async function openWriter(
  folder: string,
  context: Context,
  sealThread?: SealThreadOptions,
): Promise<Ledger> {
  const { clock, random } = context;
  const ledger = await openLedger(folder, {
    clock,
    random,
    ...(sealThread === undefined ? {} : { sealThread }),
  });
  try {
    await refuseOlder(ledger, context);
    return ledger;
  } catch (error) {
    await ledger.close();
    throw error;
  }
}

/** Opens the ledger to write, does the work, and remembers what the log shows then. @throws what openWriter and the work throw */
export async function writing<T>(
  folder: string,
  context: Context,
  work: (ledger: Ledger) => Promise<T>,
): Promise<T> {
  const ledger = await openWriter(folder, context);
  try {
    const done = await work(ledger);
    await remember(ledger, context);
    return done;
  } finally {
    await ledger.close();
  }
}

/** The signed note that this machine saw last of the log with this origin. */
export function rememberedNote(origin: string, { env }: Pick<Context, 'env'>): string | undefined {
  return readState(env).checkpoints[origin];
}

/** The checkpoint that this machine saw last of the log with this origin. */
export function remembered(origin: string, context: Pick<Context, 'env'>): Checkpoint | undefined {
  const note = rememberedNote(origin, context);
  // Only the body: the key that signed it then may have been handed over since.
  return note === undefined ? undefined : parseCheckpoint(parseNote(note).text);
}

/** Remembers what a log shows now that this machine has written itself. */
export async function remember(log: LogReader, context: Pick<Context, 'env'>): Promise<void> {
  rememberNote(log.origin, await log.checkpointText(), context);
}

/** Remembers a checkpoint that was verified with a key of another place than its folder. */
export function rememberNote(origin: string, note: string, { env }: Pick<Context, 'env'>): void {
  writeState(env, (state) => ({ ...state, checkpoints: { ...state.checkpoints, [origin]: note } }));
}

/**
 * The key that signed what this machine saw last of a log, out of those that lie in a folder or a bucket; undefined where nothing was seen.
 * @throws ExhibitError CHECKPOINT_INVALID where none of them did: then the folder is of somebody else
 */
export async function rememberedKey(
  place: string | NamedStore,
  origin: string,
  { env }: Pick<Context, 'env'>,
): Promise<string | undefined> {
  const note = readState(env).checkpoints[origin];
  if (note === undefined) return undefined;
  for (const vkey of await folderKeys(place)) {
    try {
      openCheckpoint(note, [parseVkey(nodeCrypto.sha256, vkey)], nodeCrypto, { origin });
      return vkey;
    } catch (error) {
      if (!isExhibitError(error)) throw error;
    }
  }
  throw new ExhibitError(
    'CHECKPOINT_INVALID',
    `no key in this place signed what this machine saw last of the log ${origin}: it is another log of the same name`,
    { location: { file: typeof place === 'string' ? place : place.name }, hint: forgetHint(origin) },
  );
}

/** Forgets a log. False where nothing was remembered of it. */
export function forget(origin: string, { env }: Pick<Context, 'env'>): boolean {
  if (readState(env).checkpoints[origin] === undefined) return false;
  writeState(env, ({ checkpoints, ...state }) => {
    const { [origin]: _, ...others } = checkpoints;
    return { ...state, checkpoints: others };
  });
  return true;
}

/** Refuses a log that is behind what this machine saw of it, or another one. @throws ExhibitError LEDGER_ROLLBACK, LEDGER_FORK */
export async function refuseOlder(
  ledger: Pick<LogReader, 'origin' | 'checkpoint' | 'rootAt'> & { folder: string },
  context: Pick<Context, 'env'>,
): Promise<void> {
  const seen = remembered(ledger.origin, context);
  if (seen === undefined) return;
  const { size, root } = await ledger.checkpoint();
  const details = { seen: { size: seen.size, root: toHex(seen.root) }, shown: { size, root } };
  const hint = forgetHint(ledger.origin);
  if (size < seen.size) {
    throw new ExhibitError(
      'LEDGER_ROLLBACK',
      `the log has ${plural(size, 'record')}, but this machine saw it with ${seen.size}: it is a restored copy, or records were taken away`,
      { location: { file: ledger.folder }, hint, details },
    );
  }
  if ((await ledger.rootAt(seen.size)) === toHex(seen.root)) return;
  throw new ExhibitError(
    'LEDGER_FORK',
    `the first ${seen.size} records are not those that this machine saw in the log ${ledger.origin}`,
    { location: { file: ledger.folder }, hint, details },
  );
}

/** What to do when a log is not the one that this machine remembers. */
export function forgetHint(origin: string): string {
  return (
    'Do not write on: find out which copy is the true one. If you made a new log under the same name on purpose, ' +
    `forget the old one: exhibit ledger forget ${origin}`
  );
}
