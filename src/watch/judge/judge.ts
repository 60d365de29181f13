import { createEngine, type Decision, type Engine, type Judged, judgeAll } from '../../engine/index.ts';
import { type InputDocument, type InputFile, parseInput } from '../../inputs/index.ts';
import type { KubernetesObject } from '../../kubernetes/index.ts';
import { type Bundle, isExpired } from '../../policy/index.ts';
import type { Clock } from '../../record/index.ts';
import { judgedForm, placeOf } from './form.ts';
import { watched } from './policies.ts';

/** What was judged of some objects, and which of it is of which. */
export interface JudgedObjects {
  judged: Judged;
  /** Undefined for what is said of the whole run: that a policy found nothing. */
  objectOf(decision: Decision): KubernetesObject | undefined;
}

/** One bundle and its engine. */
export class LiveJudge {
  readonly bundle: Bundle;
  readonly #engine: Engine;
  readonly #clock: Clock;
  readonly #environment: string | undefined;

  private constructor(bundle: Bundle, engine: Engine, clock: Clock, environment: string | undefined) {
    this.bundle = bundle;
    this.#engine = engine;
    this.#clock = clock;
    this.#environment = environment;
  }

  /** @throws ExhibitError BUNDLE_INVALID, POLICY_BUILTIN */
  static async open(whole: Bundle, clock: Clock, environment: string | undefined): Promise<LiveJudge> {
    const bundle = watched(whole);
    return new LiveJudge(bundle, await createEngine(bundle, { clock }), clock, environment);
  }

  /** What all policies of the layer say of live objects, with overrides and roll-out as anywhere else. A bundle that expired passes nothing. */
  async judge(objects: readonly KubernetesObject[]): Promise<JudgedObjects> {
    const documents = new Map<InputDocument, KubernetesObject>();
    const files = new Map<string, KubernetesObject>();
    const inputs = objects.map((object): InputFile => {
      const name = placeOf(object);
      const input = parseInput(`${name}.json`, Buffer.from(JSON.stringify(judgedForm(object))));
      for (const document of input.documents) documents.set(document, object);
      files.set(input.file, object);
      return input;
    });
    const now = this.#clock();
    const { bundle } = this;
    const judged = await judgeAll(this.#engine, inputs, {
      bundle,
      layer: 'runtime',
      now,
      ...(this.#environment === undefined ? {} : { environment: this.#environment }),
      ...(isExpired(bundle, now) && bundle.expires !== undefined ? { stale: bundle.expires } : {}),
    });
    return {
      judged,
      objectOf: ({ document, location }) =>
        document === undefined ? files.get(location.file ?? '') : documents.get(document),
    };
  }

  /** Whether a policy of this name is judged here. */
  has(policy: string): boolean {
    return this.bundle.policies.some(({ id, layers }) => id === policy && layers.runtime !== undefined);
  }

  close(): Promise<void> {
    return this.#engine.close();
  }
}
