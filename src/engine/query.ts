import type { Bundle } from '../policy/index.ts';
import { createBuiltins } from './builtins/registry.ts';
import type { EngineOptions } from './engine.ts';
import { DEFAULT_ENGINE_LIMITS } from './limits.ts';
import { webAssembly } from './wasm/platform.ts';
import { baseDocuments, InstancePool } from './wasm/pool.ts';
import { createWatchdog } from './wasm/watchdog.ts';

/** One question: a rule of `data.exhibit.entry` by its name, and an input. */
export interface RuleQuestion {
  rule: string;
  /** JSON in UTF-8. */
  input: Uint8Array;
}

/** Answers single rules of a bundle, for callers that ask as they ask OPA's data API. */
export interface RuleAnswers {
  /**
   * Answers many questions under one watch of time, which costs more than a short rule does.
   * @returns for each the value as JSON text; undefined where the rule is undefined; or what evaluating it threw
   */
  ask(questions: readonly RuleQuestion[]): (string | undefined | Error)[];
}

/** @throws ExhibitError BUNDLE_INVALID, POLICY_BUILTIN */
export async function createRuleAnswers(bundle: Bundle, options: EngineOptions): Promise<RuleAnswers> {
  const limits = { ...DEFAULT_ENGINE_LIMITS, ...options.limits };
  const module = await webAssembly.compile(bundle.wasm);
  const pool = new InstancePool(module, createBuiltins(options.clock), baseDocuments(bundle.files), limits);
  const watch = createWatchdog();
  const one = ({ rule, input }: RuleQuestion): string | undefined => pool.ask(rule, input);
  return {
    ask(questions) {
      const answers: (string | undefined | Error)[] = [];
      while (answers.length < questions.length) {
        try {
          watch(limits.evaluationMilliseconds, () => {
            while (answers.length < questions.length)
              answers.push(one(questions[answers.length] as RuleQuestion));
          });
        } catch (error) {
          // The one at hand hangs, traps or throws. Of several the time may have been used by those before it: it gets its own.
          const question = questions[answers.length] as RuleQuestion;
          answers.push(alone(() => watch(limits.evaluationMilliseconds, () => one(question)), error));
        }
      }
      return answers;
    },
  };
}

function alone(job: () => string | undefined, first: unknown): string | undefined | Error {
  try {
    return job();
  } catch (error) {
    const shown = error ?? first;
    return shown instanceof Error ? shown : new Error(String(shown));
  }
}
