/** The verifier: proofs, checkpoints, logs. Pure: hash and signature checks are parameters, so it runs in a browser. */
export { fromBase64, toBase64 } from './base64.ts';
export { formatCheckpoint, openCheckpoint, parseCheckpoint } from './checkpoint.ts';
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
export { formatProof, type ProvenRecord, parseProof, verifyProof } from './proof.ts';
export {
  decodeEntries,
  decodeTile,
  entriesPath,
  MAX_ENTRY_BYTES,
  parseTilePath,
  TILE_WIDTH,
  type TilePlace,
  tileCount,
  tilePath,
  tileWidth,
} from './tiles.ts';
export type {
  Checkpoint,
  KeyType,
  Note,
  NoteSignature,
  OpenedNote,
  SignedCheckpoint,
  Signer,
  TlogProof,
  VerifierKey,
  VerifyCrypto,
} from './types.ts';
export { formatVkey, isKeyName, keyId, makeVkey, parseVkey } from './vkey.ts';
