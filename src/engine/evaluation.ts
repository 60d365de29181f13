import type { InputDocument } from '../inputs/index.ts';
import { type Policy, reviewInput } from '../policy/index.ts';
import { ExhibitError } from '../record/index.ts';
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
  together(policies: readonly Policy[], document: InputDocument): Judgement[] {
    if (policies.length === 0) return [];
    const input = encodeInput(document.value);
    const shared = policies.some(({ style }) => style !== 'gatekeeper')
      ? this.#object(`exhibit/entry/results_${document.kind.replaceAll('-', '_')}`, input)
      : {};
    return policies.flatMap((policy) =>
      policy.style === 'gatekeeper'
        ? this.#gatekeeper(policy, document)
        : judged(policy, document, Object.hasOwn(shared, policy.id) ? shared[policy.id] : undefined),
    );
  }

  /** One policy by its single rules. Never throws: what it cannot judge is an error of that policy. */
  alone(policy: Policy, document: InputDocument, guard: Guard): Judgement[] {
    try {
      return guard(() =>
        policy.style === 'gatekeeper'
          ? this.#gatekeeper(policy, document)
          : judged(policy, document, this.#rules(policy, encodeInput(document.value))),
      );
    } catch (error) {
      return [errorJudgement(policy, document, error)];
    }
  }

  #rules(policy: Policy, input: Uint8Array): Record<string, unknown> {
    const prefix = `${policy.package.replaceAll('.', '/')}/`;
    const names = [...this.#pool.entrypoints].filter((name) => name.startsWith(prefix));
    if (names.length === 0)
      throw new ExhibitError('ENGINE_ERROR', `the bundle has no entrypoint for ${policy.package}`);
    const rules: [string, unknown][] = [];
    for (const name of names) {
      const rule = name.slice(prefix.length);
      const text = rule.includes('/') ? undefined : this.#pool.evaluate(name, input);
      if (text !== undefined) rules.push([rule, decodeResult(text)]);
    }
    return Object.fromEntries(rules);
  }

  /** Each policy has its own parameters, so each is an evaluation of its own. */
  #gatekeeper(policy: Policy, document: InputDocument): Judgement[] {
    const input = encodeInput(reviewInput(document.value, policy.parameters ?? {}));
    const text = this.#pool.evaluate(`${policy.package.replaceAll('.', '/')}/violation`, input);
    return [judgeGatekeeper(policy, document, text === undefined ? undefined : decodeResult(text))];
  }

  #object(entrypoint: string, input: Uint8Array): Record<string, unknown> {
    const text = this.#pool.evaluate(entrypoint, input);
    return text === undefined ? {} : (decodeResult(text) as Record<string, unknown>);
  }
}

/** Verdicts of one policy; a result that breaks the contract is that policy's error alone. */
function judged(policy: Policy, document: InputDocument, result: unknown): Judgement[] {
  try {
    return policy.style === 'conftest'
      ? judgeConftest(policy, document, result)
      : judgeExhibit(policy, document, result);
  } catch (error) {
    return [errorJudgement(policy, document, error)];
  }
}
