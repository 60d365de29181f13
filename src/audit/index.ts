/** The auditor's work: what is missing. */
export { type Admitted, AdmittedObjects } from './admissions/admitted.ts';
export { findGaps, type Gap, type Gaps, type GapsOptions } from './gaps/find.ts';
export { recordGaps, unrecorded } from './gaps/record.ts';
export { type HookState, JudgedByHooks } from './hooks/judged.ts';
