import { isExhibitError, toHex } from '../../record/index.ts';
import { openCheckpoint, type SignedCheckpoint } from '../../verify/index.ts';
import { nodeCrypto } from '../../verify/node.ts';
import { earlierRoot } from '../audit-path.ts';
import { consistencyPath } from '../consistency-path.ts';
import { sha256 } from '../hash.ts';
import { ask, fetchKnown } from './ask.ts';
import type { NewAlarm, Outcome, WitnessSetting } from './types.ts';
import type { LogView } from './view.ts';

/** A witness names the size that it knows; another process may change that while the proof is made. */
const TRIES = 4;

/**
 * Shows a witness the checkpoint of a log, with the proof from the size that it knows.
 * @param known size that the witness is believed to know
 * @param now the size that the log shows now: another process may have sealed and asked meanwhile
 * @param timeout milliseconds for each answer
 * @throws ExhibitError LEDGER_CORRUPT where the tiles of the log do not hold
 */
export async function approach(
  witness: WitnessSetting,
  view: LogView,
  known: number,
  now: () => Promise<number>,
  timeout: number,
): Promise<Outcome> {
  const { size } = view.checkpoint;
  let old = Math.min(known, size);
  for (let tries = 0; tries < TRIES; tries += 1) {
    const proof = await consistencyPath(view.log, old);
    const answer = await ask(witness, view, { old, proof }, timeout);
    switch (answer.kind) {
      case 'cosigned':
        return { kind: 'cosigned', size, lines: answer.lines };
      case 'away':
      case 'refused':
        return answer;
      case 'inconsistent':
        return alarm(witness, view, 'fork', answer.message, timeout);
      case 'known':
        if (answer.size > size) {
          if ((await now()) >= answer.size) return { kind: 'overtaken' };
          const message = `it knows ${answer.size} records, the folder has ${size}`;
          return alarm(witness, view, 'rollback', message, timeout);
        }
        if (answer.size === old)
          return { kind: 'refused', message: `it asks for a proof from size ${old}, which it was given` };
        old = answer.size;
        break;
      default:
        return answer satisfies never;
    }
  }
  return { kind: 'away', message: `what it knows changed ${TRIES} times while it was asked` };
}

/** Looks at the checkpoint that the witness has, so that both can be shown. */
async function alarm(
  { url }: WitnessSetting,
  view: LogView,
  kind: NewAlarm['kind'],
  message: string,
  timeout: number,
): Promise<Outcome> {
  const hash = toHex(sha256(Buffer.from(view.origin)));
  const theirs = await fetchKnown(url, hash, timeout);
  const opened = theirs === undefined ? undefined : open(theirs, view);
  const against = opened === undefined ? undefined : await contradiction(opened, view);
  const shown =
    theirs === undefined
      ? 'it shows no checkpoint, so this is its word alone'
      : opened === undefined
        ? 'what it shows is not signed by a key of this log, so this is its word alone'
        : (against ?? 'yet what it shows is of this history, so this is its word alone');
  const ours = view.note;
  return {
    kind: 'alarm',
    alarm: { kind, proven: against !== undefined, message: `${message}; ${shown}`, ours, theirs },
  };
}

function open(note: string, { keys, origin }: LogView): SignedCheckpoint | undefined {
  try {
    return openCheckpoint(note, keys, nodeCrypto, { origin });
  } catch (error) {
    if (isExhibitError(error)) return undefined;
    throw error;
  }
}

/** How a checkpoint that this log's key signed contradicts what the folder holds; undefined where it does not. */
async function contradiction(
  { size, root, key }: SignedCheckpoint,
  { log }: LogView,
): Promise<string | undefined> {
  const signed = `the key ${key.id} of this log signed size ${size} with root ${toHex(root)}`;
  if (size > log.size)
    return `${signed}, and the folder ends at ${log.size}: records are gone, or it is a restored copy`;
  const own = toHex(await earlierRoot(log, size));
  return own === toHex(root)
    ? undefined
    : `${signed}, and the folder has the root ${own} there: two histories`;
}
