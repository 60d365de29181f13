import { ExhibitError } from '../record/index.ts';
import { fromBase64, toBase64 } from './base64.ts';
import { parseDecimal } from './bytes.ts';
import { HASH_BYTES } from './merkle.ts';
import { openNote } from './note.ts';
import type { Checkpoint, SignedCheckpoint, VerifierKey, VerifyCrypto } from './types.ts';

/**
 * The text of a checkpoint that a log signs: origin, size, root, extension lines, each with its newline.
 * @throws ExhibitError CHECKPOINT_INVALID for a line that would change the meaning (empty, or with a newline)
 * @see c2sp.org/tlog-checkpoint, "Note text"
 */
export function formatCheckpoint(checkpoint: Checkpoint): string {
  const { origin, size, root, extensions } = checkpoint;
  if (!Number.isSafeInteger(size) || size < 0) refuse(`the size ${size} is not a whole number below 2^53`);
  if (root.length !== HASH_BYTES) refuse(`the root has ${root.length} bytes, not ${HASH_BYTES}`);
  for (const line of [origin, ...extensions]) {
    if (line === '' || line.includes('\n')) refuse('a line is empty or holds a newline');
  }
  return [origin, String(size), toBase64(root), ...extensions].map((line) => `${line}\n`).join('');
}

/**
 * Reads the text of a checkpoint, without its signatures.
 * @param text attacker-controlled until its signature was verified
 * @throws ExhibitError CHECKPOINT_INVALID
 */
export function parseCheckpoint(text: string): Checkpoint {
  const lines = text.split('\n');
  if (lines.pop() !== '') refuse('the text does not end with a newline');
  const [origin, sizeText, rootText, ...extensions] = lines;
  if (origin === undefined || sizeText === undefined || rootText === undefined) {
    return refuse('it has fewer than three lines (origin, size, root)');
  }
  if (origin === '') refuse('the origin is empty');
  const size = parseDecimal(sizeText);
  if (size === undefined) return refuse('the size is not a decimal without leading zeros, below 2^53');
  const root = fromBase64(rootText);
  if (root?.length !== HASH_BYTES) return refuse('the root is not the base64 of 32 bytes');
  if (extensions.includes('')) refuse('an extension line is empty');
  return { origin, size, root, extensions };
}

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
  crypto: Pick<VerifyCrypto, 'verifyEd25519'>,
  options: { origin?: string } = {},
): SignedCheckpoint {
  const { text, signers } = openNote(note, keys, crypto);
  const checkpoint = parseCheckpoint(text);
  const { origin } = checkpoint;
  if (options.origin !== undefined && options.origin !== origin) {
    refuse(`it is of the log ${JSON.stringify(origin)}, not of ${JSON.stringify(options.origin)}`);
  }
  const own = signers.find(({ key }) => key.type === 'ed25519' && key.name === origin);
  if (own === undefined) return refuse(`no given key of the log ${JSON.stringify(origin)} signed it`);
  return { ...checkpoint, key: own.key, witnesses: signers.filter(({ key }) => key.type === 'cosignature') };
}

function refuse(message: string): never {
  throw new ExhibitError('CHECKPOINT_INVALID', `the checkpoint does not hold: ${message}`);
}
