import type { UnnumberedRecord } from '../../engine/index.ts';
import type { Bundle } from '../../policy/index.ts';
import type { Item, Outcome, Problem } from '../types.ts';
import { checked } from './checked.ts';
import { Cleaner, plainName } from './clean.ts';
import { type Decided, ofOutcome, ofProblem, policyOf } from './decided.ts';
import { decisionRecord } from './decision.ts';
import { Facts } from './facts.ts';
import type { Ingested, IngestOptions } from './options.ts';
import { Origin } from './origin.ts';
import { asOwn, type Own, ownPolicies } from './own.ts';
import { runRecord } from './run-record.ts';
import { suppressionRecord } from './suppression.ts';

interface Known {
  own: ReadonlyMap<string, Own>;
  mapped: ReadonlySet<string>;
}
const NOTHING: Known = { own: new Map(), mapped: new Set() };
const KNOWN = new WeakMap<Bundle, Known>();

/** What a bundle says of policies, gathered once: events are runs of their own, thousands of them. */
function knownOf(bundle: Bundle): Known {
  const before = KNOWN.get(bundle);
  if (before !== undefined) return before;
  const { entries, groups } = bundle.control_map;
  const known = {
    own: ownPolicies(bundle),
    mapped: new Set([
      ...(entries ?? []).map(({ policy_id }) => policy_id),
      ...(groups ?? []).flatMap(({ policy_ids }) => policy_ids),
    ]),
  };
  KNOWN.set(bundle, known);
  return known;
}

/** One reading of a report: its items go in, the records wait to be taken. */
export class Run {
  waiting: UnnumberedRecord[] = [];
  readonly #options: IngestOptions;
  readonly #clean = new Cleaner();
  readonly #facts = new Facts();
  readonly #origin: Origin;
  readonly #mapped: ReadonlySet<string>;
  readonly #own: ReadonlyMap<string, Own>;
  readonly #suppressions = new Set<string>();
  readonly #counts = { pass: 0, fail: 0, error: 0, not_applicable: 0, not_evaluated: 0, waived: 0 };
  readonly #unmapped = new Map<string, number>();
  readonly #problems: Problem[] = [];
  /** As the report says it, to be compared with its own sums. */
  readonly #read = { pass: 0, fail: 0, suppressed: 0 };
  #decisions = 0;
  #outcomes = 0;
  #enforced = 0;
  #suppressed = 0;

  constructor(options: IngestOptions) {
    this.#options = options;
    this.#origin = new Origin(options, this.#facts, this.#clean);
    const { own, mapped } = options.bundle === undefined ? NOTHING : knownOf(options.bundle);
    this.#own = own;
    this.#mapped = mapped;
  }

  /** The records that were made since the last call. */
  take(): UnnumberedRecord[] {
    const taken = this.waiting;
    this.waiting = [];
    return taken;
  }

  add(item: Item): void {
    switch (item.type) {
      case 'run':
        this.#facts.learn(item);
        break;
      case 'problem':
        this.#problem(item);
        break;
      case 'outcome':
        this.#outcome(item);
    }
  }

  /** Says what is wrong with the report as a whole, and makes the run's record. */
  finish(): void {
    const { failed, population } = this.#facts.said;
    if (failed !== undefined)
      this.#problem({ type: 'problem', message: `the tool says that it failed: ${failed}` });
    for (const problem of this.#facts.differences(this.#read)) this.#problem(problem);
    const nothing = this.#outcomes === 0 && this.#problems.length === 0;
    const said = population ?? this.#options.source.population;
    if (nothing && (this.#facts.scanned === 0 || said !== 'failures'))
      this.#problem({
        type: 'problem',
        message: 'the report holds no result: nothing was judged, which is no pass',
        hint: 'Look whether the tool was given the right files.',
      });
    this.#put(runRecord(this.result(), this.#facts, this.#origin, this.#options, this.#clean));
  }

  result(): Ingested {
    return {
      run_id: this.#origin.run_id,
      counts: this.#counts,
      enforced: this.#enforced,
      suppressed: this.#suppressed,
      problems: this.#problems,
      facts: this.#facts.all,
      unmapped: this.#unmapped,
      decisions: this.#decisions,
      complete: this.#problems.length === 0 && this.#counts.error === 0 && this.#counts.not_evaluated === 0,
    };
  }

  #problem(problem: Problem): void {
    this.#problems.push(problem);
    this.#decide(ofProblem(problem, this.#options.source, this.#options.report));
  }

  #outcome(said: Outcome): void {
    this.#outcomes += 1;
    this.#count(said);
    const { outcome, policy_id } = this.#known(said);
    if (this.#options.bundle !== undefined && !this.#mapped.has(policy_id))
      this.#unmapped.set(policy_id, (this.#unmapped.get(policy_id) ?? 0) + 1);
    this.#decide(ofOutcome(outcome, policy_id, this.#suppression(outcome, policy_id)));
  }

  #count({ verdict, suppressed }: Outcome): void {
    if (suppressed !== undefined) this.#read.suppressed += 1;
    // What was suppressed is no pass, whatever stands beside it.
    if (verdict === 'fail' || (verdict === 'pass' && suppressed === undefined)) this.#read[verdict] += 1;
  }

  /** An outcome of a policy of the bundle, where the tool has it from an export of it. */
  #known(outcome: Outcome): { outcome: Outcome; policy_id: string } {
    const { source, bundle } = this.#options;
    const policy_id = policyOf(outcome, source);
    const own = this.#own.get(policy_id);
    if (bundle === undefined || own?.fits(outcome) !== true) return { outcome, policy_id };
    return { outcome: asOwn(outcome, policy_id, own, bundle), policy_id: own.policy.id };
  }

  /** The id of the override that a suppression of the tool becomes; its record is made once. */
  #suppression(outcome: Outcome, policy_id: string): string | undefined {
    const { suppressed, tool } = outcome;
    if (suppressed === undefined) return undefined;
    this.#suppressed += 1;
    const members = this.#origin.members();
    const base = tool === undefined ? members : { ...members, tool: plainName(this.#clean.text(tool)) };
    const record = suppressionRecord(policy_id, outcome, suppressed, base, this.#clean, (name) =>
      this.#options.reference?.(name),
    );
    if (!this.#suppressions.has(record.record_id)) this.#put(record);
    this.#suppressions.add(record.record_id);
    return record.override_id;
  }

  #decide(decided: Decided): void {
    const record = decisionRecord(decided, this.#decisions, this.#origin, this.#options, this.#clean);
    this.#counts[decided.verdict] += 1;
    if (record.disposition === 'waived') this.#counts.waived += 1;
    if (record.disposition === 'enforced' && decided.verdict === 'fail') this.#enforced += 1;
    this.#put(record);
    this.#decisions += 1;
  }

  #put(wanted: UnnumberedRecord): void {
    const { record, refused } = checked(wanted);
    if (refused !== undefined) {
      this.#problems.push({ type: 'problem', message: refused });
      this.#counts[wanted.verdict ?? 'error'] -= 1;
      this.#counts.error += 1;
    }
    this.waiting.push(record);
  }
}
