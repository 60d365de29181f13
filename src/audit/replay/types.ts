import type { Digest, Disposition, EvidenceRecord, Severity, Verdict } from '../../record/index.ts';

/** Why a decision cannot be performed again: nothing is said of it then, neither that it is the same nor that it is not. */
export const CANNOT = [
  'not_in_log',
  'not_a_decision',
  'simulation',
  'foreign_tool',
  'application',
  'nothing_judged',
  'no_stored_input',
  'input_missing',
  'input_exchanged',
  'input_unreadable',
  'bundle_not_kept',
  'bundle_exchanged',
  'bundle_not_trusted',
  'bundle_unusable',
  'policy_not_in_bundle',
  'limit',
] as const;
export type Cannot = (typeof CANNOT)[number];

/** Why a decision may differ, as far as the evidence shows it. */
export const WHY = [
  'redacted',
  'tool_version',
  'engine_version',
  'override',
  'clock',
  'limit',
  'run_unknown',
  'unknown',
] as const;
export type Why = (typeof WHY)[number];

/** What is compared of a decision. */
export interface Said {
  verdict: Verdict;
  disposition: Disposition;
  severity?: Severity | undefined;
  subject_type?: string | undefined;
  subject_name?: string | undefined;
  message?: string | undefined;
  override_id?: string | undefined;
  override_digest?: string | undefined;
}

export interface Difference {
  field: keyof Said | 'subject';
  /** null: nothing. */
  recorded: string | null;
  again: string | null;
}

/** One record that somebody asked for. */
export interface Asked {
  /** As it was asked for. */
  record_id: string;
  /** Where it is in the log; undefined where it is not in it. */
  entry?: { index: number; record: EvidenceRecord } | undefined;
}

export type Outcome =
  | { outcome: 'same'; again: Said }
  /** `again` is undefined where nothing is said of the subject now. */
  | {
      outcome: 'differs';
      again: Said | undefined;
      differences: Difference[];
      why: { code: Why; text: string }[];
    }
  | { outcome: 'cannot'; reason: Cannot; text: string };

export type Replayed = Asked & Outcome;

/** A bundle that decisions were performed again with. */
export interface UsedBundle {
  digest: Digest;
  revision: string;
  /** Id of the key that was given and that signed it; undefined: no key was given. */
  signed_by: string | undefined;
}
