import type { InputKind } from '../inputs/index.ts';
import type { Digest, Json, Layer, Location, Severity } from '../record/index.ts';
import type { Answers } from './answers.ts';
import type { Release, ReleaseConfig } from './release/index.ts';

/** What a layer does with a fail of a policy. */
export type Mode = 'enforce' | 'warn' | 'observe';

/** How far a policy covers a control: full (alone), partial (a part of it), supporting (evidence beside others). */
export type Strength = 'full' | 'partial' | 'supporting';

/** Which shape of rules a Rego package has: our contract, or Conftest's or Gatekeeper's, unchanged. */
export type RegoStyle = 'exhibit' | 'conftest' | 'gatekeeper';

/** A policy of another stack: a file that its own engine reads, carried unchanged. */
export type StackStyle =
  | 'cedar'
  | 'kyverno'
  | 'admission-policy'
  | 'aws-config'
  | 'scp'
  | 'azure-policy'
  | 'gcp-org-policy';

/** In which form the rules of a policy are written, and so which engine judges with them. */
export type RuleStyle = RegoStyle | StackStyle;

export interface ControlLink {
  /** `framework/control`, such as `soc2/cc6.1`. */
  control: string;
  rationale: string;
  strength: Strength;
  /** First and last day, UTC, of what was recorded that the link speaks of; not given: no bound. */
  from?: string;
  until?: string;
}

/** From a day on, at some places, a policy does no more than this. No stage makes it stronger than its layer says. */
export interface RolloutStage {
  /** YYYY-MM-DD, from midnight UTC. */
  from: string;
  mode: Mode;
  /**
   * Every given field must match; not given: everywhere. Globs as in the scope of an override, but for `rules`: names of rules of
   * a policy that has several verdicts, such as `deny_public`.
   */
  scope?: { environments?: string[]; subjects?: string[]; layers?: Layer[]; rules?: string[] };
}

/** What every policy says of itself, whichever engine judges with it. */
export interface PolicyFields {
  id: string;
  title: string;
  description: string;
  severity: Severity;
  owner: string;
  controls: ControlLink[];
  layers: Partial<Record<Layer, Mode>>;
  /** How often a run is expected: an ISO 8601 duration such as P1D, or `change` for on every change. */
  cadence: string;
  remediation: string;
  /** Day since when the policy is in force, YYYY-MM-DD, from midnight UTC: before it the policy is observed. */
  since: string;
  /** How it comes into force, stage by stage; not given: everywhere at once. */
  rollout?: RolloutStage[];
  /** Kinds of input that it judges; empty: all. */
  inputs: InputKind[];
  /** Extra JSON paths to redact before its inputs are stored, such as `$.spec.token`. */
  redact: string[];
  /** File below the repository, for messages and for the auditor's link to the rule text. */
  file: string;
}

export interface RegoPolicy extends PolicyFields {
  style: RegoStyle;
  /** Parameters of a Gatekeeper policy: its rules see them as `input.parameters`. */
  parameters?: Record<string, Json>;
  /** Rego package without `data.`, such as `exhibit.policies.aws_rds_encrypted`. */
  package: string;
}

export interface StackPolicy extends PolicyFields {
  style: StackStyle;
  /** The files that its engine reads, `file` first, as paths below the repository and in the bundle. */
  files: string[];
}

export type Policy = RegoPolicy | StackPolicy;

export interface FrameworkControl {
  id: string;
  title: string;
  /** Our own short wording. */
  summary: string;
  coverage: 'automated' | 'manual' | 'not_mapped';
}

export interface Framework {
  id: string;
  title: string;
  version: string;
  /** Where the ids come from. */
  source: string;
  controls: FrameworkControl[];
}

/** Which policy or foreign check supports which control, as of one commit. Its digest names the version. */
export interface ControlMap {
  schema: 'exhibit.control-map/1';
  entries: ControlMapEntry[];
  /** Foreign checks of one meaning, written once for all of them. `controlLinks` gives both as single links. */
  groups?: ControlMapGroup[];
}

