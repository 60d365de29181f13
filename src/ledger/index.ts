/** The append-only Merkle log in a folder, and its copy in a bucket: write-ahead log, sequencer, tiles, signed checkpoints. */
export { acceptClock } from './accept-clock.ts';
export { Blocks } from './blocks.ts';
export { openBucketReader } from './bucket-reader.ts';
export { type Copied, type CopyOptions, copyLedger } from './copy.ts';
export { encodeUnnumbered } from './encoded.ts';
export { goOnFrom } from './go-on.ts';
export { type Initialized, type InitOptions, initLedger } from './init.ts';
export { folderKeys } from './keys.ts';
export { openLedger } from './ledger.ts';
export { type MissingNumbers, missingNumbers, type Numbering } from './missing-numbers.ts';
export { OWN_EMITTER } from './own.ts';
export { openReader } from './reader.ts';
export { rebuildIndex } from './rebuild.ts';
export * from './remote/index.ts';
export { type Restored, type RestoreOptions, restoreLedger } from './restore.ts';
export { type RotateOptions, rotateKey } from './rotate.ts';
export { type SeenNumbers, seenNumbers } from './seen-numbers.ts';
export { openShown, type Shown, type ShownOptions } from './shown.ts';
export { checkSigner, ledgerSigner, type SignerFacts } from './signer-facts.ts';
export { keyPolicy } from './signers/key-policy.ts';
export { type LedgerStatus, ledgerStatus } from './status.ts';
export { type OnStep, REMOTE_STEPS, STEPS, type Step } from './steps.ts';
export type * from './types.ts';
export type { BlobProblem, BlobsVerified } from './verify-blobs.ts';
export { verifyLedger } from './verify-ledger.ts';
export type { VerifiedLedger, VerifyLedgerOptions } from './verify-options.ts';
export { type StampTrust, verifyStamped } from './verify-stamped.ts';
export {
  type Alarm,
  type AskOptions,
  acknowledgeAlarm,
  askWitnesses,
  MOST_WITNESSES,
  makeWitnesses,
  type Outcome,
  type Round,
  readKnown,
  WITNESS_TIMEOUT,
  type WitnessSetting,
  type WitnessStatus,
} from './witness/index.ts';
