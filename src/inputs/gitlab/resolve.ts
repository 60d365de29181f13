import { ExhibitError } from '../../record/index.ts';
import { type Origin, Origins } from '../origins.ts';
import { setMember } from '../places.ts';
import { isObject, memberOf, type Part, type Source } from '../source.ts';
import type { JsonPath } from '../types.ts';
import { entries, includedFiles, pipelineDocuments, type Spot } from './include.ts';

/** Levels of `extends`, and of `!reference` within one another, that GitLab follows. */
const MOST_LEVELS = { extends: 11, reference: 10 } as const;

/** What a job takes from `default`, or from the top where older files write it. @see GitLab, "CI/CD YAML syntax", `default` */
const DEFAULTS = [
  'after_script',
  'artifacts',
  'before_script',
  'cache',
  'hooks',
  'id_tokens',
  'identity',
  'image',
  'interruptible',
  'retry',
  'services',
  'tags',
  'timeout',
] as const;
const AT_THE_TOP: ReadonlySet<string> = new Set([
  'after_script',
  'before_script',
  'cache',
  'image',
  'services',
]);

/** Words at the top of a pipeline that are no jobs. The library knows the same (policies/lib/pipelines). */
export const GITLAB_WORDS: ReadonlySet<string> = new Set([
  'after_script',
  'before_script',
  'cache',
  'default',
  'image',
  'include',
  'services',
  'spec',
  'stages',
  'variables',
  'workflow',
]);

/**
 * A pipeline as GitLab puts it together: files of the same repository joined, then `extends`, `default` and `!reference`. Each
 * value keeps the place where it is written. What refers to what is not here stays as it is written.
 */
export function resolvedPipelines(source: Source): Part[] {
  const references = new WeakSet<object>();
  return pipelineDocuments(source, references).map(({ value, locate }) => {
    if (!isObject(value)) return { kind: 'gitlab-ci', value, locate };
    const { files, elsewhere, problems } = includedFiles(source, { value, locate }, references);
    const own = { value, at: { locate, path: [] } };
    const resolver = new Resolver([...files, own], references, source);
    const whole = resolver.pipeline(own, elsewhere);
    return {
      kind: 'gitlab-ci',
      value: whole,
      locate: resolver.origins.locator(whole, locate),
      missing: problems,
    };
  });
}

class Resolver {
  readonly origins = new Origins();
  readonly #references: WeakSet<object>;
  readonly #source: Source;
  readonly #top: Record<string, unknown>;
  readonly #at: Origin;
  #spent = 0;

