/** Policies of other engines than OPA that can be judged in this process: one registry line an engine. */
import type { InputDocument } from '../../inputs/index.ts';
import type { Bundle, StackPolicy, StackStyle } from '../../policy/index.ts';
import { unjudged } from '../rules/outcome.ts';
import type { Judgement } from '../types.ts';

/** Judges one document with one policy; what it throws is that policy's error. */
export type StackJudge = (policy: StackPolicy, document: InputDocument) => Judgement[];

/** Makes the judge of a bundle's policies of one style. Called when the first of them judges: loading an engine takes time. */
export type StackEngine = (bundle: Bundle) => StackJudge;

const ENGINES: ReadonlyMap<StackStyle, StackEngine> = new Map<StackStyle, StackEngine>();

/** The judge of a bundle's policies whose rules are not Rego. Where their engine does not run here they are not_evaluated. */
export function stackJudge(bundle: Bundle): StackJudge {
  const judges = new Map<StackStyle, StackJudge>();
  return (policy, document) => {
    const judge = judges.get(policy.style) ?? ENGINES.get(policy.style)?.(bundle);
    if (judge === undefined) return [unjudged(policy, document)];
    judges.set(policy.style, judge);
    return judge(policy, document);
  };
}
