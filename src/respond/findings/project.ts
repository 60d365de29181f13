import { causePolicy, causeSubject, findingId } from './key.ts';
import { newFinding, newOccurrence, seen, settle } from './occurrence.ts';
import { OverridesInForce } from './overrides-in-force.ts';
import { PoliciesInForce } from './policies-in-force.ts';
import { respond } from './respond.ts';
import type { BundleFact, Fact, JudgedFact, Occurrence, OverrideFact, Place, RawFinding } from './types.ts';

export interface ProjectOptions {
  /** Unix milliseconds: what the log took later does not count, and an override holds or is over. */
  now: number;
  /** Policies of one meaning, from the control map: a fail of one and of another is one cause. */
  groups?: readonly (readonly string[])[];
}

export interface Projection {
  /** By id. */
  findings: RawFinding[];
  /** Records of responses to findings that are not there. */
  orphans: string[];
}

/** At one moment a pass comes before a fail: what passed and failed at once is open. */
const RANK: Record<Fact['what'], number> = {
  pass: 0,
  gone: 1,
  unknown: 2,
  override: 3,
  bundle: 4,
  waived: 5,
  fail: 6,
  response: 7,
};

/**
 * Findings, from what records say and nothing else: the order in which records of one moment come makes no difference, nor how often
 * each comes. A finding is closed by a later pass, by an override while it is in force, by a bundle without its policy, or by a record
 * that says that its subject is gone; by nothing else, and never by time.
 */
export function projectFindings(facts: Iterable<Fact>, options: ProjectOptions): Projection {
  const once = new Map<string, Fact>();
  for (const fact of facts)
    if (fact.recorded <= options.now) once.set(`${fact.record_id} ${fact.what}`, fact);
  const sorted = [...once.values()].sort(
    (a, b) =>
      a.at - b.at ||
      RANK[a.what] - RANK[b.what] ||
      (a.record_id < b.record_id ? -1 : a.record_id > b.record_id ? 1 : 0),
  );
  const projector = new Projector(options.groups ?? []);
  for (const fact of sorted) projector.take(fact);
  projector.until(options.now);
  return projector.result();
}

class Projector {
  readonly #groups: readonly (readonly string[])[];
  readonly #findings = new Map<string, RawFinding>();
  /** By the id that a finding has without its group: what was said of it before the control map grouped its policy stays said. */
  readonly #aliases = new Map<string, RawFinding>();
  /** Occurrences of a subject, whatever the policy. */
  readonly #subjects = new Map<string, { finding: RawFinding; occurrence: Occurrence }[]>();
  readonly #passes = new Map<string, number>();
  readonly #overrides = new OverridesInForce();
  readonly #policies = new PoliciesInForce();
  /** Those that are closed by an override, which ends by itself. */
  readonly #waived = new Map<Occurrence, { finding: RawFinding; override: OverrideFact }>();
  /** No override ends before. */
  #nextEnd = Number.POSITIVE_INFINITY;
  readonly #orphans: string[] = [];

  constructor(groups: readonly (readonly string[])[]) {
    this.#groups = groups;
  }

