import { ExhibitError } from '../record/index.ts';
import { fromBase64, toBase64 } from './base64.ts';
import { fromUtf8, parseDecimal } from './bytes.ts';
import { HASH_BYTES } from './merkle.ts';

/** What a log asks of a witness: to co-sign a checkpoint that goes on from the one that the witness knows. */
export interface AddCheckpoint {
  /** Size of the checkpoint that the witness co-signed last, as far as the log knows; 0 for none. */
  old: number;
  /** Consistency proof from there, RFC 6962 section 2.1.2. */
  proof: Uint8Array[];
  /** The signed checkpoint, verbatim. */
  note: string;
}

/** More lines than this has no request. @see c2sp.org/tlog-witness, "add-checkpoint" */
const MAX_LINES = 63;

/** Media type of the answer 409, which names the size that the witness knows. */
export const TLOG_SIZE_TYPE = 'text/x.tlog.size';

/** The body of a request to `add-checkpoint`. */
export function formatAddCheckpoint({ old, proof, note }: AddCheckpoint): string {
  return [`old ${old}`, ...proof.map(toBase64), '', note].join('\n');
}

/**
 * Reads the body of a request to `add-checkpoint`. Nothing is verified, and the checkpoint is not looked at.
 * @param body attacker-controlled
 * @throws ExhibitError REQUEST_INVALID
 */
export function parseAddCheckpoint(body: Uint8Array): AddCheckpoint {
  const text = fromUtf8(body);
  if (text === undefined) return refuse('is not UTF-8');
  // The first blank line: the note behind it has one of its own.
  const split = text.indexOf('\n\n');
  if (split < 0) return refuse('has no blank line before the checkpoint');
  const [first = '', ...lines] = text.slice(0, split).split('\n');
  const old = first.startsWith('old ') ? parseDecimal(first.slice(4)) : undefined;
  if (old === undefined) return refuse('does not begin with a line "old <size>"');
  if (lines.length > MAX_LINES) refuse(`has more than ${MAX_LINES} lines of proof`);
  const proof = lines.map((line) => {
    const hash = fromBase64(line);
    return hash?.length === HASH_BYTES
      ? hash
      : refuse('has a line of proof that is not the base64 of 32 bytes');
  });
  return { old, proof, note: text.slice(split + 2) };
}

function refuse(message: string): never {
  throw new ExhibitError('REQUEST_INVALID', `the request to add a checkpoint ${message}`);
}
