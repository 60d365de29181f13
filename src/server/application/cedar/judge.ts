import { createEngine, type Decision, dispose, type Engine } from '../../../engine/index.ts';
import { type Bundle, requireUnexpired } from '../../../policy/index.ts';
import { type Clock, isExhibitError } from '../../../record/index.ts';
import type { DecisionEvent } from '../../../sources/index.ts';
import { documentOf } from '../../opa/record.ts';
import { unjudged } from '../unjudged.ts';

/** Decides requests with the policies of a bundle that judge requests to Cedar; the engine is made at the first one. */
export class CedarJudge {
  readonly #engines = new WeakMap<Bundle, Promise<Engine>>();
  readonly #clock: Clock;
  readonly #milliseconds: number;

  constructor(clock: Clock, milliseconds: number) {
    this.#clock = clock;
    this.#milliseconds = milliseconds;
  }

  /**
   * One decision of each set that knows the action. It never throws for what a policy or a request does, nor for a bundle that is
   * missing or expired: that is a decision as well, and never a pass.
   * @param event its input is the request as Cedar's JSON
   * @param set id of one policy; left out: every one that knows the action
   */
  async decide(event: DecisionEvent, bundle: Bundle | undefined, set?: string): Promise<Decision[]> {
    try {
      if (bundle === undefined) return [unjudged(event, 'there is no verified bundle')];
      requireUnexpired(bundle, event.time);
      const all = await this.#judge(event, bundle);
      const decisions = all.filter(({ policy_id }) => set === undefined || policy_id === set);
      if (decisions.length > 0) return decisions;
      const what = set === undefined ? 'no policy set' : `no policy set ${JSON.stringify(set)}`;
      return [unjudged(event, `${what} of the bundle, at the layer runtime, knows the action`)];
    } catch (error) {
      if (!isExhibitError(error)) throw error;
      return [unjudged(event, error.message, 'error')];
    }
  }

  async #judge(event: DecisionEvent, bundle: Bundle): Promise<Decision[]> {
    const document = documentOf(event, 'cedar-request');
    const engine = await this.#engineOf(bundle);
    const policies = new Map(bundle.policies.map((policy) => [policy.id, policy]));
    return (await engine.judge(document, 'runtime'))
      .filter(({ empty }) => empty !== true)
      .map((judgement) => {
        const policy = policies.get(judgement.policy_id);
        return {
          ...judgement,
          document,
          location: {},
          ...dispose(judgement, {
            mode: policy?.layers.runtime ?? 'enforce',
            ...(policy === undefined ? {} : { schedule: policy }),
            layer: 'runtime',
            overrides: bundle.overrides,
            now: event.time,
          }),
        };
      });
  }

  #engineOf(bundle: Bundle): Promise<Engine> {
    const known = this.#engines.get(bundle);
    if (known !== undefined) return known;
    const made = createEngine(bundle, {
      clock: this.#clock,
      limits: { evaluationMilliseconds: this.#milliseconds },
    });
    this.#engines.set(bundle, made);
    return made;
  }
}
