import type { InputDocument } from '../inputs/index.ts';
import type { Bundle, RegoPolicy } from '../policy/index.ts';
import { SEVERITIES, type Severity } from '../record/index.ts';
import { createBuiltins } from './builtins/registry.ts';
import { Evaluation } from './evaluation.ts';
import { DEFAULT_ENGINE_LIMITS } from './limits.ts';
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

/** Whether a fail is below the severity from which on its run blocked. */
export function isBelow(severity: Severity, failOn: string | undefined): boolean {
  if (failOn === undefined || failOn === 'any') return false;
  const threshold = SEVERITIES.indexOf(failOn as Severity);
  return threshold < 0 || SEVERITIES.indexOf(severity) > threshold;
}
