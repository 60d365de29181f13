import type { InputDocument } from '../inputs/index.ts';
import { policyRule, type RegoPolicy, resultsRule, reviewInput } from '../policy/index.ts';
import { judgeConftest } from './rules/conftest.ts';
import { judgeExhibit } from './rules/exhibit.ts';
import { judgeGatekeeper } from './rules/gatekeeper.ts';
import { errorJudgement } from './rules/outcome.ts';
import type { Judgement } from './types.ts';
import { decodeResult, encodeInput } from './wasm/json.ts';
import type { InstancePool } from './wasm/pool.ts';

type Guard = <T>(job: () => T) => T;

/** Evaluates policies for a document, all in one go or each by itself. */
export class Evaluation {
  readonly #pool: InstancePool;

  constructor(pool: InstancePool) {
    this.#pool = pool;
  }

  /**
   * One evaluation for all policies of the document's kind: what is usual and fast.
   * @throws ExhibitError when any rule throws, which says nothing about the others
   */
  together(policies: readonly RegoPolicy[], document: InputDocument): Judgement[] {
    if (policies.length === 0) return [];
    const input = encodeInput(document.value);
    const shared = policies.some(({ style }) => style !== 'gatekeeper')
      ? this.#object(resultsRule(document.kind), input)
      : {};
    return policies.flatMap((policy) =>
      policy.style === 'gatekeeper'
        ? this.#gatekeeper(policy, document)
        : judgeResult(policy, document, Object.hasOwn(shared, policy.id) ? shared[policy.id] : undefined),
    );
  }

  /** One policy by itself. Never throws: what it cannot judge is an error of that policy. */
  alone(policy: RegoPolicy, document: InputDocument, guard: Guard): Judgement[] {
    try {
      return guard(() =>
        policy.style === 'gatekeeper'
          ? this.#gatekeeper(policy, document)
          : judgeResult(policy, document, this.#object(policyRule(policy), encodeInput(document.value))),
      );
    } catch (error) {
      return [errorJudgement(policy, document, error)];
    }
  }

  /** Each policy has its own parameters, so each is an evaluation of its own. */
  #gatekeeper(policy: RegoPolicy, document: InputDocument): Judgement[] {
    const input = encodeInput(reviewInput(document.value, policy.parameters ?? {}));
    return [judgeGatekeeper(policy, document, this.#object(policyRule(policy), input).violation)];
  }

  #object(rule: string, input: Uint8Array): Record<string, unknown> {
    const text = this.#pool.ask(rule, input);
    return text === undefined ? {} : (decodeResult(text) as Record<string, unknown>);
  }
}

/** Verdicts of one policy; a result that breaks the contract is that policy's error alone. */
export function judgeResult(policy: RegoPolicy, document: InputDocument, result: unknown): Judgement[] {
  try {
    return policy.style === 'conftest'
      ? judgeConftest(policy, document, result)
      : judgeExhibit(policy, document, result);
  } catch (error) {
    return [errorJudgement(policy, document, error)];
  }
}
