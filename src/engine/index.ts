/** Judges an input with a verified bundle; verdict, override, disposition; the records of a run. */
export {
  AloneJudge,
  AloneStackJudge,
  type Compiled,
  compiledOf,
  inputText,
  inputValue,
} from './alone.ts';
export { type Disposal, type DisposeContext, dispose, isActive } from './dispose.ts';
export { createEngine, type EngineOptions } from './engine.ts';
export { judgeResult } from './evaluation.ts';
export { anyGlob, matchesGlob } from './glob.ts';
export { DEFAULT_ENGINE_LIMITS } from './limits.ts';
export type { OverrideUsage } from './override-usage.ts';
export { environmentOf, type StatedPlace } from './place.ts';
export { policiesFor } from './policies-for.ts';
export { createRuleAnswers, type RuleAnswers, type RuleQuestion } from './query.ts';
export { modeAt, type Schedule } from './rollout.ts';
export { bundleRecords } from './run/bundle-record.ts';
export {
  ABOUT_THERE,
  INPUT_POLICY,
  type JudgeAllOptions,
  type JudgedBundle,
  judgeAll,
  type RunResult as Judged,
} from './run/judge-all.ts';
export { placed } from './run/placed.ts';
export {
  ENGINE,
  type RecordedBundle,
  type RecordsOptions,
  type RunAttribution,
  type RunRecords,
  recordsOfRun,
  saidOf,
  type UnnumberedRecord,
} from './run/records.ts';
export type * from './types.ts';
