import type { InputDocument, JsonPath } from '../inputs/index.ts';
import type { Mode } from '../policy/index.ts';
import type { Digest, Disposition, ErrorCode, Layer, Location, Severity, Verdict } from '../record/index.ts';

export interface Subject {
  type: string;
  id: string;
  name: string;
  environment?: string;
}

/** One thing that a policy says about a subject. */
export interface JudgedStatement {
  message: string;
  /** Into the document's value. */
  path?: JsonPath;
  fix?: string;
  /** What the policy proposes to write, as the rule gave it: whoever offers it reads it first. @see docs/decisions/0018 */
  edit?: unknown;
}

/** What one policy says about one subject. */
export interface Judgement {
  policy_id: string;
  /** The policy's id, or `<policy>/<name>` where a package has several named rules (deny_x, warn_y). */
  rule_id: string;
  severity: Severity;
  subject: Subject;
  verdict: Verdict;
  /** Why, when it is not a pass. */
  message?: string;
  fix?: string;
  /** Into the document's value. */
  path?: JsonPath;
  /** Where the rule itself says that it is (Conftest's `_loc`); goes before `path`. */
  location?: Location;
  details?: Record<string, unknown>;
  /** Each statement by itself, where there are several or one has an edit. For an editor: reports and records have `details`. */
  statements?: readonly JudgedStatement[];
  /** The strongest mode that the rule itself allows: a Conftest `warn` never enforces. */
  at_most?: Mode;
  /** Why the verdict is error. */
  code?: ErrorCode;
  /** True where the policy found no subject in the document: a run drops it when another document has one. */
  empty?: true;
}

/** A judgement with what was done about it and where it is. */
export interface Decision extends Judgement {
  document: InputDocument | undefined;
  disposition: Disposition;
  override_id?: string;
  override_digest?: Digest;
  /** In a simulation: what would have been done at the time that was chosen. */
  would?: { disposition: Disposition; override_id?: string };
  /** Why a fail counts as known before this change: it stands in the baseline, or nothing about its subject was changed. */
  known?: Known;
  location: Location;
}

export type Known = 'baseline' | 'unchanged';

export interface EngineLimits {
  /** Longest evaluation of one document by all policies, in milliseconds: for each half a MiB of it that was begun. */
  evaluationMilliseconds: number;
  /**
   * Largest input, in bytes of JSON, for which all policies are evaluated at once. A larger one is evaluated in as many parts as it is
   * times larger: what one part took of the memory is free for the next.
   */
  partBytes: number;
  /** Memory of one WebAssembly instance after which it is replaced, in bytes. */
  instanceBytes: number;
  /** Most memory that one evaluation may take, in bytes; the rule that wants more is an error. */
  evaluationBytes: number;
}

export interface Engine {
  /**
   * Judges one document with every policy that is set for the layer and judges its kind.
   * One judgement per subject and policy; a policy whose population is empty gives one not_applicable
   * with the document as subject; a rule that is undefined or fails gives one error. Never throws for what a policy or an input does.
   */
  judge(document: InputDocument, layer: Layer): Promise<Judgement[]>;
  /** The same for many documents at once, which is faster: one list of judgements a document, in the same order. */
  judgeMany(documents: readonly InputDocument[], layer: Layer): Promise<Judgement[][]>;
  close(): Promise<void>;
}
