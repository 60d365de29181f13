/** The lake: closed days as Parquet, a projection of the ledger; and queries over it in Athena's dialect. */

export { type BridgeRow, readBridge } from './bridge.ts';
export { type Held, holdFiles } from './bucket/hold.ts';
export { withBucketReader } from './bucket/reader.ts';
export { restoreFromBelow } from './bucket/restore.ts';
export { type Retained, type RetainOptions, retainObjects } from './bucket/retain.ts';
export type { Choice } from './bucket/select.ts';
export { type BucketVerification, verifyBucketLake } from './bucket/verify.ts';
export { closedDays, daysWithoutRecords, logDays } from './calendar.ts';
export { type FormationInputs, type FormationRequest, formationInputs } from './catalogue/formation.ts';
export { type GlueInputs, glueInputs } from './catalogue/glue.ts';
export { type Named, readNamed } from './catalogue/read.ts';
export { type Saved, type SavedStatement, savedStatements } from './catalogue/saved.ts';
export { catalogueTables, checkDatabase, databaseOf } from './catalogue/tables.ts';
export { trinoStatements } from './catalogue/trino.ts';
export type { CatalogueRequest, CatalogueTable } from './catalogue/types.ts';
export {
  CLOSE_STEPS,
  type ClosedDay,
  type CloseOptions,
  type CloseStage,
  type CloseStep,
  closeDay,
  DEFAULT_GRACE,
  UPLOAD_STEPS,
} from './close.ts';
export { EVIDENCE_COLUMNS } from './columns.ts';
export { addDays, dayStart, daysOf, formatPeriod, toPeriods } from './days.ts';
export { inList } from './duckdb.ts';
export { versionsUpTo } from './history.ts';
export { type Decision, holdDraft } from './keeping.ts';
export { checkName, LAKE_FOLDERS } from './keys.ts';
export { LAKE_EMITTER, readManifest } from './manifest.ts';
export { answerOne } from './process/answer.ts';
export { type Asked, askProcess, type Failed, type Program } from './process/ask.ts';
export { paced, type Tell } from './process/paced.ts';
export {
  PURGE_STEPS,
  type Purged,
  type PurgeOptions,
  type PurgePlaces,
  type PurgeStep,
  purgeLake,
} from './purge/purge.ts';
export { purgedKeys } from './purge/purged-keys.ts';
export { findQuery, QUERIES, queryText } from './queries/index.ts';
export type { QueryParameter, QueryTemplate } from './queries/types.ts';
export { answerCsv, cellText } from './query/csv.ts';
export { entriesWhere, oneOf, type Where, type WhereOptions } from './query/entries-where.ts';
export { Known } from './query/known.ts';
export { assertDialect, lintDialect } from './query/lint.ts';
export { OWN_VIEWS, readsAllFrameworks } from './query/own.ts';
export type { DialectProblem } from './query/problem.ts';
export { query } from './query/run.ts';
export type {
  CheckDepth,
  Coverage,
  CoverageGap,
  QueryAnswer,
  QueryOptions,
  QueryRequest,
} from './query/types.ts';
export { answeredTime, type QueryColumn, type QueryValue, resultDigest } from './query/values.ts';
export { FEW_RECORDS, rowsWhereWhole } from './query/whole.ts';
export { type Rebuild, type RebuildOptions, type RebuiltDay, rebuildLake } from './rebuild.ts';
export { queryRemote } from './remote/answer.ts';
export { type AthenaEngine, athenaEngine } from './remote/athena/engine.ts';
export { type AthenaInputs, type AthenaSaved, athenaInputs, saveToAthena } from './remote/athena/save.ts';
export type { AthenaSettings } from './remote/athena/settings.ts';
export { type TrinoEngine, trinoEngine } from './remote/trino/engine.ts';
export type { TrinoSettings } from './remote/trino/settings.ts';
export type { RemoteEngine, RemoteLake, RemoteOptions, RemoteResult } from './remote/types.ts';
export { type LakeStatus, lakeStatus } from './status.ts';
export type {
  DayGap,
  LakeProblem,
  Manifest,
  ManifestDetails,
  ManifestFile,
  Period,
  PolicyVersion,
} from './types.ts';
export { LAKE_SCHEMA, RECORDED_GAPS } from './types.ts';
export { type LakeVerification, type VerifyOptions, verifyLake } from './verify.ts';
