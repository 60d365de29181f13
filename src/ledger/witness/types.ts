import type { VerifierKey } from '../../verify/index.ts';

/** A witness that a log asks. */
export interface WitnessSetting {
  /** Submission prefix, http or https. */
  url: string;
  /** Its keys, at least one: a cosignature of any other key does not count. */
  keys: VerifierKey[];
}

/** What became of asking one witness. */
export type Outcome =
  | { kind: 'cosigned'; size: number; lines: string[] }
  /** It could not be reached, was too slow, or said that it cannot answer now. */
  | { kind: 'away'; message: string }
  /** It answered, and did not co-sign: it does not know the log or its key, or gives an answer that is none. */
  | { kind: 'refused'; message: string }
  /** Another process of this log has meanwhile shown it a newer checkpoint. */
  | { kind: 'overtaken' }
  | { kind: 'alarm'; alarm: NewAlarm };

/**
 * A witness knows another history of this log than the one in the folder.
 * - `fork`: it does not take the checkpoint for one that goes on from what it knows.
 * - `rollback`: it knows more records than the folder has.
 */
export interface NewAlarm {
  kind: 'fork' | 'rollback';
  /** Whether the witness showed a checkpoint that this log's key has signed, and that the folder contradicts. Else it is its word. */
  proven: boolean;
  message: string;
  /** The signed checkpoint that was shown to the witness. */
  ours: string;
  /** The signed checkpoint that the witness showed, where it did. */
  theirs: string | undefined;
}

export interface Alarm extends NewAlarm {
  id: number;
  /** URL of the witness. */
  witness: string;
  /** Unix milliseconds. */
  at: number;
  acknowledged: { at: number; reason: string } | undefined;
}

/** What is known of a witness that was asked. */
export interface WitnessStatus {
  url: string;
  /** Name of its keys. */
  name: string;
  /** Of the newest checkpoint that it co-signed; 0 for none. */
  size: number;
  /** When it was, and when it was asked last, Unix milliseconds. */
  cosigned_at: number | undefined;
  asked_at: number;
  /** Since when it has not co-signed what it was asked to, and what was wrong last. */
  failing: { since: number; kind: 'away' | 'refused' | 'alarm'; message: string } | undefined;
}

/** What one round over all witnesses gave. */
export interface Round {
  /** Of the checkpoint that was shown to them. */
  size: number;
  outcomes: { witness: WitnessSetting; outcome: Outcome }[];
}
