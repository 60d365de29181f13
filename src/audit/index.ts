/** The auditor's work: what is missing, and what the evidence of a scope says. */

export { allot, type Stratum } from '../verify/index.ts';
export { type Act, type Acts, readActs } from './acts/read.ts';
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
export {
  engagementActs,
  listEngagements,
  type Request,
  replyAct,
  requestAct,
  requestsOf,
} from './engagement/acts.ts';
export { ANSWERED_BY, type Answer, answerControls } from './engagement/answer.ts';
export { type Continuation, continuation } from './engagement/consistency.ts';
export { controlIn } from './engagement/control.ts';
export type { ControlAnswer } from './engagement/controls.ts';
export {
  closingDraft,
  type Engagement,
  engagementDraft,
  type Opening,
  readEngagement,
  requireOpen,
} from './engagement/engagement.ts';
export {
  linkDraft,
  linkUsedDraft,
  readLink,
  type SignInLink,
} from './engagement/links.ts';
export { findGaps, type Gap, type Gaps, type GapsOptions } from './gaps/find.ts';
export { recordGaps, unrecorded } from './gaps/record.ts';
export { type HonestTest, honestTest } from './honest/honest.ts';
export { type HonestOptions, readHonestFacts } from './honest/read.ts';
export { HONEST_TEST } from './honest/reads.ts';
export { type Answered, type AnswerWord, type HonestFacts, QUESTIONS, type Rest } from './honest/types.ts';
export { type HookState, JudgedByHooks } from './hooks/judged.ts';
export { formOf, MOST_BYTES, mediaType, safeName, secretLines } from './manual/content.ts';
export {
  type Added,
  addedSchema,
  EXPIRING_DAYS,
  expiringFrom,
  FORMS,
  type Form,
  type Freshness,
  freshnessOn,
  type Reviewed,
  reviewedSchema,
} from './manual/details.ts';
export {
  type ManualItem,
  type ManualReview,
  type ManualState,
  manualItems,
  stateOn,
} from './manual/items.ts';
export { isWrittenHere } from './own.ts';
export { type MadePack, makePack, type PackRequest } from './pack/make.ts';
export {
  askPopulation,
  type Population,
  type PopulationOptions,
  type Target,
  targetName,
} from './population/ask.ts';
export { type Completeness, completeness, openQuestions } from './population/complete.ts';
export { type Item, type PopulationRow, UNITS, type Unit } from './population/items.ts';
export { CLOUDTRAIL_CALLS, type TrailRead, takeTrailEvent } from './reconcile/cloudtrail.ts';
export {
  type Compared as ComparedPopulation,
  comparePopulation,
  type Seen,
  type SourceExport,
  type Told as ToldElsewhere,
  uncovered,
} from './reconcile/compare.ts';
export { RECONCILED } from './reconcile/kind.ts';
export {
  type ComparedWith,
  isReconciled,
  newestCompared,
  notReconciled,
  type PastReconciliation,
  reconciliationsOf,
} from './reconcile/past.ts';
export { cutPages, type PipelineRun, type PipelinesRead, takePipelines } from './reconcile/pipelines.ts';
export { askable } from './replay/askable.ts';
export { COMPARED_FIELDS } from './replay/compare.ts';
export { type BundleIndexes, bundleIndexes, keptRule } from './replay/kept-rule.ts';
export { pageData } from './replay/page/collect.ts';
export type { PageBundle, PageData, PageDecision } from './replay/page/data.ts';
export { type Performed, Performer } from './replay/page/perform.ts';
export { Replay, type ReplayOptions } from './replay/replay.ts';
export { type RuleText, ruleText } from './replay/rule-text.ts';
export { byId, ofScope, type Selected, type Selection } from './replay/select.ts';
export type { Refused } from './replay/shelf.ts';
export { type Announced, announcedBundles, storedBundle } from './replay/stored-bundle.ts';
export { type InputFacts, storedDocument } from './replay/stored-input.ts';
export {
  type Asked,
  CANNOT,
  type Cannot,
  type Difference,
  type Outcome,
  type Replayed,
  type Said,
  type UsedBundle,
  WHY,
  type Why,
} from './replay/types.ts';
export { type AiActIndex, aiActIndex, aiActSchema } from './report/ai-act.ts';
export { type Applicability, applicabilitySchema } from './report/applicability.ts';
export { type ReportOptions, readReport } from './report/build.ts';
export {
  REPORT_OF_LAW,
  REPORTS,
  type ReportName,
  reportDocument,
  WITH_DRIFT,
} from './report/document/build.ts';
export type { DocumentFacts } from './report/document/facts.ts';
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
export { levelText, policiesOf, verifyWhole } from './report/trust.ts';
export {
  type DrawMethod,
  type Drawn,
  type DrawnItem,
  drawSample,
  refuseOpen,
  STRATA,
} from './sample/draw.ts';
export { proveItem, textDigest } from './sample/prove.ts';
export {
  type DrawDetails,
  drawAct,
  drawDetails,
  drawMarks,
  drawsOf,
  type PastDraw,
  pastDraw,
  SAMPLE_DRAWN,
  targetOf,
} from './sample/record.ts';
export { itemsDigest, placeOf, populationDigest, seedOf } from './sample/seed.ts';
export { partsOf, type SizeTable, sizeTableSchema, tableSize, zeroDeviationSize } from './sample/size.ts';
export { type Compared, compareSaved, requestAgain } from './saved/compare.ts';
export { type SavedQuery, savedDetails, savedSchema } from './saved/details.ts';
export { type Fitting, fittingQuestions } from './saved/fitting.ts';
export { type KeptRow, keptRows, MOST_ROWS_BYTES, rowsBlob } from './saved/rows.ts';
export { type InLog, keepAnswer, readSaved, recordAct } from './saved/save.ts';
export {
  AUDIT_EMITTER,
  type AuditAct,
  appendActs,
  auditDraft,
  plainDetails,
  recordActs,
} from './scope/draft.ts';
export { confineTo, notWithin, requestWithin } from './scope/request.ts';
export {
  type PeriodEnd,
  parseScope,
  periodEnd,
  type Scope,
  scopeSchema,
  stateBody,
} from './scope/scope.ts';
export { type Ask, type Source, sourceHere } from './scope/source.ts';
export { engagementLines } from './views/engagements.ts';
export { engineerView } from './views/engineer.ts';
export { fixesOf } from './views/failing.ts';
export { fixOf } from './views/fixes.ts';
export { leadView } from './views/lead.ts';
export {
  type EngagementLine,
  engagementLineSchema,
  type OpenFinding,
  openFindingSchema,
} from './views/types.ts';
