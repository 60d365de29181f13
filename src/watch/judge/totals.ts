import type { Judged, OverrideUsage } from '../../engine/index.ts';
import type { Override } from '../../policy/index.ts';

/** What a run over many groups of objects adds up to. Memory grows with policies, not with objects. */
export class Totals {
  readonly #counts: Judged['counts'] = {
    ...{ pass: 0, fail: 0, error: 0, not_applicable: 0, not_evaluated: 0, waived: 0 },
  };
  readonly #populations = new Map<string, number>();
  readonly #used = new Map<string, number>();
  readonly #expired = new Map<string, number>();
  readonly #silent = new Map<string, number>();
  /** In how many groups a policy found something. */
  readonly #groups = new Map<string, number>();
  #documents = 0;
  /** Policies that came to a word about something. */
  readonly answered = new Set<string>();
  readonly #problems: Judged['problems'] = [];
  decisions = 0;

  /** Without the decisions that say of a policy that it found nothing: they are of the whole run. */
  add({ decisions, counts, populations, overrides, documents, problems }: Judged): void {
    this.#documents += documents;
    this.#problems.push(...problems);
    this.decisions += decisions.length;
    for (const verdict of Object.keys(counts) as (keyof Judged['counts'])[])
      this.#counts[verdict] += counts[verdict];
    for (const [id, size] of Object.entries(populations)) {
      more(this.#populations, id, size);
      more(this.#groups, id, size > 0 ? 1 : 0);
    }
    for (const { policy_id } of decisions) this.answered.add(policy_id);
    for (const { id, waived } of overrides.used) more(this.#used, id, waived);
    for (const { id, matched } of overrides.expired) more(this.#expired, id, matched);
    for (const id of overrides.orphans) more(this.#silent, id, 1);
  }

  /**
   * The whole, as a run of these decisions alone would be: what is left are the policies that found nothing anywhere.
   * @param last a run over nothing: what it says of each policy, and of overrides that end soon
   */
  whole(last: Judged, overrides: readonly Override[]): Judged {
    const decisions = last.decisions
      .filter(({ policy_id }) => !this.answered.has(policy_id))
      .map((decision) => ({
        ...decision,
        message: `nothing that the policy applies to, in ${this.#documents} objects`,
      }));
    return {
      ...last,
      decisions,
      counts: { ...this.#counts, not_applicable: this.#counts.not_applicable + decisions.length },
      populations: { ...last.populations, ...Object.fromEntries(this.#populations) },
      documents: this.#documents,
      problems: this.#problems,
      overrides: this.#overrides(last.overrides, overrides),
    };
  }

  /** One is an orphan that matched nothing in any of the groups in which its policy found something. */
  #overrides(last: OverrideUsage, overrides: readonly Override[]): OverrideUsage {
    const orphan = ({ id, policy }: Override) => {
      const silent = this.#silent.get(id) ?? 0;
      return silent > 0 && silent === this.#groups.get(policy);
    };
    return {
      ...last,
      used: [...this.#used].map(([id, waived]) => ({ id, waived })).sort(byId),
      expired: [...this.#expired].map(([id, matched]) => ({ id, matched })).sort(byId),
      orphans: overrides
        .filter(orphan)
        .map(({ id }) => id)
        .sort(),
    };
  }
}

const byId = (a: { id: string }, b: { id: string }): number => (a.id < b.id ? -1 : Number(a.id > b.id));

function more(map: Map<string, number>, key: string, by: number): void {
  map.set(key, (map.get(key) ?? 0) + by);
}
