import { ExhibitError } from '../record/index.ts';
import { fromBase64, toBase64 } from './base64.ts';
import { parseDecimal } from './bytes.ts';
import { HASH_BYTES } from './merkle.ts';
import type { Checkpoint } from './types.ts';

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

function refuse(message: string): never {
  throw new ExhibitError('CHECKPOINT_INVALID', `the checkpoint does not hold: ${message}`);
}
