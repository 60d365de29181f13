import type { AuditWrite } from '../admission/write.ts';

/** The four questions, in their order. */
export const QUESTIONS = {
  ci: 'Does a policy block in CI?',
  admission: 'Does admission catch what came past CI?',
  auditor: 'Can the auditor query without a person?',
  overrides: 'Are overrides tickets with a sunset and an owner?',
} as const;
export type Question = keyof typeof QUESTIONS;

/** no: the evidence shows the contrary. not_shown: nothing shows it, which is no yes either. */
export type AnswerWord = 'yes' | 'no' | 'not_shown';

/** A record, or something of another log, that an answer rests on. */
export interface Rest {
  /** Of our log: id and index. */
  record_id?: string;
  log_index?: number;
  /** Of the other log: a change of the code host, an audit id of the API server. */
  reference?: string;
  says: string;
}

export interface Answered {
  question: Question;
  answer: AnswerWord;
  why: string;
  rests_on: Rest[];
  counts: Record<string, number>;
  /** Records of this kind that were found and count for nothing: they say of themselves that they were made up for a demonstration. */
  made_up: number;
}

/** A run of a gate, as far as it matters here. */
export interface GateRunTold {
  record_id: string;
  log_index: number;
  /** RFC 3339, by the ledger's clock. */
  recorded_at: string;
  repository: string;
  commit: string;
  blocking: number;
  failing: readonly string[];
  simulated: boolean;
  advisory: boolean;
  exit_code: number | undefined;
  level: string;
}

/** A merged change, as the import from the code host judged it. */
export interface MergeTold {
  record_id: string;
  log_index: number;
  repository: string;
  url: string;
  head: string;
  merge_commit: string | undefined;
  merged_at: string;
  verdict: string;
  /** Records of runs that did not count for it. */
  refused: readonly string[];
}

/** A fail that the webhook refused. */
export interface DenialTold {
  record_id: string;
  log_index: number;
  run_id: string;
  policy_id: string;
  subject: string;
}

export interface OverrideTold {
  record_id: string;
  log_index: number;
  id: string;
  /** granted: of the policy repository; bypass: nobody granted it; suppression: of another tool. */
  kind: 'granted' | 'bypass' | 'suppression';
  /** Which of owner, approver, ticket and sunset it has not. */
  missing: string[];
  ticket: 'open' | 'closed' | 'missing' | 'unchecked';
}

/** What of a log the questions are answered from. */
export interface HonestFacts {
  runs: readonly GateRunTold[];
  merges: readonly MergeTold[];
  denials: readonly DenialTold[];
  /** What the API server's own log says of what was written. */
  writes: readonly AuditWrite[];
  /** Lists of such writes that are named on the record and are none. */
  lists_unread: number;
  /** Policies of the bundles in force that block in CI, and those that ask for a pass of CI. */
  blocking_in_ci: ReadonlySet<string>;
  asking_for_a_pass: ReadonlySet<string>;
  overrides: readonly OverrideTold[];
  /** Reads within engagements that are on the record. */
  reads: readonly ReadTold[];
  /** What was found, was made up for a demonstration, and is in none of the lists above. */
  made_up: MadeUp;
}

/** A read, a question or a draw within an engagement, as the ledger itself recorded it. */
export interface ReadTold {
  record_id: string;
  log_index: number;
  engagement: string;
  /** Such as `read`, `query saved`, `sample drawn`. */
  kind: string;
  what: string;
  /** auditor: whom the engagement names, and who did not open it; team: anybody else, and nobody named. */
  by: 'auditor' | 'team';
  /** What proved who it was: an OIDC issuer, a one-time link; undefined where a name was only given. */
  verified_by: string | undefined;
}

/** How many records of each kind were made up for a demonstration. */
export type MadeUp = Record<'runs' | 'denials' | 'reads' | 'overrides', number>;
