/** The lake: closed days as Parquet, a projection of the ledger; and queries over it in Athena's dialect. */
export { type ClosedDay, type CloseOptions, type CloseStage, closeDay, DEFAULT_GRACE } from './close.ts';
export { addDays, dayStart, daysOf } from './days.ts';
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
export { LAKE_SCHEMA } from './types.ts';
export { type LakeVerification, type VerifyOptions, verifyLake } from './verify.ts';