  constructor(files: readonly Spot[], references: WeakSet<object>, source: Source) {
    this.#references = references;
    this.#source = source;
    const joined = files.reduce((all, next) => ({ value: this.#merged(all, next), at: next.at }));
    this.#top = isObject(joined.value) ? joined.value : {};
    this.#at = joined.at;
  }

  /**
   * @param own the pipeline's own file
   * @param elsewhere what included files include from elsewhere; it is listed after what the pipeline includes itself
   */
  pipeline(own: Spot, elsewhere: readonly Spot[]): Record<string, unknown> {
    const whole: Record<string, unknown> = {};
    for (const name of Object.keys(this.#top)) {
      if (name === 'include') continue;
      const spot = this.#spot([name]);
      const job = isObject(spot.value) && !GITLAB_WORDS.has(name);
      const { value, at } = this.#expanded(
        job ? this.#withDefaults(name, this.#extended(name, [])) : spot,
        0,
      );
      setMember(whole, name, value);
      this.origins.set(whole, name, at);
    }
    const include = memberOf(own.value, 'include');
    if (elsewhere.length === 0) {
      if (include !== undefined) whole.include = include;
      return whole;
    }
    const list: unknown[] = [];
    for (const { entry, path } of entries(include))
      this.#push(list, { value: entry, at: { ...own.at, path } });
    for (const one of elsewhere) this.#push(list, one);
    whole.include = list;
    return whole;
  }

  /** What is put together may be far longer than what is written. */
  #spend(values: number): void {
    this.#spent += values;
    if (this.#spent <= this.#source.limits.yamlNodes) return;
    throw new ExhibitError('INPUT_TOO_LARGE', 'what jobs extend and refer to makes the pipeline too large', {
      location: { file: this.#source.file },
      hint: `A pipeline may have ${this.#source.limits.yamlNodes} values. Shorten what is referred to.`,
    });
  }

  /** What the top says under a path, and where. */
  #spot(path: JsonPath): Spot {
    let value: unknown = this.#top;
    for (const step of path) value = memberOf(value, String(step));
    return { value, at: this.origins.of(this.#top, path, this.#at) };
  }

  /** Mappings are merged; of anything else the later value holds. */
  #merged(earlier: Spot, later: Spot): unknown {
    if (!isObject(earlier.value) || !isObject(later.value)) return later.value;
    this.#spend(Object.keys(earlier.value).length + Object.keys(later.value).length + 1);
    const both = this.origins.joined([
      { value: earlier.value, at: earlier.at },
      { value: later.value, at: later.at },
    ]);
    for (const key of Object.keys(later.value))
      if (isObject(later.value[key]) && isObject(memberOf(earlier.value, key)))
        setMember(both, key, this.#merged(this.#inside(earlier, key), this.#inside(later, key)));
    return both;
  }

  #inside({ value, at }: Spot, key: string): Spot {
    return { value: memberOf(value, key), at: this.origins.of(value, [key], at) };
  }

  /** A job with what it extends. One that is not there adds nothing, and stays in `extends`, where rules find it. */
  #extended(name: string, below: readonly string[]): Spot {
    this.#spend(1);
    const own = this.#spot([name]);
    const extending = memberOf(own.value, 'extends');
    const names = (Array.isArray(extending) ? extending : [extending]).filter(
      (one): one is string => typeof one === 'string',
    );
    let joined: Spot | undefined;
    for (const parent of names) {
      if (below.length >= MOST_LEVELS.extends || [...below, name].includes(parent)) continue;
      if (!isObject(memberOf(this.#top, parent))) continue;
      const next = this.#extended(parent, [...below, name]);
      joined = joined === undefined ? next : { value: this.#merged(joined, next), at: next.at };
    }
    if (joined === undefined) return own;
    const value = this.#merged(joined, own);
    if (!isObject(value)) return own;
    // What a parent could not find is missing here as well.
    const lost = strings(memberOf(joined.value, 'extends')).filter(
      (one) => !names.includes(one) && !isObject(memberOf(this.#top, one)),
    );
    if (lost.length > 0) setMember(value, 'extends', [...names, ...lost]);
    return { value, at: own.at };
  }

  #withDefaults(name: string, job: Spot): Spot {
    if (!isObject(job.value) || name.startsWith('.')) return job;
    const inherit = memberOf(memberOf(job.value, 'inherit'), 'default');
    if (inherit === false) return job;
    const added: Record<string, unknown> = {};
    for (const key of DEFAULTS) {
      if (Object.hasOwn(job.value, key) || (Array.isArray(inherit) && !inherit.includes(key))) continue;
      const inDefault = memberOf(this.#top.default, key) !== undefined;
      if (!inDefault && !(AT_THE_TOP.has(key) && this.#top[key] !== undefined)) continue;
      const spot = this.#spot(inDefault ? ['default', key] : [key]);
      setMember(added, key, spot.value);
      this.origins.set(added, key, spot.at);
    }
    if (Object.keys(added).length === 0) return job;
    return {
      value: this.origins.joined([
        { value: added, at: job.at },
        { value: job.value, at: job.at },
      ]),
      at: job.at,
    };
  }

  /** References replaced by what they name; within a list, the items of a list that is named take the place of it. */
  #expanded(spot: Spot, level: number): Spot {
    const { value, at } = spot;
    if (this.#isReference(value)) return this.#named(value, level) ?? spot;
    if (!this.#holdsReference(value)) return spot;
    if (Array.isArray(value)) {
      const list: unknown[] = [];
      value.forEach((item, i) => {
        const place = this.origins.of(value, [i], at);
        const found = this.#isReference(item)
          ? this.#named(item, level)
          : this.#expanded({ value: item, at: place }, level);
        if (found === undefined) this.#push(list, { value: item, at: place });
        else if (this.#isReference(item) && Array.isArray(found.value))
          found.value.forEach((one, k) => {
            this.#push(list, { value: one, at: this.origins.of(found.value, [k], found.at) });
          });
        else this.#push(list, found);
      });
      return { value: list, at };
    }
    if (!isObject(value)) return spot;
    const made: Record<string, unknown> = {};
    for (const key of Object.keys(value)) {
      const found = this.#expanded(this.#inside(spot, key), level);
      setMember(made, key, found.value);
      this.origins.set(made, key, found.at);
    }
    return { value: made, at };
  }

  #push(list: unknown[], { value, at }: Spot): void {
    this.#spend(1);
    this.origins.set(list, list.length, at);
    list.push(value);
  }

  #isReference(value: unknown): value is unknown[] {
    return Array.isArray(value) && this.#references.has(value);
  }

  #holdsReference(value: unknown): boolean {
    if (this.#isReference(value)) return true;
    if (Array.isArray(value)) return value.some((one) => this.#holdsReference(one));
    return isObject(value) && Object.values(value).some((one) => this.#holdsReference(one));
  }

  #named(reference: readonly unknown[], level: number): Spot | undefined {
    if (level >= MOST_LEVELS.reference) return undefined;
    const [job, ...rest] = reference.filter((step) => typeof step === 'string');
    if (job === undefined || rest.length !== reference.length - 1) return undefined;
    let spot = isObject(memberOf(this.#top, job)) ? this.#extended(job, []) : this.#spot([job]);
    for (const key of rest) spot = this.#inside(spot, key);
    return spot.value === undefined ? undefined : this.#expanded(spot, level + 1);
  }
}

const strings = (value: unknown): string[] =>
  (Array.isArray(value) ? value : [value]).filter((one): one is string => typeof one === 'string');
