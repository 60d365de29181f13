import { folderKeys, type LogReader } from '../ledger/index.ts';
import { type Clock, ExhibitError, formatInstant, isExhibitError, toHex } from '../record/index.ts';
import { folderStore, type NamedStore } from '../store/index.ts';
import {
  type Checkpoint,
  type KeptPlace,
  type LogSource,
  openTrusted,
  parseVkey,
  type VerifierKey,
} from '../verify/index.ts';
import { nodeCrypto } from '../verify/node.ts';
import type { KeptNote, Place } from './place.ts';

export interface AgreeOptions {
  /** Folder or bucket of the ledger. */
  ledger: string | NamedStore;
  origin: string;
  /** Keys that the reader trusts, as vkey lines. */
  vkeys: readonly string[];
  clock: Clock;
}

/** A checkpoint that a place keeps, and where. */
export interface KeptCheckpoint extends Checkpoint {
  file: string;
}

/** What a place keeps, read and signed by the log; still to be compared with it. */
export interface Agreed {
  checkpoints: KeptCheckpoint[];
  /** What may be said once the log was found to contain them all. */
  place: KeptPlace;
  /** Objects that somebody hid by a delete marker. Their content was read. */
  hidden: string[];
}

/**
 * Reads all that a place keeps of a log. Each must be signed by the log: with a trusted key, one that it handed over to, or one that lies in
 * the ledger. Those of the ledger itself do no harm here: who adds a key there makes more checkpoints count against it, and none less.
 * @throws ExhibitError CHECKPOINT_INVALID naming the object; STORE_FAILED, LEDGER_IO
 */
export async function agreeWith(place: Place, options: AgreeOptions): Promise<Agreed> {
  const { notes, hidden } = await place.kept();
  const keys = await keysOf(options);
  const source = sourceOf(options.ledger);
  const checkpoints: KeptCheckpoint[] = [];
  for (const kept of notes.sort((a, b) => a.size - b.size || a.modified - b.modified))
    checkpoints.push(await open(place, kept, keys, source, options.origin));
  const newest = notes.at(-1);
  const { mode, until = 0 } = (newest === undefined ? undefined : await place.lockOf(newest)) ?? {};
  const holds = mode !== undefined && until > options.clock();
  return {
    checkpoints,
    hidden,
    place: {
      name: place.name,
      kept: notes.length,
      newest:
        newest === undefined
          ? undefined
          : { size: newest.size, time: formatInstant(Math.floor(newest.modified)) },
      ...(holds ? { lock: { mode, until: formatInstant(until) } } : {}),
    },
  };
}

async function open(
  place: Place,
  { key, size, note }: KeptNote,
  keys: readonly VerifierKey[],
  source: LogSource,
  origin: string,
): Promise<KeptCheckpoint> {
  const file = `${place.name}/${key}`;
  try {
    const { checkpoint } = await openTrusted(source, note, keys, nodeCrypto, { origin });
    if (checkpoint.size !== size)
      throw new ExhibitError('CHECKPOINT_INVALID', `it is of ${checkpoint.size} records`);
    return { ...checkpoint, file };
  } catch (error) {
    if (!isExhibitError(error)) throw error;
    throw new ExhibitError(error.code, `${file}: ${error.message}`, {
      cause: error,
      location: { file },
      hint: 'It was kept as a checkpoint of this log, and no key of this log signed it: somebody put it there, or the log has other keys than it had.',
      details: { ...error.details, kept: file },
    });
  }
}

/**
 * The first kept checkpoint, by size, that a log does not agree with; undefined where it agrees with all.
 * @throws ExhibitError LEDGER_CORRUPT where the log does not hold by itself
 */
export async function firstDisagreement(
  log: LogReader,
  checkpoints: readonly KeptCheckpoint[],
): Promise<ExhibitError | undefined> {
  const { size } = await log.checkpoint();
  for (const kept of checkpoints) {
    const location = { file: kept.file };
    if (kept.size > size)
      return new ExhibitError(
        'LEDGER_ROLLBACK',
        `the log has ${size} records, but ${kept.file} was kept when it had ${kept.size}: the records from ${size} on are gone`,
        { location, details: { size, known: kept.size, kept: kept.file } },
      );
    const [expected, actual] = [toHex(kept.root), await log.rootAt(kept.size)];
    if (expected !== actual)
      return new ExhibitError(
        'LEDGER_FORK',
        `${kept.file} says that the first ${kept.size} records had the root ${expected}; in this log it is ${actual}: it was rewritten, or there are two`,
        { location, details: { size: kept.size, expected, actual, kept: kept.file } },
      );
  }
  return undefined;
}

async function keysOf({ ledger, vkeys }: AgreeOptions): Promise<VerifierKey[]> {
  const lines = new Set([...vkeys, ...(await folderKeys(ledger))]);
  return [...lines].flatMap((line) => {
    try {
      return [parseVkey(nodeCrypto.sha256, line)];
    } catch (error) {
      if (isExhibitError(error)) return [];
      throw error;
    }
  });
}

function sourceOf(ledger: string | NamedStore): LogSource {
  const store = typeof ledger === 'string' ? folderStore(ledger) : ledger;
  return (path) => store.get(`log/${path}`);
}
