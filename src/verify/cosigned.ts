import { ExhibitError, isExhibitError } from '../record/index.ts';
import { fromUtf8, parseDecimal } from './bytes.ts';
import { openTrusted } from './handover.ts';
import type { LogSource } from './source.ts';
import type { SignedCheckpoint, VerifierKey, VerifyCrypto } from './types.ts';

/** Sizes of the checkpoints that a log keeps with the cosignatures of witnesses, one a line, the newest first. */
export const COSIGNED_INDEX = 'cosigned/index';

/** Where the co-signed checkpoint of a size lies below the log. */
export function cosignedPath(size: number): string {
  return `cosigned/${size}`;
}

/** One a day for ten years, and those of a day that is not over. */
const MAX_COSIGNED = 4096;
/** All of them together, in memory. */
const MAX_BYTES = 64 * 1024 * 1024;
/** Read at once: a bucket takes milliseconds to answer. */
const AT_ONCE = 16;

export function formatCosignedIndex(sizes: readonly number[]): string {
  return sizes.map((size) => `${size}\n`).join('');
}

/**
 * Reads the index of co-signed checkpoints. @param bytes attacker-controlled
 * @throws ExhibitError LEDGER_CORRUPT
 */
export function parseCosignedIndex(bytes: Uint8Array): number[] {
  const lines = (fromUtf8(bytes) ?? refuse('is not UTF-8')).split('\n');
  if (lines.pop() !== '') refuse('does not end with a newline');
  if (lines.length > MAX_COSIGNED) refuse(`has more than ${MAX_COSIGNED} lines`);
  const sizes = lines.map((line) => parseDecimal(line) ?? refuse('has a line that is no size'));
  if (sizes.some((size, at) => at > 0 && size >= (sizes[at - 1] ?? 0)))
    refuse('does not go from large to small');
  return sizes;
}

/**
 * The checkpoints with cosignatures that a log keeps, as they lie there, newest first. To be read before its checkpoint, which is
 * published first: then none of them is newer.
 * @throws ExhibitError LEDGER_CORRUPT
 */
export async function readCosigned(source: LogSource): Promise<Uint8Array[]> {
  for (let again = false; ; again = true) {
    const index = await source(COSIGNED_INDEX);
    const sizes = index === undefined ? [] : parseCosignedIndex(index);
    const notes = await readNotes(source, sizes);
    if (notes.length === sizes.length) return notes;
    // A writer removes what a newer one stands for, after it has taken it out of the index.
    if (again) {
      const path = cosignedPath(sizes[notes.length] ?? 0);
      throw new ExhibitError('LEDGER_CORRUPT', `${path} is missing`, {
        location: { file: path },
        details: { kind: 'missing', path },
      });
    }
  }
}

/** The notes up to the first that is missing. */
async function readNotes(source: LogSource, sizes: readonly number[]): Promise<Uint8Array[]> {
  const notes: Uint8Array[] = [];
  let bytes = 0;
  for (let from = 0; from < sizes.length; from += AT_ONCE) {
    const some = await Promise.all(
      sizes.slice(from, from + AT_ONCE).map((size) => source(cosignedPath(size))),
    );
    for (const note of some) {
      if (note === undefined) return notes;
      bytes += note.length;
      if (bytes > MAX_BYTES) refuse(`names checkpoints of more than ${MAX_BYTES} bytes together`);
      notes.push(note);
    }
  }
  return notes;
}

/**
 * Opens them with the keys that the reader trusts. One that only a key signed which the reader does not know is left out: it may be from
 * before a handover.
 * @param notes attacker-controlled
 * @throws ExhibitError CHECKPOINT_INVALID where a known key did not sign what it says
 */
export async function openCosigned(
  source: LogSource,
  notes: readonly Uint8Array[],
  keys: readonly VerifierKey[],
  crypto: VerifyCrypto,
  origin: string,
): Promise<SignedCheckpoint[]> {
  const opened: SignedCheckpoint[] = [];
  for (const note of notes) {
    try {
      opened.push((await openTrusted(source, note, keys, crypto, { origin })).checkpoint);
    } catch (error) {
      const unknown = isExhibitError(error, 'CHECKPOINT_INVALID') && error.details.kind === 'unknown-signer';
      if (!unknown) throw error;
    }
  }
  return opened;
}

function refuse(message: string): never {
  throw new ExhibitError('LEDGER_CORRUPT', `${COSIGNED_INDEX} ${message}`, {
    location: { file: COSIGNED_INDEX },
  });
}