  take(fact: Fact): void {
    this.until(fact.at);
    switch (fact.what) {
      case 'override':
        this.#overrides.add(fact);
        for (const { finding, occurrence } of this.#all())
          if (occurrence.state === 'open') this.#waive(finding, occurrence, fact.at);
        return;
      case 'bundle':
        this.#announce(fact);
        return;
      case 'response': {
        const finding = this.#findings.get(fact.finding) ?? this.#aliases.get(fact.finding);
        if (finding === undefined) this.#orphans.push(fact.record_id);
        else respond(finding, fact);
        return;
      }
      case 'pass':
        this.#pass(fact);
        return;
      case 'gone':
        this.#gone(fact);
        return;
      case 'unknown':
        for (const { occurrence } of this.#of(fact))
          if (occurrence.state === 'open') occurrence.not_judged_since ??= fact.at;
        return;
      case 'waived':
      case 'fail':
        this.#fail(fact);
        return;
    }
  }

  /** Ends overrides whose sunset lies before a moment, each at its own. */
  until(moment: number): void {
    // What one override lets go another one may hold, which is over before the moment, too.
    while (moment > this.#nextEnd) {
      const over = [...this.#waived]
        .filter(([, { override }]) => override.sunset < moment)
        .sort(([, a], [, b]) => a.override.sunset - b.override.sunset);
      for (const [occurrence, { finding, override }] of over)
        this.#unwaive(finding, occurrence, override.sunset + 1, override);
      this.#nextEnd = Math.min(...[...this.#waived.values()].map(({ override }) => override.sunset));
    }
  }

  #hold(finding: RawFinding, occurrence: Occurrence, override: OverrideFact): void {
    occurrence.override_id = override.id;
    this.#waived.set(occurrence, { finding, override });
    this.#nextEnd = Math.min(this.#nextEnd, override.sunset);
  }

  result(): Projection {
    const findings = [...this.#findings.values()].sort((a, b) => (a.id < b.id ? -1 : 1));
    for (const finding of findings)
      finding.occurrences.sort((a, b) => (JSON.stringify(nameOf(a)) < JSON.stringify(nameOf(b)) ? -1 : 1));
    return { findings, orphans: this.#orphans };
  }

  #fail(fact: JudgedFact): void {
    const policy = fact.policy ?? '';
    const rule = ruleOf(fact);
    const known = this.#of(fact).find(({ occurrence }) => occurrence.rule === rule);
    const finding = known?.finding ?? this.#findingOf(fact, policy, rule);
    const occurrence = known?.occurrence ?? this.#newOccurrence(finding, fact, policy, rule);
    const severity = occurrence.severity;
    if (known !== undefined) seen(occurrence, fact);
    finding.last = {
      subject_id: fact.subject_id,
      ...(fact.facts === undefined ? {} : { facts: fact.facts }),
      ...(fact.repository === undefined ? {} : { repository: fact.repository }),
      ...(fact.file === undefined ? {} : { file: fact.file }),
    };
    const was = known === undefined ? undefined : occurrence.state;
    const stated = fact.what === 'waived' ? this.#overrides.find(fact.override_digest, fact.at) : undefined;
    const override = stated ?? this.#covering(finding, occurrence, fact.at);
    if (fact.what === 'waived' && override === undefined) {
      const note = `a fail was waived by an override that is not in force by this log (record ${fact.record_id}): it stays open`;
      if (!finding.notes.some((each) => each.startsWith(note.slice(0, 40)))) finding.notes.push(note);
    }
    if (was === 'waived' && override !== undefined) return;
    if (was === 'open' && override === undefined) {
      if (occurrence.severity !== severity) settle(finding);
      return;
    }
    if (was !== 'open') this.#open(finding, occurrence, fact);
    if (override !== undefined)
      this.#close(finding, occurrence, 'waived', override.record_id, fact.at, { override });
  }

  #open(finding: RawFinding, occurrence: Occurrence, fact: JudgedFact): void {
    occurrence.state = 'open';
    delete occurrence.closed_by;
    delete occurrence.override_id;
    this.#waived.delete(occurrence);
    const passed = this.#passes.get(passKey(fact, occurrence.policy));
    this.#begin(finding, fact.at, fact.recorded, fact.record_id, passed);
  }

  /** Opens an episode unless one is open. */
  #begin(finding: RawFinding, at: number, detected: number, record_id: string, passed?: number): void {
    const last = finding.episodes.at(-1);
    if (last !== undefined && last.closed === undefined) {
      finding.history.push({ at, what: 'occurrence', record_id });
      settle(finding);
      return;
    }
    finding.history.push({ at, what: last === undefined ? 'opened' : 'reopened', record_id });
    finding.episodes.push({
      opened: at,
      detected,
      ...(passed === undefined ? {} : { passed_before: passed }),
    });
    delete finding.snoozed_until;
    settle(finding);
  }

  #pass(fact: JudgedFact): void {
    this.#passes.set(passKey(fact, fact.policy ?? ''), fact.at);
    const rule = ruleOf(fact);
    for (const { finding, occurrence } of this.#of(fact)) {
      if (rule !== undefined && rule !== occurrence.rule) continue;
      // What CI or a gate said of another thing of the same name is no evidence of what runs.
      if (fact.layer !== 'runtime' && !occurrence.layers.every((layer) => layer === fact.layer)) continue;
      if (occurrence.last_failed >= fact.at) continue;
      this.#close(finding, occurrence, 'passed', fact.record_id, fact.at);
    }
  }

