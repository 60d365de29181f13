import { ExhibitError } from '../record/index.ts';
import { fromBase64, toBase64 } from './base64.ts';
import { fromUtf8, parseDecimal } from './bytes.ts';
import { openCheckpoint } from './checkpoint.ts';
import { HASH_BYTES, leafHash, verifyInclusion } from './merkle.ts';
import { MAX_NOTE_BYTES } from './note.ts';
import type { SignedCheckpoint, TlogProof, VerifierKey, VerifyCrypto } from './types.ts';

const HEADER = 'c2sp.org/tlog-proof@v1';

/** More siblings than this has no tree below 2^53 leaves. */
const MAX_HASHES = 53;

/** The text of a `.tlog-proof` file. @see c2sp.org/tlog-proof */
export function formatProof(proof: TlogProof): string {
  const extra = proof.extra === undefined ? [] : [`extra ${toBase64(proof.extra)}`];
  return [HEADER, ...extra, `index ${proof.index}`, ...proof.hashes.map(toBase64), '', proof.checkpoint].join(
    '\n',
  );
}

/**
 * Reads a `.tlog-proof` file. Nothing is verified.
 * @param proof attacker-controlled text or bytes
 * @throws ExhibitError PROOF_INVALID
 * @see c2sp.org/tlog-proof, "Format"
 */
export function parseProof(proof: string | Uint8Array): TlogProof {
  if (proof.length > MAX_NOTE_BYTES) refuse(`it is longer than ${MAX_NOTE_BYTES} bytes`);
  const text = typeof proof === 'string' ? proof : fromUtf8(proof);
  if (text === undefined) return refuse('it is not UTF-8');
  // The first blank line ends the proof: the checkpoint behind it has a blank line of its own.
  const split = text.indexOf('\n\n');
  if (split < 0) return refuse('it has no blank line before its checkpoint');
  const lines = text.slice(0, split).split('\n');
  if (lines.shift() !== HEADER) refuse(`its first line is not ${HEADER}`);
  const extra = lines[0]?.startsWith('extra ') ? fromBase64((lines.shift() ?? '').slice(6)) : null;
  if (extra === undefined) return refuse('its extra data is not base64');
  const indexLine = lines.shift() ?? '';
  const index = indexLine.startsWith('index ') ? parseDecimal(indexLine.slice(6)) : undefined;
  if (index === undefined) return refuse('it has no line "index <decimal>"');
  if (lines.length > MAX_HASHES) refuse(`it has more than ${MAX_HASHES} hashes`);
  const hashes = lines.map((line) => {
    const hash = fromBase64(line);
    return hash?.length === HASH_BYTES ? hash : refuse('a line is not the base64 of a 32-byte hash');
  });
  return { index, hashes, checkpoint: text.slice(split + 2), ...(extra === null ? {} : { extra }) };
}

export interface ProvenRecord {
  index: number;
  leafHash: Uint8Array;
  checkpoint: SignedCheckpoint;
}

/**
 * Checks that one record, byte for byte, is in the log that signed the checkpoint of the proof. It cannot know whether the key
 * was replaced before that size: refuseEnded can, with the handovers of the log. Nor does it look at what the bytes are:
 * readEntry does.
 * @param record the bytes of the record as the ledger holds them (canonical form, no newline at the end)
 * @param proof attacker-controlled `.tlog-proof`
 * @param keys keys of the log (and of witnesses) that the reader trusts
 * @throws ExhibitError PROOF_INVALID, CHECKPOINT_INVALID
 */
export function verifyProof(
  record: Uint8Array,
  proof: string | Uint8Array,
  keys: readonly VerifierKey[],
  crypto: VerifyCrypto,
  options: { origin?: string } = {},
): ProvenRecord {
  const { index, hashes, checkpoint: note } = parseProof(proof);
  const checkpoint = openCheckpoint(note, keys, crypto, options);
  const hash = leafHash(crypto.sha256, record);
  const { size, root } = checkpoint;
  verifyInclusion(crypto.sha256, { leafHash: hash, index, size, proof: hashes, root });
  return { index, leafHash: hash, checkpoint };
}

function refuse(message: string): never {
  throw new ExhibitError('PROOF_INVALID', `the proof is malformed: ${message}`);
}
