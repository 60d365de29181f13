/** Packs: what an auditor takes away, and its verification. Pure. */
export { allot, compareBytes, type Stratum } from './allot.ts';
export { CONTENTS, type Contents, lineOf, listFiles, SUMS } from './contents.ts';
export { type Beside, besideNames, type Recorded, verifyRecorded } from './recorded.ts';
export { DO_NOT_RELY } from './refuse.ts';
export type { ReportStanding } from './reports.ts';
export { completeText, NOT_ON_RECORD, notShownText } from './said.ts';
export { sampleText } from './samples.ts';
export { sampleSize, tableSize, zeroDeviationSize } from './size.ts';
export { stampedPack } from './stamped.ts';
export {
  answerDigest,
  blobPath,
  openPack,
  type PackOptions,
  type VerifiedPack,
  verifyPack,
} from './verify.ts';
export { damagedFiles, formatZip, type PackFile, readZip, type ZipParts, zipParts } from './zip.ts';
