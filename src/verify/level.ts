import { type Anchors, formatAnchors } from './anchored.ts';
import { sameBytes } from './bytes.ts';
import type { TrustPolicy } from './trust-policy.ts';
import type { SignedCheckpoint, Signer, VerifierKey } from './types.ts';
import { isWitnessKey } from './vkey.ts';

/** How far trust in a checkpoint reaches, with its evidence. */
export interface Level {
  /** The key of the log that signed. */
  signedBy: { name: string; id: string };
  /** Witnesses that co-signed, of those whose keys were given. */
  witnessed: { name: string; id: string; time: number | undefined }[];
  witnessesGiven: number;
  /** Where the cosignatures are of an earlier checkpoint than the one that was read: its size, of that of the log. */
  upTo?: { size: number; of: number };
  /** The quorum of the reader's trust policy that was reached; `none` where it asks for no witness. */
  quorum?: string;
  /** Time stamps and kept checkpoints, where they were looked at. */
  anchors?: Anchors;
}

/**
 * The level of a checkpoint whose signatures verified. One key counts once, under whatever names it was given: a
 * cosignature of Ed25519 does not hold the name. One name counts once, with whatever keys: a witness may have one of each type.
 * The key of the log is no witness of the log.
 * @param policy whose quorum was found to be reached
 */
export function levelOf(
  checkpoint: SignedCheckpoint,
  keys: readonly VerifierKey[],
  policy?: TrustPolicy,
): Level {
  const { name, id } = checkpoint.key;
  const given = distinct(keys.filter(isWitnessKey), (key) => key).filter(
    (key) => !sameBytes(key.publicKey, checkpoint.key.publicKey),
  );
  const witnesses = distinct<Signer>(checkpoint.witnesses, ({ key }) => key).filter(
    ({ key }) => !sameBytes(key.publicKey, checkpoint.key.publicKey),
  );
  return {
    signedBy: { name, id },
    witnessed: witnesses.map(({ key, time }) => ({ name: key.name, id: key.id, time })),
    witnessesGiven: given.length,
    ...(policy === undefined ? {} : { quorum: policy.quorum?.name ?? 'none' }),
  };
}

function distinct<T>(items: readonly T[], keyOf: (item: T) => VerifierKey): T[] {
  const same = (a: VerifierKey, b: VerifierKey) => sameBytes(a.publicKey, b.publicKey) || a.name === b.name;
  return items.filter((item, at) => items.findIndex((other) => same(keyOf(other), keyOf(item))) === at);
}

/** One line for people: which levels were reached, and which were not. Never the bare word "verified". */
export function formatLevel(level: Level): string {
  const { signedBy, witnessed, witnessesGiven, quorum, upTo } = level;
  const by = witnessed.map(({ name, time }) => (time === undefined ? name : `${name} at ${timeText(time)}`));
  const witnesses =
    witnessesGiven === 0
      ? 'not witnessed (no witness key was given)'
      : `witnessed by ${witnessed.length} of ${witnessesGiven}${by.length > 0 ? ` (${by.join(', ')})` : ''}${upToText(upTo)}`;
  const asked =
    quorum === undefined
      ? ''
      : quorum === 'none'
        ? '; the trust policy asks for no witness'
        : `; quorum ${quorum} of the trust policy reached`;
  return `hashed; signed by ${signedBy.name}+${signedBy.id}; ${witnesses}${asked}; ${formatAnchors(level.anchors ?? {})}`;
}

function upToText(upTo: Level['upTo']): string {
  return upTo === undefined
    ? ''
    : ` up to size ${upTo.size} of ${upTo.of}; the records from ${upTo.size} on are not witnessed`;
}

/** A witness may sign a time that is no date any more. @param time Unix seconds */
function timeText(time: number): string {
  const date = new Date(time * 1000);
  return Number.isNaN(date.getTime()) ? `second ${time} of 1970` : date.toISOString();
}
