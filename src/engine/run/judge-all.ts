import type { InputDocument, InputFile, InputProblem } from '../../inputs/index.ts';
import type { Bundle, Mode, Override, Policy } from '../../policy/index.ts';
import {
  type Digest,
  type Layer,
  type Location,
  SEVERITIES,
  type Severity,
  type Verdict,
} from '../../record/index.ts';
import { dispose } from '../dispose.ts';
import { anyGlob } from '../glob.ts';
import { OverrideTracker, type OverrideUsage } from '../override-usage.ts';
import { policiesFor } from '../policies-for.ts';
import type { Decision, Engine, Judgement, Subject } from '../types.ts';
import { cleanDecision, cleanerFor } from './clean-decision.ts';
import { type Clean, cleanText, redactPaths, remembering } from './stored-input.ts';

/** What of a bundle decides about its judgements. */
export type JudgedBundle = Pick<Bundle, 'policies' | 'overrides'>;

export interface JudgeAllOptions {
  bundle: JudgedBundle;
  layer: Layer;
  /** Effective time in Unix milliseconds. */
  now: number;
  /** The environment that the caller states, for subjects that state none. */
  environment?: string;
  /** The repository of what is judged, as host and path, for overrides that name one. */
  repository?: string;
  /** The effective time was chosen by somebody: every disposition is none. */
  simulated?: boolean;
  /** Since when the bundle is too old to pass anything, RFC 3339: what would pass is not_evaluated. */
  stale?: string;
  /** From which severity on the caller blocks: it changes nothing here, and the run's record says it. */
  failOn?: string;
  /** A policy that found nothing is counted, and makes no decision: at admission each object would have a hundred of them. */
  onlyFound?: boolean;
}

export interface RunResult {
  /** In the order of files, documents, policies and subjects; then the policies that found nothing, where they make decisions. */
  decisions: Decision[];
  problems: InputProblem[];
  /** How many decisions have which verdict, and how many fails are waived; policies that found nothing are counted in any case. */
  counts: Record<Verdict | 'waived', number>;
  /** How many subjects each policy of the layer judged, by policy id: also those with none. */
  populations: Record<string, number>;
  /** How many documents were read. */
  documents: number;
  /** How the bundle's overrides were used in this run. */
  overrides: OverrideUsage;
  /** What the caller stated: overrides were found by it, so records say it, too. */
  environment?: string | undefined;
  fail_on?: string;
  /** Digests of the files that were read, sorted, each once. */
  inputs?: Digest[];
  /** What else the run's record says of how the caller gated: advisory, baseline, exit code. */
  gate?: Record<string, unknown>;
}

/** The id that stands for a policy where a file could not be read at all. */
export const INPUT_POLICY = 'exhibit/input';
const RUN_SUBJECT: Subject = { type: 'input-set', id: 'run', name: 'everything that this run was given' };
/** Documents are judged in groups, which is faster and bounds the memory of a large run. */
const GROUP = 200;

/**
 * Judges every document of a run. Never throws for what a file or a policy does: an unreadable file is one decision
 * not_evaluated, and a policy that found no subject in any document is one decision not_applicable. What decisions say is
 * without secrets, wherever it is shown.
 * @throws what reading `files` throws
 */
export async function judgeAll(
  engine: Pick<Engine, 'judgeMany'>,
  files: AsyncIterable<InputFile> | Iterable<InputFile>,
  options: JudgeAllOptions,
): Promise<RunResult> {
  const run = new Run(options);
  let group: InputDocument[] = [];
  const judgeGroup = async (): Promise<void> => {
    const judged = await engine.judgeMany(group, options.layer);
    for (const [i, document] of group.entries()) run.add(document, judged[i] ?? []);
    group = [];
  };
  for await (const file of files) {
    for (const document of file.documents) {
      group.push(document);
      if (group.length >= GROUP) await judgeGroup();
    }
    if (file.problems.length > 0) {
      await judgeGroup();
      for (const problem of file.problems) run.addProblem(problem);
    }
  }
  await judgeGroup();
  return run.finish();
}

