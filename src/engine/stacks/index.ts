/** Policies of other engines than OPA that can be judged in this process: one registry line an engine. */
import type { InputDocument } from '../../inputs/index.ts';
import type { Bundle, StackPolicy, StackStyle } from '../../policy/index.ts';
import { unjudged } from '../rules/outcome.ts';
import type { Judgement } from '../types.ts';
import { cedarEngine } from './cedar.ts';
import type { StackEngine, StackJudge } from './stack.ts';

export type { StackEngine, StackJudge } from './stack.ts';

const ENGINES: ReadonlyMap<StackStyle, StackEngine> = new Map<StackStyle, StackEngine>([
  ['cedar', cedarEngine],
]);

/** The judges of a bundle's policies whose rules are not Rego. Where their engine does not run here they are not_evaluated. */
export class StackJudges {
  readonly #bundle: Pick<Bundle, 'files'>;
  readonly #judges = new Map<StackStyle, StackJudge>();

  constructor(bundle: Pick<Bundle, 'files'>) {
    this.#bundle = bundle;
  }

  /** Loads the engine of a style, if it runs here. Called outside of any time limit, when there is something to judge. */
  prepare(style: StackStyle): void {
    const made = this.#judges.has(style) ? undefined : ENGINES.get(style)?.(this.#bundle);
    if (made !== undefined) this.#judges.set(style, made);
  }

  judge(policy: StackPolicy, document: InputDocument): Judgement[] {
    return this.#judges.get(policy.style)?.(policy, document) ?? [unjudged(policy, document)];
  }
}
