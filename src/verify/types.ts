import type { Sha256 } from '../record/index.ts';

/**
 * The functions that the verifier needs and does not bring along. All are synchronous and keep nothing of what
 * they are given: the verifier uses its buffers again after the call.
 */
export interface VerifyCrypto {
  sha256: Sha256;
  /** RFC 8032 Ed25519: 32-byte public key, 64-byte signature. False, never an exception, for what does not verify. */
  verifyEd25519(publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array): boolean;
  /**
   * FIPS 204 ML-DSA-44 without a context: 1312-byte public key, 2420-byte signature. Left out where the run time has none:
   * then a signature of such a key is an error, neither good nor bad.
   */
  verifyMlDsa44?:
    | ((publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array) => boolean)
    | undefined;
}

/** The part of it that opens signed notes. */
export type SignatureCrypto = Pick<VerifyCrypto, 'verifyEd25519' | 'verifyMlDsa44'>;

/**
 * What signs with a key: the log itself (`ed25519`), or a witness that co-signs with a time, by Ed25519 (`cosignature`) or by
 * ML-DSA-44. @see c2sp.org/signed-note, "Signature types"
 */
export type KeyType = 'ed25519' | 'cosignature' | 'ml-dsa-44';

/** A verifier key as a vkey text carries it: `<name>+<id, 8 hex digits>+<base64(type || public key)>`. */
export interface VerifierKey {
  name: string;
  /** First four bytes of SHA-256(name || 0x0A || type || public key), hexadecimal. */
  id: string;
  type: KeyType;
  /** 32 bytes; 1312 of ML-DSA-44. */
  publicKey: Uint8Array;
}

/** One signature line of a note, before anything is verified. */
export interface NoteSignature {
  name: string;
  /** Key id, 8 hexadecimal digits. */
  id: string;
  /** Signature bytes without the key id. */
  signature: Uint8Array;
}

/** A note that was taken apart and not verified. */
export interface Note {
  /** Signed text, with its last newline. Attacker-controlled until openNote has verified it. */
  text: string;
  signatures: NoteSignature[];
}

/** A known key whose signature verified. */
export interface Signer {
  key: VerifierKey;
  /** When a witness co-signed, Unix seconds; undefined for a log's own signature and for a cosignature that states no time. */
  time: number | undefined;
}

export interface OpenedNote {
  text: string;
  /** Never empty. */
  signers: Signer[];
}

/** What a checkpoint states: the size and root of one log. */
export interface Checkpoint {
  /** Name of the log. */
  origin: string;
  /** Number of leaves, at most 2^53 - 1. */
  size: number;
  /** Root hash, 32 bytes. */
  root: Uint8Array;
  /** Extension lines, kept as they are; not covered by any meaning here. */
  extensions: string[];
}

/** A checkpoint whose log signature verified. */
export interface SignedCheckpoint extends Checkpoint {
  /** The key of the log that signed. */
  key: VerifierKey;
  /** Witnesses among the known keys whose cosignature verified. */
  witnesses: Signer[];
}

/** A `.tlog-proof`: what shows that one record is in the log. */
export interface TlogProof {
  /** Zero-based index of the record. */
  index: number;
  /** Sibling hashes from the leaf up. */
  hashes: Uint8Array[];
  /** The signed checkpoint, verbatim. */
  checkpoint: string;
  /** Opaque and not authenticated. */
  extra?: Uint8Array;
}