/** Checks of one meaning: each of them supports each of the controls. */
export interface ControlMapGroup {
  policy_ids: string[];
  rationale: string;
  controls: (Omit<ControlLink, 'rationale'> & { rationale?: string })[];
}

export interface ControlMapEntry extends ControlLink {
  policy_id: string;
}

/** Which subjects an override covers: every given field must match. Globs: `*` within a segment, `**` across. */
export interface OverrideScope {
  subjects?: string[];
  types?: string[];
  environments?: string[];
  /** Of what is judged, as host and path: `github.com/example/shop`. */
  repositories?: string[];
  layers?: Layer[];
  files?: string[];
}

/** A ticket that waives one policy for a stated scope until its sunset. */
export interface Override {
  id: string;
  policy: string;
  scope: OverrideScope;
  owner: string;
  approver: string;
  reason: string;
  ticket: string;
  created: string;
  /** Instant, UTC; a bare date was read as the end of that day. */
  sunset: string;
  compensating_control?: string;
  /** How its approval was checked; not given: the file names an approver, and nothing more was looked at. */
  approval?: OverrideApproval;
  /** What was found out about its ticket, and what could not be. */
  ticket_check?: TicketCheck;
  /** Digest of the canonical form of the override as written. */
  digest: Digest;
}

/** The approver is a code owner of the override's file, or has signed its bytes with an SSH key. */
export interface OverrideApproval {
  by: 'codeowners' | 'signature';
  /** The line of CODEOWNERS, such as `CODEOWNERS:3`; or the fingerprint of the key. */
  evidence: string;
}

export interface TicketCheck {
  /** unchecked: nobody asked, or the tracker gave no answer; `why` says it. */
  state: 'open' | 'closed' | 'missing' | 'unchecked';
  /** Whether the ticket is assigned to the override's owner. unknown: it cannot be told. */
  owner: 'matches' | 'differs' | 'unknown';
  /** Host that was asked, and when. */
  tracker?: string;
  checked_at?: string;
  why?: string;
}

/** A file of overrides that does not apply, with why: shown, never silently dropped. */
export interface RejectedOverride {
  file: string;
  id: string | undefined;
  reason: string;
}

/** An override as it was read, with its file and the value whose canonical form is signed. */
export interface WrittenOverride {
  file: string;
  value: unknown;
  override: Override;
}

/** A bundle after verification: what every enforcement point uses. */
export interface Bundle {
  /** Over names and contents of all files but the signature: the same however it is packed or signed. */
  digest: Digest;
  /** Commit. */
  revision: string;
  /** Commit time, Unix seconds: the serial number of the bundle within its lineage, so what "older" means. */
  revision_time: number;
  /** Who is expected to send; not given: nobody. */
  emitters?: ExpectedEmitter[];
  /** Policies that other tools have from exports which the repository names; not given: it names none. */
  exports?: ExportedPolicies[];
  /** How many days a signature of this bundle holds; not given: as long as whoever signs says, or without end. */
  valid_days?: number;
  /** How its commit came about; not given where it was built of no commit, or by an earlier version. */
  release?: Release;
  /** Until when the signature holds, RFC 3339, UTC; from then on nothing passes by this bundle. Not given: no end. */
  expires?: string;
  /** Name of the policy repository: an older bundle is refused only within one lineage. */
  lineage: string;
  /** Id of the key that signed it; undefined for a bundle that was allowed unsigned (demo and tests of policies only). */
  signed_by: string | undefined;
  policies: Policy[];
  control_map: ControlMap;
  control_map_digest: Digest;
  frameworks: Framework[];
  overrides: Override[];
  /** Overrides that do not apply, with why: shown, never silently dropped. */
  rejected_overrides: RejectedOverride[];
  wasm: Uint8Array;
  /** Versions of what built it. */
  opa_version: string;
  /** Every file of the bundle by name, for storing and for re-performance. */
  files: ReadonlyMap<string, Uint8Array>;
}

