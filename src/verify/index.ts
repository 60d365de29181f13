/** The verifier: proofs, checkpoints, logs. Pure: hash and signature checks are parameters, so it runs in a browser. */

export {
  type AddCheckpoint,
  formatAddCheckpoint,
  parseAddCheckpoint,
  TLOG_SIZE_TYPE,
} from './add-checkpoint.ts';
export { type Anchors, briefLevel, formatAnchors, type KeptPlace, type Stamped } from './anchored.ts';
export {
  type Envelope,
  formatEnvelope,
  MAX_ENVELOPE_BYTES,
  openEnvelope,
  PAYLOAD_TYPE,
  pae,
} from './attest/dsse.ts';
export { imagesOf, type NamedImage, readImage } from './attest/images.ts';
export {
  type AttestCrypto,
  type AttestKey,
  type AttestKeyType,
  parseAttestKey,
} from './attest/keys.ts';
export {
  canonicalObject,
  compareObject,
  type DigestTree,
  digestTree,
  type ObjectDifference,
  objectDigest,
  scalarDigest,
} from './attest/object.ts';
export { type AttestCheck, CHECKS } from './attest/refuse.ts';
export {
  type AttestForm,
  formatSigstoreBundle,
  type ReadEnvelope,
  readEnvelope,
  SIGSTORE_BUNDLE,
} from './attest/sigstore.ts';
export {
  EXTENSION,
  type Extension,
  levelOfLayer,
  parseSummary,
  policyUri,
  SLSA_VERSION,
  STATEMENT_TYPE,
  SUBJECT_KINDS,
  SUMMARY_TYPE,
  type Subject,
  type SubjectKind,
  type Summary,
  VERIFIER_ID,
} from './attest/statement.ts';
export {
  checkSummary,
  type OpenedSummary,
  openSummary,
  type SummaryOptions,
  type VerifiedSummary,
  verifyRead,
  verifySummary,
  type WantedSubject,
} from './attest/summary.ts';
export { fromBase64, toBase64 } from './base64.ts';
export { verifyBlob } from './blob.ts';
export { type Bundle, type BundleRecords, type BundleResult, verifyBundle } from './bundle.ts';
export { type BundleRequest, type CheckBundle, checkBundle } from './bundles.ts';
export { openCheckpoint } from './checkpoint.ts';
export { formatCheckpoint, parseCheckpoint } from './checkpoint-body.ts';
export {
  algorithmMissing,
  type CosignatureType,
  cosignedMessage,
  timestamped,
} from './cosignature.ts';
export {
  COSIGNED_INDEX,
  cosignedPath,
  formatCosignedIndex,
  openCosigned,
  parseCosignedIndex,
  readCosigned,
} from './cosigned.ts';
export type { DifferenceKind } from './difference.ts';
export { type EntryFacts, LEDGER_EMITTER, type ReadEntry, readEntry } from './entry.ts';
export { type Handover, handoverPath, openTrusted, type Trusted, verifyHandover } from './handover.ts';
export { formatLevel, type Level, levelOf } from './level.ts';
export { type LogOptions, type VerifiedLog, verifyLog } from './log.ts';
export {
  type ConsistencyClaim,
  emptyRoot,
  HASH_BYTES,
  type InclusionClaim,
  leafHash,
  nodeHash,
  verifyConsistency,
  verifyInclusion,
} from './merkle.ts';
export {
  formatNote,
  formatSignature,
  MAX_NOTE_BYTES,
  MAX_NOTE_SIGNATURES,
  openNote,
  parseNote,
} from './note.ts';
export {
  allot,
  answerDigest,
  type Beside,
  besideNames,
  blobPath,
  CONTENTS,
  type Contents,
  compareBytes,
  completeText,
  DO_NOT_RELY,
  damagedFiles,
  formatZip,
  lineOf,
  listFiles,
  NOT_ON_RECORD,
  notShownText,
  type PackFile,
  type PackOptions,
  type Recorded,
  type ReportStanding,
  readZip,
  type Stratum,
  SUMS,
  sampleSize,
  sampleText,
  stampedPack,
  tableSize,
  type VerifiedPack,
  verifyPack,
  verifyRecorded,
  type ZipParts,
  zeroDeviationSize,
  zipParts,
} from './pack/index.ts';
export { formatProof, type ProvenRecord, parseProof, verifyProof } from './proof.ts';
export { readRecord } from './record.ts';
export { refuseEnded } from './retired.ts';
export { type LogSource, loadEntries, loadTile } from './source.ts';
export { type FoundStamp, STAMP_EMITTER, STAMP_KIND, type Stamp } from './stamp.ts';
export {
  decodeEntries,
  decodeTile,
  entriesPath,
  MAX_ENTRY_BYTES,
  parseTilePath,
  splitEntries,
  TILE_WIDTH,
  type TilePlace,
  tileCount,
  tilePath,
  tileWidth,
} from './tiles.ts';
export { foldRoots, type GrowingTree, growingTree } from './tree.ts';
export {
  MAX_TRUST_POLICY_BYTES,
  meetsQuorum,
  parseTrustPolicy,
  type Quorum,
  requireQuorum,
  type TrustPolicy,
} from './trust-policy.ts';
export type {
  Checkpoint,
  KeyType,
  Note,
  NoteSignature,
  OpenedNote,
  SignatureCrypto,
  SignedCheckpoint,
  Signer,
  TlogProof,
  VerifierKey,
  VerifyCrypto,
} from './types.ts';
export { formatVkey, isKeyName, isWitnessKey, keyId, makeVkey, parseVkey } from './vkey.ts';
export { bestWitnessed, witnessedLevel } from './witnessed.ts';
