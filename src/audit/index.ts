/** The auditor's work: what is missing, and what the evidence of a scope says. */
export { type Batch, batchSchema, listSchema, type Received, receivedWrites } from './admission/batches.ts';
export { isBypass } from './admission/changes.ts';
export { type Expectation, readExpectation } from './admission/expectation.ts';
export {
  BYPASS_REASONS,
  type Reconciliation,
  reconcile,
  type Told,
} from './admission/reconcile.ts';
export { about, reconciliationRecords, WORDS } from './admission/records.ts';
export { admissionRuns } from './admission/runs.ts';
export { type AuditWrite, leftOut, type RequestTold, writeOf } from './admission/write.ts';
export { type Admitted, AdmittedObjects } from './admissions/admitted.ts';
export {
  type EarlierAnswer,
  type EarlierAsked,
  type EarlierPass,
  type EarlierRun,
  earlierAnswerSchema,
  earlierQuestionSchema,
  MOST_ASKED,
} from './earlier/exchange.ts';
export { EarlierPasses } from './earlier/passes.ts';
export { findGaps, type Gap, type Gaps, type GapsOptions } from './gaps/find.ts';
export { recordGaps, unrecorded } from './gaps/record.ts';
export { type HonestTest, honestTest } from './honest/honest.ts';
export { type HonestOptions, readHonestFacts } from './honest/read.ts';
export { type Answered, type AnswerWord, type HonestFacts, QUESTIONS, type Rest } from './honest/types.ts';
export { type HookState, JudgedByHooks } from './hooks/judged.ts';
export { type Applicability, applicabilitySchema } from './report/applicability.ts';
export { type ReportOptions, readReport } from './report/build.ts';
export {
  type DocumentFacts,
  REPORTS,
  type ReportName,
  reportDocument,
  WITH_DRIFT,
} from './report/document/build.ts';
export type { Readers } from './report/document/methodology.ts';
export type {
  DocumentBlock,
  DocumentCell,
  DocumentSection,
  ReportDocument,
} from './report/document/types.ts';
export { type DriftEpisode, type DriftReport, driftFigures, driftSchema } from './report/drift.ts';
export { unreadableReport } from './report/empty.ts';
export { type AuditReport, auditReportSchema, type ControlReport } from './report/schema.ts';
export { AUDIT_EMITTER, type AuditAct, auditDraft } from './scope/draft.ts';
export { type PeriodEnd, parseScope, periodEnd, type Scope, scopeSchema } from './scope/scope.ts';