  #gone(fact: JudgedFact): void {
    for (const { finding, occurrence } of this.#of(fact)) {
      if (occurrence.state === 'passed' || occurrence.last_failed >= fact.at) continue;
      this.#close(finding, occurrence, 'gone', fact.record_id, fact.at);
    }
  }

  #close(
    finding: RawFinding,
    occurrence: Occurrence,
    state: 'passed' | 'waived' | 'withdrawn' | 'gone',
    record_id: string,
    at: number,
    { override, text }: { override?: OverrideFact; text?: string } = {},
  ): void {
    if (occurrence.state === state) return;
    occurrence.state = state;
    occurrence.closed_by = record_id;
    delete occurrence.not_judged_since;
    delete occurrence.override_id;
    this.#waived.delete(occurrence);
    if (override !== undefined) this.#hold(finding, occurrence, override);
    const episode = finding.episodes.at(-1);
    const before = finding.state;
    settle(finding);
    if (finding.state === 'open' || finding.state === 'acknowledged' || finding.state === 'reopened') return;
    const closed_as = finding.state;
    if (episode === undefined || (before === closed_as && episode.closed !== undefined)) return;
    // What was waived and then passed was fixed when it passed.
    episode.closed = at;
    episode.closed_as = closed_as;
    finding.history.push({ at, what: closed_as, record_id, ...(text === undefined ? {} : { text }) });
  }

  #waive(finding: RawFinding, occurrence: Occurrence, at: number): void {
    const override = this.#covering(finding, occurrence, at);
    if (override !== undefined)
      this.#close(finding, occurrence, 'waived', override.record_id, at, { override });
  }

  #unwaive(finding: RawFinding, occurrence: Occurrence, at: number, over: OverrideFact): void {
    const other = this.#covering(finding, occurrence, at);
    this.#waived.delete(occurrence);
    if (other !== undefined) {
      occurrence.closed_by = other.record_id;
      this.#hold(finding, occurrence, other);
      return;
    }
    occurrence.state = 'open';
    delete occurrence.closed_by;
    delete occurrence.override_id;
    this.#begin(finding, at, at, over.record_id);
    settle(finding);
  }

  #announce(bundle: BundleFact): void {
    this.#policies.announce(bundle);
    for (const { finding, occurrence } of this.#all()) this.#withdraw(finding, occurrence, bundle);
    const ended = new Set(this.#overrides.announce(bundle));
    for (const [occurrence, { finding, override }] of [...this.#waived])
      if (ended.has(override.digest)) this.#unwaive(finding, occurrence, bundle.at, override);
    for (const { finding, occurrence } of this.#all())
      if (occurrence.state === 'open') this.#waive(finding, occurrence, bundle.at);
  }

  /** By a bundle without the policy nobody judges the subject any more: that is no fix. With one that has it again it fails as it did. */
  #withdraw(
    finding: RawFinding,
    occurrence: Occurrence,
    { record_id, at, lineage, revision }: BundleFact,
  ): void {
    const left = this.#policies.left(occurrence);
    if (left && (occurrence.state === 'open' || occurrence.state === 'waived')) {
      const text = `${occurrence.policy} is in no bundle for ${occurrence.layers.join(', ')} any more, since ${revision ?? 'this one'} of ${lineage}`;
      this.#close(finding, occurrence, 'withdrawn', record_id, at, { text });
    }
    if (left || occurrence.state !== 'withdrawn') return;
    occurrence.state = 'open';
    delete occurrence.closed_by;
    this.#begin(finding, at, at, record_id);
  }

  #covering(finding: RawFinding, occurrence: Occurrence, at: number): OverrideFact | undefined {
    const { repository, file } = finding.last;
    return this.#overrides.covering(
      {
        occurrence,
        ...(finding.environment === undefined ? {} : { environment: finding.environment }),
        ...(repository === undefined ? {} : { repository }),
        ...(file === undefined ? {} : { file }),
      },
      at,
    );
  }

  #findingOf(fact: JudgedFact, own: string, rule: string | undefined): RawFinding {
    const policy = causePolicy(own, this.#groups);
    const grouped = this.#groups.find((each) => each.includes(own));
    const cause = { policy, rule: grouped === undefined ? rule : undefined, subject: causeSubject(fact) };
    const place: Place = {
      ...(fact.environment === undefined ? {} : { environment: fact.environment }),
      ...(fact.cluster === undefined ? {} : { cluster: fact.cluster }),
    };
    const id = findingId({ ...cause, place });
    const alone = findingId({ policy: own, rule, subject: cause.subject, place });
    const found = this.#findings.get(id);
    if (found !== undefined) {
      if (alone !== id) this.#aliases.set(alone, found);
      return found;
    }
    const finding = newFinding(id, cause, place, fact);
    this.#findings.set(id, finding);
    if (alone !== id) this.#aliases.set(alone, finding);
    return finding;
  }

  #newOccurrence(
    finding: RawFinding,
    fact: JudgedFact,
    policy: string,
    rule: string | undefined,
  ): Occurrence {
    const occurrence = newOccurrence(fact, policy, rule);
    finding.occurrences.push(occurrence);
    if (!finding.policies.includes(policy)) finding.policies = [...finding.policies, policy].sort();
    const key = subjectKey(fact);
    this.#subjects.set(key, [...(this.#subjects.get(key) ?? []), { finding, occurrence }]);
    return occurrence;
  }

  /** Occurrences of the subject and, where the record names one, of the policy. */
  #of(fact: JudgedFact): { finding: RawFinding; occurrence: Occurrence }[] {
    return (this.#subjects.get(subjectKey(fact)) ?? []).filter(
      ({ occurrence }) => fact.policy === undefined || occurrence.policy === fact.policy,
    );
  }

  #all(): { finding: RawFinding; occurrence: Occurrence }[] {
    return [...this.#subjects.values()].flat();
  }
}

/** A rule of its own; the rule that is the policy itself is none. */
const ruleOf = ({ rule, policy }: JudgedFact): string | undefined => (rule === policy ? undefined : rule);
const subjectKey = ({ subject_id, environment, cluster }: JudgedFact): string =>
  JSON.stringify([subject_id, environment ?? null, cluster ?? null]);
const passKey = (fact: JudgedFact, policy: string): string => `${policy} ${subjectKey(fact)}`;
const nameOf = ({ policy, rule, subject_id }: Occurrence) => [policy, rule ?? '', subject_id];
