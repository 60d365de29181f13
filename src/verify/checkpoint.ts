import { ExhibitError } from '../record/index.ts';
import { parseCheckpoint } from './checkpoint-body.ts';
import { openNote } from './note.ts';
import type { SignatureCrypto, SignedCheckpoint, VerifierKey } from './types.ts';
import { isWitnessKey } from './vkey.ts';

/**
 * Opens a signed checkpoint with the keys that the reader trusts. The log's own key must have signed it, and its name
 * must be the origin: a key of another log, or a witness alone, does not make a checkpoint of this log.
 * @param note attacker-controlled
 * @param options.origin the log that is expected; any log of the given keys where it is left out
 * @throws ExhibitError CHECKPOINT_INVALID
 */
export function openCheckpoint(
  note: string | Uint8Array,
  keys: readonly VerifierKey[],
  crypto: SignatureCrypto,
  options: { origin?: string } = {},
): SignedCheckpoint {
  const { text, signers } = openNote(note, keys, crypto);
  const checkpoint = parseCheckpoint(text);
  const { origin } = checkpoint;
  if (options.origin !== undefined && options.origin !== origin) {
    refuse(`it is of the log ${JSON.stringify(origin)}, not of ${JSON.stringify(options.origin)}`);
  }
  const own = signers.find(({ key }) => key.type === 'ed25519' && key.name === origin);
  if (own === undefined)
    return refuse(`no given key of the log ${JSON.stringify(origin)} signed it`, { kind: 'unknown-signer' });
  return { ...checkpoint, key: own.key, witnesses: signers.filter(({ key }) => isWitnessKey(key)) };
}

function refuse(message: string, details: Record<string, unknown> = {}): never {
  throw new ExhibitError('CHECKPOINT_INVALID', `the checkpoint does not hold: ${message}`, { details });
}