/** Files by their path below a repository or in a bundle, with `/`. */
export type Files = ReadonlyMap<string, Uint8Array>;

/** Policies of one export, by their ids. */
export interface ExportedPolicies {
  /** `checkov`, `gatekeeper`, `kyverno` or `trivy`: a form whose reports name single policies. */
  format: string;
  policies: string[];
}

/** An emitter that is expected to send. Durations are ISO 8601, days are UTC and included. */
export interface ExpectedEmitter {
  /** Its name, or a glob: any one that matches is enough. */
  name: string;
  owner: string;
  layer?: Layer;
  /** At least one run in each such time. */
  cadence: string;
  /** At least one record of any kind in each such time. */
  heartbeat?: string;
  grace?: string;
  since: string;
  until?: string;
}

/** `exhibit.yaml`. */
export interface RepositoryConfig {
  /** Lineage of the bundles. */
  name: string;
  /** Folders of policies. */
  policies: string[];
  /** Folders of Rego modules that policies share. */
  libraries: string[];
  longest_days: LongestDays;
  /** How many days a signature of the bundle holds. */
  valid_days?: number;
  /** Whose signature a tag needs before a bundle is built of its commit. */
  release?: ReleaseConfig;
  /** Folders that hold an export, which must be what the policies give now. */
  exports: { format: string; folder: string }[];
  /** Who is expected to send, and how often. */
  emitters: ExpectedEmitter[];
  overrides: OverrideRules;
}

/** What `overrides` in `exhibit.yaml` asks of overrides, besides how long they may last. */
export interface OverrideRules {
  /** Of which one must hold; empty: it is enough that the file names an approver. */
  approval: readonly OverrideApproval['by'][];
  /** Whether an override applies whose ticket was not checked. */
  unchecked_tickets: 'apply' | 'reject';
  /** Open overrides, and uses where evidence is read, from which on a policy gets a bug report. */
  many: { open: number; uses: number | undefined };
}

/** How many days an override may last from its creation to its sunset, by the severity of its policy. */
export type LongestDays = Readonly<Record<Severity, number>>;

/** Something wrong in a policy repository, and where. An error stops the build. */
export interface Problem {
  severity: 'error' | 'warning';
  /** Which check found it, such as `metadata` or `no-test`. */
  rule: string;
  message: string;
  location: Location;
  hint?: string;
}

/** A Rego package of the repository, as the parser sees it. */
export interface RegoPackage {
  /** Without `data.`. */
  name: string;
  /** Paths of its modules, tests left out. */
  files: string[];
  /** Names of its rules, sorted, tests left out. */
  rules: string[];
  style: RegoStyle | undefined;
}

/** A policy repository as it was read, with what is wrong in it. */
export interface Repository {
  folder: string;
  config: RepositoryConfig;
  policies: Policy[];
  frameworks: Framework[];
  control_map: ControlMap;
  overrides: Override[];
  rejected_overrides: RejectedOverride[];
  /** Overrides that are complete, with their files: also those that are not approved, or whose ticket is closed. */
  written_overrides: WrittenOverride[];
  packages: RegoPackage[];
  /** Modules in the syntax of Rego before 1.0: they run unchanged. */
  rego_v0: string[];
  problems: Problem[];
  files: Files;
}

/** The external compiler. */
export interface Opa {
  path: string;
  version: string;
  /** Where its answers are kept, and the digest of its bytes. */
  kept?: { answers: Answers; digest: string };
}

/** What an example of a policy's folder showed. */
export interface ExampleResult {
  policy_id: string;
  file: string;
  /** From its name: `good-` must not fail, `bad-` must. `test`: a file of tests that the policy's own engine runs. */
  expected: 'good' | 'bad' | 'test';
  ok: boolean;
  /** Why it is not ok; or the first violation of a bad example. */
  message: string;
  /** Subjects that were judged in it, where the style has a population. */
  subjects: number;
  /** What a rule that changes or makes objects did, one line an object. */
  changes?: string[];
  /** The tool that was not found, so that nothing was tested; the result is not ok. */
  missing?: string;
}
