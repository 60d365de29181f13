import type { InputDocument } from '../inputs/index.ts';
import type { Bundle, Files, RegoPolicy, StackPolicy } from '../policy/index.ts';
import { createBuiltins } from './builtins/registry.ts';
import { Evaluation } from './evaluation.ts';
import { DEFAULT_ENGINE_LIMITS } from './limits.ts';
import { errorJudgement } from './rules/outcome.ts';
import { StackJudges } from './stacks/index.ts';
import type { Judgement } from './types.ts';
import { encodeInput } from './wasm/json.ts';
import { webAssembly } from './wasm/platform.ts';
import { baseDocuments, exactly, InstancePool } from './wasm/pool.ts';

/** What of a bundle one of its policies in Rego is judged with: the module as OPA made it, and the base documents as JSON in UTF-8. */
export interface Compiled {
  wasm: Uint8Array;
  data: Uint8Array;
}

export function compiledOf(bundle: Pick<Bundle, 'wasm' | 'files'>): Compiled {
  return { wasm: bundle.wasm, data: baseDocuments(bundle.files) };
}

/** What a policy is given for a value of a document: JSON, with the digits of numbers that a double cannot hold. */
export const inputText = (value: unknown): string => new TextDecoder().decode(encodeInput(value));
/** The value that such a text stands for. @throws SyntaxError */
export const inputValue = exactly;

/** Judges documents with single policies of one bundle. It needs WebAssembly and nothing of Node, so it runs in a browser as it is. */
export class AloneJudge {
  readonly #evaluation: Evaluation;
  #now = 0;

  private constructor(module: object, data: Uint8Array) {
    const pool = new InstancePool(
      module,
      createBuiltins(() => this.#now),
      data,
      DEFAULT_ENGINE_LIMITS,
    );
    this.#evaluation = new Evaluation(pool, DEFAULT_ENGINE_LIMITS.partBytes);
  }

  /** @throws ExhibitError BUNDLE_INVALID, POLICY_BUILTIN; WebAssembly.CompileError */
  static async of({ wasm, data }: Compiled): Promise<AloneJudge> {
    return new AloneJudge(await webAssembly.compile(wasm), data);
  }

  /** There is no limit of time: a rule of Rego comes to its end. @param now what `time.now_ns` says, in Unix milliseconds */
  judge(policy: RegoPolicy, document: InputDocument, now: number): Judgement[] {
    this.#now = now;
    const judged = this.#evaluation.alone(policy, document, (job) => job());
    this.#evaluation.done();
    return judged;
  }
}

/** The same for policies that are no Rego, by files of their bundle: for Cedar, where Node has it or `provideCedar` gave it. */
export class AloneStackJudge {
  readonly #stacks: StackJudges;

  /** @param files those that the engine of the policies reads, by their paths in the bundle */
  constructor(files: Files) {
    this.#stacks = new StackJudges({ files });
  }

  /** There is no limit of time: Cedar comes to its end. @throws what loading the engine throws; what it cannot judge is an error of the policy */
  judge(policy: StackPolicy, document: InputDocument): Judgement[] {
    this.#stacks.prepare(policy.style);
    try {
      return this.#stacks.judge(policy, document);
    } catch (error) {
      return [errorJudgement(policy, document, error)];
    }
  }
}
