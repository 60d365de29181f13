/** The lake: closed days as Parquet, a projection of the ledger; and queries over it in Athena's dialect. */

export { type BridgeRow, readBridge } from './bridge.ts';
export { type BucketVerification, verifyBucketLake } from './bucket/verify.ts';
export { closedDays, logDays } from './calendar.ts';
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
export { addDays, dayStart, daysOf, formatPeriod, toPeriods } from './days.ts';
export { checkName, LAKE_FOLDERS } from './keys.ts';
export { findQuery, QUERIES, queryText } from './queries/index.ts';
export type { QueryParameter, QueryTemplate } from './queries/types.ts';
export { assertDialect, lintDialect } from './query/lint.ts';
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
export { type QueryColumn, type QueryValue, resultDigest } from './query/values.ts';
export { type Rebuild, type RebuildOptions, type RebuiltDay, rebuildLake } from './rebuild.ts';
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
