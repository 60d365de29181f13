import { sameBytes } from './bytes.ts';
import { type Level, levelOf } from './level.ts';
import { meetsQuorum, requireQuorum, type TrustPolicy } from './trust-policy.ts';
import type { SignedCheckpoint, VerifierKey } from './types.ts';

/**
 * The checkpoint that says most about who has witnessed a log: the newest one that reaches the quorum, or without one that the most
 * witnesses have co-signed, and of these the newest.
 * @param newest what the log shows now
 * @param cosigned checkpoints that the log was found to contain
 */
export function bestWitnessed(
  newest: SignedCheckpoint,
  cosigned: readonly SignedCheckpoint[],
  policy?: TrustPolicy,
): SignedCheckpoint {
  const all = [newest, ...[...cosigned].sort((a, b) => b.size - a.size)];
  const quorum = policy?.quorum;
  const reached =
    quorum === undefined
      ? undefined
      : all.find((one) => meetsQuorum(quorum, { witnesses: foreign(one, newest) }));
  if (reached !== undefined) return reached;
  return all.reduce((best, one) => (count(one, newest) > count(best, newest) ? one : best));
}

/**
 * The level of a log of which the reader has the checkpoint and those before it that witnesses co-signed: up to which size the log was
 * witnessed, and by whom.
 * @param cosigned checkpoints that the log was found to contain
 * @throws ExhibitError CHECKPOINT_INVALID where none of them reaches the quorum of the policy
 */
export function witnessedLevel(
  newest: SignedCheckpoint,
  cosigned: readonly SignedCheckpoint[],
  keys: readonly VerifierKey[],
  policy?: TrustPolicy,
): Level {
  const best = bestWitnessed(newest, cosigned, policy);
  const opened = { ...newest, witnesses: best.witnesses };
  if (policy !== undefined) requireQuorum(policy, opened);
  const level = levelOf(opened, keys, policy);
  return best.size === newest.size || level.witnessed.length === 0
    ? level
    : { ...level, upTo: { size: best.size, of: newest.size } };
}

/** Without the key of the log, which is no witness of itself. */
function foreign({ witnesses }: SignedCheckpoint, { key }: SignedCheckpoint): SignedCheckpoint['witnesses'] {
  return witnesses.filter((one) => !sameBytes(one.key.publicKey, key.publicKey));
}

function count(one: SignedCheckpoint, newest: SignedCheckpoint): number {
  return new Set(foreign(one, newest).map(({ key }) => key.name)).size;
}
