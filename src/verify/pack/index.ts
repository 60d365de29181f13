/** Packs: what an auditor takes away, and its verification. Pure. */
export { allot, compareBytes, type Stratum } from './allot.ts';
export { CONTENTS, type Contents, lineOf, listFiles, SUMS } from './contents.ts';
export { verifyRecorded } from './recorded.ts';
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
