/** What a code host said about changes that were merged, in one shape. Times are RFC 3339 as records carry them. */
export interface Facts {
  changes: Change[];
  checks: Check[];
  protections: Protection[];
  /** Audit events and evaluations of rulesets that say that a protection was passed over. */
  overridden: Overridden[];
  /** What could not be read, in words: a conclusion does not rest on it. */
  unread: string[];
}

/** A pull request or merge request that was merged. */
export interface Change {
  /** Host and path, such as `github.com/example/shop`. */
  repository: string;
  url: string;
  number: number;
  branch: string;
  /** The last commit of the change, before it was merged. */
  head: string;
  merge_commit?: string;
  merged_at: string;
  /** A name: it is replaced by a reference before it is recorded. */
  merged_by?: string;
  labels: string[];
  /** Texts in which a request to skip pipelines stands: title, message of the last commit. */
  messages: string[];
}

/** A check run or pipeline of a commit. */
export interface Check {
  sha: string;
  name: string;
  state: 'success' | 'failure' | 'skipped' | 'unfinished';
  /** Address of the pipeline run, as a gate in it names its change. */
  run_url?: string;
  /** Names of variables that somebody set for this run; values are not kept. */
  variables: string[];
}

export interface Protection {
  branch: string;
  /** Whether administrators are held too; undefined where the answer does not say. */
  binds_administrators?: boolean;
  /** How many actors may pass it over. */
  exempt: number;
  source: string;
}

export interface Overridden {
  at: string;
  actor?: string;
  /** Host and path; its last part alone where no more was said. */
  repository?: string;
  branch?: string;
  /** Commits or addresses by which a change is found. */
  names: string[];
}

/** A run record of a gate in the ledger, with what its decisions say. */
export interface GateRun {
  record_id: string;
  log_index: number;
  recorded_at: string;
  repository: string;
  commit: string;
  change: string;
  run_total: number;
  /** Decisions that arrived, and how many different numbers of the run they have. */
  arrived: number;
  numbers: number;
  /** Decisions that passed or failed; errors and what was not evaluated. */
  judged: number;
  undecided: number;
  /** Fails that block at the severity of the run. */
  blocking: number;
  failing: string[];
  simulated: boolean;
  advisory: boolean;
  exit_code: number | undefined;
  /** Who vouches for the emitter: an OIDC issuer, mTLS, token, or none. */
  level: string;
}

export const BYPASS_KINDS = [
  'failing_run',
  'incomplete_run',
  'advisory_run',
  'late_run',
  'skipped_run',
  'no_run',
  'administrator',
] as const;
export type BypassKind = (typeof BYPASS_KINDS)[number];

/** What helped a change past the gate. */
export type Cause = { cause: 'label' | 'commit_message' | 'variable' | 'administrator'; text: string };

export interface JudgedChange {
  change: Change;
  verdict: 'pass' | 'fail' | 'not_evaluated';
  /** Of a fail. */
  kind?: BypassKind;
  causes: Cause[];
  message: string;
  /** The run that let it through. */
  gate?: GateRun;
  /** Runs of this commit that do not count, and why. */
  refused: { run: GateRun; why: string }[];
  /** Policies that a failing run had blocked with. */
  policies: string[];
}
