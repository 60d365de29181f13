import { anyGlob } from '../../engine/index.ts';
import type { Digest } from '../../record/index.ts';
import type { BundleFact, Occurrence, OverrideFact, Place } from './types.ts';

/** What an override's scope is compared with. */
export interface Scoped extends Place {
  occurrence: Occurrence;
  repository?: string;
  file?: string;
}

/**
 * Overrides as the log says them: from its creation (but not before the log had it) until its sunset, and not after a later bundle of the
 * same policy repository left it out.
 */
export class OverridesInForce {
  readonly #known = new Map<Digest, OverrideFact>();
  readonly #byPolicy = new Map<string, OverrideFact[]>();
  readonly #withdrawn = new Set<Digest>();
  readonly #lineages = new Map<string, ReadonlySet<Digest>>();

  add(override: OverrideFact): void {
    // The same text with another approval is another record of the same override.
    if (this.#known.has(override.digest)) return;
    this.#known.set(override.digest, override);
    this.#byPolicy.set(override.policy, [...(this.#byPolicy.get(override.policy) ?? []), override]);
  }

  /** @returns those that end with this bundle */
  announce({ lineage, overrides }: BundleFact): Digest[] {
    const now = new Set(overrides);
    const before = this.#lineages.get(lineage) ?? new Set<Digest>();
    this.#lineages.set(lineage, now);
    for (const digest of now) this.#withdrawn.delete(digest);
    const ended = [...before].filter((digest) => !now.has(digest));
    for (const digest of ended) this.#withdrawn.add(digest);
    return ended;
  }

  /** An override by its digest, where it is in force. */
  find(digest: Digest | undefined, at: number): OverrideFact | undefined {
    const found = digest === undefined ? undefined : this.#known.get(digest);
    if (found === undefined || this.#withdrawn.has(found.digest)) return undefined;
    return found.created <= at && at <= found.sunset ? found : undefined;
  }

  /** An override in force whose policy and scope are those of an occurrence. */
  covering(scoped: Scoped, at: number): OverrideFact | undefined {
    return this.#byPolicy
      .get(scoped.occurrence.policy)
      ?.find((each) => this.find(each.digest, at) !== undefined && covers(each, scoped));
  }
}

/** As the engine's own rule: every field that the scope gives must match, and a scope without any field matches nothing. */
export function covers(
  { policy, scope }: Pick<OverrideFact, 'policy' | 'scope'>,
  { occurrence, environment, repository, file }: Scoped,
): boolean {
  if (policy !== occurrence.policy) return false;
  const values = {
    subjects: [occurrence.subject_id],
    types: [occurrence.subject_type],
    environments: [environment],
    repositories: [repository?.replace(/^https?:\/\//, '')],
    layers: occurrence.layers,
    files: [file],
  };
  const given = (Object.keys(values) as (keyof typeof values)[]).filter((key) => scope[key] !== undefined);
  // Each of the layers that saw it fail must be waived.
  return (
    given.length > 0 && given.every((key) => values[key].every((value) => anyGlob(scope[key] ?? [], value)))
  );
}