class Run {
  readonly #options: JudgeAllOptions;
  readonly #now: number;
  readonly #policies: ReadonlyMap<string, Policy>;
  readonly #decisions: Decision[] = [];
  readonly #problems: InputProblem[] = [];
  readonly #populations: Map<string, number>;
  readonly #answered = new Set<string>();
  readonly #redact: readonly string[];
  readonly #overrides: OverrideTracker;
  readonly #broken = new Set<string>();
  /** Of texts that come of no document: what policies say of nothing is the same each time. */
  readonly #plain = remembering((text) => cleanText(text));
  readonly #inputs = new Set<Digest>();
  #documents = 0;

  constructor(options: JudgeAllOptions) {
    this.#options = options;
    this.#now = options.now;
    const { policies, redact } = useOf(options.bundle, options.layer);
    this.#redact = redact;
    this.#overrides = new OverrideTracker(options.bundle.overrides, options.now);
    this.#policies = policies;
    this.#populations = new Map([...policies.keys()].map((id) => [id, 0]));
  }

  add(document: InputDocument, judgements: readonly Judgement[]): void {
    this.#documents += 1;
    this.#inputs.add(document.raw_digest);
    const subjects = new Map<string, Set<string>>();
    const told = judgements.filter(({ empty }) => empty !== true);
    const clean = cleanerFor(document, told, this.#redact);
    for (const judgement of told) {
      this.#answered.add(judgement.policy_id);
      if (judgement.verdict === 'error') this.#broken.add(judgement.policy_id);
      else {
        const seen = subjects.get(judgement.policy_id) ?? new Set();
        subjects.set(judgement.policy_id, seen.add(judgement.subject.id));
      }
      this.#decisions.push(this.#decide(judgement, document, clean));
    }
    for (const [id, seen] of subjects)
      this.#populations.set(id, (this.#populations.get(id) ?? 0) + seen.size);
  }

  addProblem(problem: InputProblem): void {
    this.#problems.push(problem);
    const { error, file } = problem;
    const judgement: Judgement = {
      policy_id: INPUT_POLICY,
      rule_id: INPUT_POLICY,
      severity: 'high',
      subject: { type: 'file', id: file === '' ? 'stdin' : file, name: file },
      verdict: 'not_evaluated',
      message: error.message,
      ...(error.hint === undefined ? {} : { fix: error.hint }),
      code: error.code,
      details: { code: error.code },
      location: { file, ...error.location },
    };
    this.#decisions.push(this.#decide(judgement, undefined));
  }

  finish(): RunResult {
    const counts = { pass: 0, fail: 0, error: 0, not_applicable: 0, not_evaluated: 0, waived: 0 };
    for (const policy of this.#policies.values()) {
      if (this.#answered.has(policy.id)) continue;
      if (this.#options.onlyFound === true) counts.not_applicable += 1;
      else this.#decisions.push(this.#decide(this.#nothing(policy), undefined));
    }
    for (const { verdict, disposition } of this.#decisions) {
      counts[verdict] += 1;
      if (disposition === 'waived') counts.waived += 1;
    }
    return {
      decisions: this.#decisions,
      problems: this.#problems,
      counts,
      populations: Object.fromEntries(this.#populations),
      documents: this.#documents,
      overrides: this.#overrides.usage((override) => this.#wouldHaveSeen(override)),
      inputs: [...this.#inputs].sort(),
      ...(this.#options.environment === undefined ? {} : { environment: this.#options.environment }),
      ...(this.#options.failOn === undefined ? {} : { fail_on: this.#options.failOn }),
    };
  }

  /** Whether an override that matched nothing is an orphan: a hook sees changed files only, and what broke was not seen whole. */
  #wouldHaveSeen({ policy, scope }: Override): boolean {
    const { layer, repository } = this.#options;
    if (scope.repositories !== undefined && !anyGlob(scope.repositories, repository)) return false;
    if (layer === 'pre-commit' || this.#problems.length > 0 || this.#broken.has(policy)) return false;
    return (this.#populations.get(policy) ?? 0) > 0 && scope.layers?.includes(layer) !== false;
  }

  #nothing(policy: Policy): Judgement {
    const unread = this.#problems.length === 0 ? '' : `; ${this.#problems.length} could not be read`;
    return {
      policy_id: policy.id,
      rule_id: policy.id,
      severity: policy.severity,
      subject: RUN_SUBJECT,
      verdict: 'not_applicable',
      message: `nothing that the policy applies to, in ${this.#documents} documents${unread}`,
    };
  }

  #decide(judgement: Judgement, document: InputDocument | undefined, clean: Clean = this.#plain): Decision {
    return cleanDecision(this.#disposed(this.#passing(judgement), document), clean);
  }

  /** By rules that may have been withdrawn since, something may fail; nothing passes. */
  #passing(judgement: Judgement): Judgement {
    const { stale } = this.#options;
    if (stale === undefined || judgement.verdict !== 'pass') return judgement;
    const message = `it would pass by a bundle that expired at ${stale}, which is too old to pass anything`;
    return { ...judgement, verdict: 'not_evaluated', code: 'BUNDLE_EXPIRED', message };
  }

  #disposed(judgement: Judgement, document: InputDocument | undefined): Decision {
    const { layer, bundle, environment, repository, simulated } = this.#options;
    const policy = this.#policies.get(judgement.policy_id);
    const stated: Mode = policy?.layers[layer] ?? 'enforce';
    const mode = belowThreshold(judgement, this.#options.failOn) && stated === 'enforce' ? 'warn' : stated;
    const file = document?.file ?? judgement.location?.file;
    const context = {
      mode,
      layer,
      overrides: bundle.overrides,
      now: this.#now,
      ...(policy === undefined ? {} : { schedule: policy }),
      ...(environment === undefined ? {} : { environment }),
      ...(repository === undefined ? {} : { repository }),
      ...(file === undefined ? {} : { file }),
    };
    const { about, ...location } = locate(judgement, document);
    const placed = { ...(about ? aboutThere(judgement) : judgement), document, location };
    const disposal = dispose(judgement, context);
    const { disposition, override_id } = disposal;
    this.#overrides.see(judgement, context, override_id);
    if (simulated !== true) return { ...placed, ...disposal };
    const would = { disposition, ...(override_id === undefined ? {} : { override_id }) };
    return { ...placed, ...dispose(judgement, { ...context, simulated }), would };
  }
}

/** What a run needs of a bundle for a layer. A server makes a run of each request, hundreds a second. */
const uses = new WeakMap<JudgedBundle, Map<Layer, Use>>();

interface Use {
  policies: ReadonlyMap<string, Policy>;
  redact: readonly string[];
}

function useOf(bundle: JudgedBundle, layer: Layer): Use {
  const known = uses.get(bundle) ?? new Map<Layer, Use>();
  uses.set(bundle, known);
  const before = known.get(layer);
  if (before !== undefined) return before;
  const use = {
    policies: new Map(policiesFor(bundle, layer).map((policy) => [policy.id, policy])),
    redact: redactPaths(bundle.policies),
  };
  known.set(layer, use);
  return use;
}

/** A fail below the severity that blocks is not enforced, whatever the policy's mode: the record says what was done. */
function belowThreshold({ verdict, severity }: Judgement, failOn: string | undefined): boolean {
  if (verdict !== 'fail' || failOn === undefined || failOn === 'any') return false;
  const threshold = SEVERITIES.indexOf(failOn as Severity);
  return threshold < 0 || SEVERITIES.indexOf(severity) > threshold;
}

/** What a message says more where its place is not exact. */
export const ABOUT_THERE = ' (about this place: it is rendered from the file)';

/** What was rendered has no exact place in its template or source: that is said where a person reads it. */
function aboutThere(judgement: Judgement): Judgement {
  if (judgement.message === undefined) return judgement;
  return { ...judgement, message: `${judgement.message}${ABOUT_THERE}` };
}

/** Positions cost a second parse, so they are looked up only where a person will go and look. */
function locate(judgement: Judgement, document: InputDocument | undefined): Location {
  if (judgement.location !== undefined)
    return { ...(document && { file: document.file }), ...judgement.location };
  if (document === undefined) return {};
  const quiet = judgement.verdict === 'pass' || judgement.verdict === 'not_applicable';
  return quiet ? { file: document.file } : document.locate(judgement.path ?? []);
}
