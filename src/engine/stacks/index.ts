/** Policies of other engines than OPA that can be judged in this process: one registry line an engine. */
import type { Bundle, StackStyle } from '../../policy/index.ts';
import { unjudged } from '../rules/outcome.ts';
import { cedarEngine } from './cedar.ts';
import type { StackEngine, StackJudge } from './stack.ts';

export type { StackEngine, StackJudge } from './stack.ts';

const ENGINES: ReadonlyMap<StackStyle, StackEngine> = new Map<StackStyle, StackEngine>([
  ['cedar', cedarEngine],
]);

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
