import type { BundleFact, Occurrence } from './types.ts';

type Layers = ReadonlyMap<string, ReadonlySet<string>>;

/** Which policies judge at which layer, as bundles in the log say it: the last one of each policy repository. */
export class PoliciesInForce {
  readonly #lineages = new Map<string, Layers>();
  /** Of all bundles so far. A check of another tool was in none, so no bundle ends it. */
  readonly #ever = new Map<string, Set<string>>();

  /** A record that does not say its policies changes nothing: nobody knows what it left out. */
  announce({ lineage, policies }: BundleFact): void {
    if (policies === undefined) return;
    this.#lineages.set(lineage, policies);
    for (const [id, layers] of policies)
      this.#ever.set(id, new Set([...(this.#ever.get(id) ?? []), ...layers]));
  }

  /** Whether a bundle had the policy for a layer at which it failed, and none has it now for any of them. */
  left({ policy, layers }: Pick<Occurrence, 'policy' | 'layers'>): boolean {
    const has = (of: ReadonlySet<string> | undefined) => layers.some((layer) => of?.has(layer) === true);
    return has(this.#ever.get(policy)) && ![...this.#lineages.values()].some((each) => has(each.get(policy)));
  }
}
