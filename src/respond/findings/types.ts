import type { Digest, Layer, Severity } from '../../record/index.ts';

/**
 * What a record says that findings are made of. Times are Unix milliseconds. `at` is the earlier one of `observed_at` and
 * `recorded_at`: an emitter can date nothing into the future, and what it dates back is judged by when it was true.
 */
interface Said {
  record_id: string;
  at: number;
  recorded: number;
}

/** What is known of a subject beside its id: from the record, or from the input that was stored with it. */
export interface SubjectFacts {
  labels?: Readonly<Record<string, string>>;
  annotations?: Readonly<Record<string, string>>;
  /** The id of what owns it, in the form of a subject id: `Deployment/shop/web`. */
  owned_by?: string;
}

export interface Place {
  environment?: string;
  /** Cluster or account, where records state it: the same name in two clusters is two subjects. */
  cluster?: string;
}

export interface JudgedFact extends Said, Place {
  what: 'fail' | 'pass' | 'unknown' | 'waived' | 'gone';
  /** Not set for a subject that is gone altogether. */
  policy?: string;
  rule?: string;
  subject_type?: string;
  subject_id: string;
  subject_name?: string;
  layer: Layer;
  tool: string;
  severity: Severity;
  message?: string;
  repository?: string;
  file?: string;
  override_digest?: Digest;
  facts?: SubjectFacts;
}

/** An override that the log holds whole: without owner, approver, reason, scope or sunset it is not one. */
export interface OverrideFact extends Said {
  what: 'override';
  id: string;
  digest: Digest;
  policy: string;
  scope: Readonly<Partial<Record<ScopeField, readonly string[]>>>;
  created: number;
  /** Last moment at which it holds. */
  sunset: number;
}
export type ScopeField = 'subjects' | 'types' | 'environments' | 'repositories' | 'layers' | 'files';

/** A bundle was announced: what a policy repository (lineage) waives, and judges by, from now on. */
export interface BundleFact extends Said {
  what: 'bundle';
  lineage: string;
  overrides: readonly Digest[];
  /** Layers of each policy; not set where the log does not say it. */
  policies?: ReadonlyMap<string, ReadonlySet<string>>;
  revision?: string;
}

export interface ResponseFact extends Said {
  what: 'response';
  finding: string;
  act: Act;
  actor?: string;
  text?: string;
}

/** What somebody did about a finding; what the program did about telling somebody is a delivery. */
export type Act =
  | { action: 'acknowledge' | 'comment' }
  | { action: 'assign'; owner: string }
  | { action: 'snooze'; until: string }
  | { action: 'incident'; known_at: string }
  | { action: 'incident_step'; step: Nis2Step; submitted_at: string; reference: string }
  | {
      action: 'delivery';
      key: string;
      /** Of this key, from 1: two records of one moment are told apart by it. */
      number: number;
      channel: string;
      event: string;
      outcome: Outcome;
    };
export const NIS2_STEPS = ['early_warning', 'notification', 'final_report'] as const;
export type Nis2Step = (typeof NIS2_STEPS)[number];
/** `sending` is written before something is sent: what has no other outcome may have arrived. */
export const OUTCOMES = ['sending', 'delivered', 'failed'] as const;
export type Outcome = (typeof OUTCOMES)[number];

export type Fact = JudgedFact | OverrideFact | BundleFact | ResponseFact;

export const STATES = [
  'open',
  'acknowledged',
  'reopened',
  'waived',
  'withdrawn',
  'gone',
  'resolved',
] as const;
/**
 * open, acknowledged and reopened are open. waived, withdrawn (its policy left the bundle), gone (its subject was deleted) and resolved are
 * not; of these only resolved is fixed.
 */
export type FindingState = (typeof STATES)[number];

/** One subject under one rule. */
export interface Occurrence {
  policy: string;
  rule?: string;
  subject_type?: string;
  subject_id: string;
  subject_name?: string;
  layers: Layer[];
  tools: string[];
  state: 'open' | 'passed' | 'waived' | 'withdrawn' | 'gone';
  severity: Severity;
  message?: string;
  first_failed: number;
  last_failed: number;
  /** Records of the first and the last fail. */
  first_record: string;
  last_record: string;
  /** The record that closed it, while it is closed. */
  closed_by?: string;
  override_id?: string;
  /** Last look that came to no verdict, after the last fail: it closes nothing. */
  not_judged_since?: number;
}

export interface HistoryEntry {
  at: number;
  what:
    | 'opened'
    | 'reopened'
    | 'occurrence'
    | 'resolved'
    | 'waived'
    | 'withdrawn'
    | 'gone'
    | 'acknowledged'
    | 'commented'
    | 'assigned'
    | 'snoozed'
    | 'refused'
    | 'incident'
    | 'incident_step'
    | 'delivery';
  /** The record that it rests on; the end of an override rests on the override's own record. */
  record_id: string;
  actor?: string;
  text?: string;
}

/** From opening to closing. A finding that came back has several. */
export interface Episode {
  /** `observed_at` of the first fail, cut to when the log took it. */
  opened: number;
  /** When the log took it: nobody could act before. */
  detected: number;
  /** The last pass before, where the log has one: it failed since then at the earliest. */
  passed_before?: number;
  acknowledged?: number;
  closed?: number;
  closed_as?: 'resolved' | 'waived' | 'withdrawn' | 'gone';
}

/** What follows from records alone, without configuration. */
export interface RawFinding extends Place {
  id: string;
  policy: string;
  /** Policies of one meaning that it stands for. */
  policies: string[];
  rule?: string;
  subject: string;
  state: FindingState;
  /** The most severe one of what is open; of what failed last, where nothing is. */
  severity: Severity;
  occurrences: Occurrence[];
  episodes: Episode[];
  history: HistoryEntry[];
  assigned?: string;
  snoozed_until?: number;
  incident?: { known: number; record_id: string };
  incident_steps: IncidentStep[];
  deliveries: Delivery[];
  /** What weakens it: an override that is not in the log, and the like. */
  notes: string[];
  /** Of the fail that came last: what its owner is found by. */
  last: Pick<JudgedFact, 'facts' | 'repository' | 'file' | 'subject_id'>;
}

export interface IncidentStep {
  step: Nis2Step;
  submitted: number;
  reference: string;
  record_id: string;
}

export interface Delivery {
  key: string;
  number: number;
  channel: string;
  event: string;
  outcome: Outcome;
  at: number;
  record_id: string;
}

/** What is open needs somebody. */
export function isOpen(state: FindingState): boolean {
  return state === 'open' || state === 'acknowledged' || state === 'reopened';
}
