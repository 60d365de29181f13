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

/** Evaluates policies for a document, all in one go, in parts, or each by itself. */
export class Evaluation {
  readonly #pool: InstancePool;
  readonly #partBytes: number;
  #encoded: { document: InputDocument; input: Uint8Array } | undefined;

  /** @param partBytes largest input for which all policies are evaluated at once, in bytes */
  constructor(pool: InstancePool, partBytes: number) {
    this.#pool = pool;
    this.#partBytes = partBytes;
  }

  /** Size of a document's value as JSON, in bytes. @throws RangeError for one that is nested too deep to be written */
  bytes(document: InputDocument): number {
    return this.#input(document).length;
  }

  /**
   * One evaluation for all policies of the document's kind: what is usual and fast. A large document takes several.
   * @throws ExhibitError when any rule throws, which says nothing about the others
   */
  together(policies: readonly RegoPolicy[], document: InputDocument): Judgement[] {
    if (policies.length === 0) return [];
    const input = this.#input(document);
    const plain = policies.filter(({ style }) => style !== 'gatekeeper');
    const shared =
      plain.length === 0
        ? {}
        : (this.#inParts(plain, input) ?? this.#object(resultsRule(document.kind), input));
    return policies.flatMap((policy) =>
      policy.style === 'gatekeeper'
        ? this.#gatekeeper(policy, document)
        : judgeResult(policy, document, Object.hasOwn(shared, policy.id) ? shared[policy.id] : undefined),
    );
  }

  /** One policy by itself. Never throws: what it cannot judge is an error of that policy. `done` follows the last one. */
  alone(policy: RegoPolicy, document: InputDocument, guard: Guard): Judgement[] {
    try {
      return guard(() =>
        policy.style === 'gatekeeper'
          ? this.#gatekeeper(policy, document)
          : judgeResult(policy, document, this.#object(policyRule(policy), this.#input(document), true)),
      );
    } catch (error) {
      return [errorJudgement(policy, document, error)];
    }
  }

  /** Nothing more is asked of the document: its memory is given up. */
  done(): void {
    this.#encoded = undefined;
    this.#pool.dropLarge();
  }

  /** Results by policy id; undefined for an input that is not large, and for a bundle that answers one rule at a time. */
  #inParts(policies: readonly RegoPolicy[], input: Uint8Array): Record<string, unknown> | undefined {
    const count = Math.min(policies.length, Math.ceil(input.length / this.#partBytes));
    if (count < 2) return undefined;
    // Policies of one kind of resource stand side by side, and take the most memory where there is most of it: they are spread.
    const parts = Array.from({ length: count }, (_, part) =>
      policies.filter((_policy, i) => i % count === part),
    );
    const rules = parts.map((part) => part.map(policyRule));
    const answers = this.#pool.askParts(rules, input);
    const results: Record<string, unknown> = Object.create(null) as Record<string, unknown>;
    for (const [i, part] of parts.entries()) {
      const text = answers[i];
      if (text === undefined) return undefined;
      const values = decodeResult(text) as Record<string, unknown>;
      for (const policy of part) results[policy.id] = values[policyRule(policy)];
    }
    return results;
  }

  #input(document: InputDocument): Uint8Array {
    if (this.#encoded?.document !== document)
      this.#encoded = { document, input: encodeInput(document.value) };
    return this.#encoded.input;
  }

  /** Each policy has its own parameters, so each is an evaluation of its own. */
  #gatekeeper(policy: RegoPolicy, document: InputDocument): Judgement[] {
    const input = encodeInput(reviewInput(document.value, policy.parameters ?? {}));
    return [judgeGatekeeper(policy, document, this.#object(policyRule(policy), input).violation)];
  }

  #object(rule: string, input: Uint8Array, again = false): Record<string, unknown> {
    const text = this.#pool.ask(rule, input, again);
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
