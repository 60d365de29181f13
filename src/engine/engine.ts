import type { InputDocument, InputKind } from '../inputs/index.ts';
import {
  ANSWER,
  type Bundle,
  isRegoPolicy,
  judgesKind,
  type Policy,
  type RegoPolicy,
  regoPolicies,
} from '../policy/index.ts';
import { type Clock, ExhibitError, type Layer } from '../record/index.ts';
import { createBuiltins } from './builtins/registry.ts';
import { Evaluation } from './evaluation.ts';
import { DEFAULT_ENGINE_LIMITS, longest } from './limits.ts';
import { policiesFor } from './policies-for.ts';
import { errorJudgement } from './rules/outcome.ts';
import { StackJudges } from './stacks/index.ts';
import type { Engine, EngineLimits, Judgement } from './types.ts';
import { type Module, webAssembly } from './wasm/platform.ts';
import { baseDocuments, InstancePool } from './wasm/pool.ts';
import { createWatchdog } from './wasm/watchdog.ts';

export interface EngineOptions {
  /** Effective time: what `time.now_ns` says. */
  clock: Clock;
  limits?: Partial<EngineLimits>;
}

/** Documents are judged under one watchdog for about this long, because arming it costs as much as a small document. */
const BATCH_MILLISECONDS = 20;

/**
 * An engine for one verified bundle.
 * @throws ExhibitError BUNDLE_INVALID when policy.wasm does not load or is of an earlier form, POLICY_BUILTIN when it calls what the run time lacks
 */
export async function createEngine(bundle: Bundle, options: EngineOptions): Promise<Engine> {
  const limits = { ...DEFAULT_ENGINE_LIMITS, ...options.limits };
  const module = await compile(bundle.wasm);
  const pool = new InstancePool(module, createBuiltins(options.clock), baseDocuments(bundle.files), limits);
  if (!pool.entrypoints.has(ANSWER))
    throw new ExhibitError(
      'BUNDLE_INVALID',
      "policy.wasm of the bundle has an earlier form, in which some built-ins answer otherwise than in OPA's interpreter",
      { hint: 'Build and sign it again with this version: `exhibit policy build`, `exhibit policy sign`.' },
    );
  return new BundleEngine(bundle, new Evaluation(pool, limits.partBytes), pool, limits);
}

async function compile(wasm: Uint8Array): Promise<Module> {
  try {
    return await webAssembly.compile(wasm);
  } catch (cause) {
    throw new ExhibitError('BUNDLE_INVALID', 'policy.wasm of the bundle is not WebAssembly', { cause });
  }
}

/** Policies that judge documents of one kind at one layer, in the order of the bundle. */
interface Chosen {
  all: Policy[];
  rego: RegoPolicy[];
  others: Exclude<Policy, RegoPolicy>[];
}

class BundleEngine implements Engine {
  readonly #bundle: Bundle;
  readonly #evaluation: Evaluation;
  readonly #pool: InstancePool;
  readonly #limits: EngineLimits;
  readonly #stacks: StackJudges;
  readonly #watchdog = createWatchdog();
  /** By layer and kind: a server judges thousands of documents of few kinds. */
  readonly #chosen = new Map<string, Chosen>();

  constructor(bundle: Bundle, evaluation: Evaluation, pool: InstancePool, limits: EngineLimits) {
    this.#bundle = bundle;
    this.#evaluation = evaluation;
    this.#pool = pool;
    this.#limits = limits;
    this.#stacks = new StackJudges(bundle);
  }

  async judge(document: InputDocument, layer: Layer): Promise<Judgement[]> {
    return this.#judge([document], layer).flat();
  }

  async judgeMany(documents: readonly InputDocument[], layer: Layer): Promise<Judgement[][]> {
    return this.#judge(documents, layer);
  }

  async close(): Promise<void> {
    this.#pool.drop();
  }

  #judge(documents: readonly InputDocument[], layer: Layer): Judgement[][] {
    const results: Judgement[][] = [];
    this.#prepare(documents, layer);
    while (results.length < documents.length) {
      try {
        const limit = this.#longest(documents[results.length]);
        this.#watchdog(limit + BATCH_MILLISECONDS, () => this.#batch(documents, layer, results, limit));
      } catch {
        // The document at hand holds a policy that hangs, traps or throws, or gives what is no JSON: each policy alone
        // shows which, and its error keeps the words.
        const document = documents[results.length];
        if (document !== undefined) results.push(this.#isolated(document, layer));
      }
    }
    return results;
  }

  /** Other engines are loaded for the documents that need them, and outside of the time limit. */
  #prepare(documents: readonly InputDocument[], layer: Layer): void {
    for (const kind of new Set(documents.map((document) => document.kind)))
      for (const { style } of this.#policies(kind, layer).others) this.#stacks.prepare(style);
  }

  /** Judges on from where the results end, until the time of a batch is used up, or a document is due more time than it has. */
  #batch(documents: readonly InputDocument[], layer: Layer, results: Judgement[][], limit: number): void {
    const end = performance.now() + BATCH_MILLISECONDS;
    while (results.length < documents.length && performance.now() < end) {
      const document = documents[results.length];
      if (document === undefined || this.#longest(document) > limit) return;
      const { rego, others } = this.#policies(document.kind, layer);
      const judged = this.#evaluation.together(rego, document);
      for (const policy of others) judged.push(...this.#stacks.judge(policy, document));
      results.push(judged);
    }
  }

  #isolated(document: InputDocument, layer: Layer): Judgement[] {
    const limit = this.#longest(document);
    const guard = <T>(job: () => T): T => this.#watchdog(limit, job);
    const judged = this.#policies(document.kind, layer).all.flatMap((policy) => {
      if (isRegoPolicy(policy)) return this.#evaluation.alone(policy, document, guard);
      try {
        return guard(() => this.#stacks.judge(policy, document));
      } catch (error) {
        return [errorJudgement(policy, document, error)];
      }
    });
    this.#evaluation.done();
    return judged;
  }

  /** How long a document may take, in milliseconds. */
  #longest(document: InputDocument | undefined): number {
    try {
      return longest(this.#limits, document === undefined ? 0 : this.#evaluation.bytes(document));
    } catch {
      // What cannot be written as JSON is an error of each policy, which says why.
      return longest(this.#limits, 0);
    }
  }

  #policies(kind: InputKind, layer: Layer): Chosen {
    const key = `${layer} ${kind}`;
    const known = this.#chosen.get(key);
    if (known !== undefined) return known;
    const all = policiesFor(this.#bundle, layer).filter((policy) => judgesKind(policy, kind));
    const chosen = { all, rego: regoPolicies(all), others: all.filter((policy) => !isRegoPolicy(policy)) };
    this.#chosen.set(key, chosen);
    return chosen;
  }
}
