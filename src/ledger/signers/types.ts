import type { VerifierKey } from '../../verify/index.ts';

/** A private key that Exhibit may use and does not hold. */
export interface OutsideKey {
  /** The 32 bytes of the public key. @throws ExhibitError SIGNER_FAILED, LEDGER_KEY (it is no Ed25519 key) */
  publicKey(): Promise<Uint8Array>;
  /** The signature of these bytes, as it was answered: whoever asks verifies it. @throws ExhibitError SIGNER_FAILED */
  sign(message: Uint8Array): Promise<Uint8Array>;
}

/** Where a key is. Nothing of it is secret. */
export type SignerPlace =
  | { kind: 'file'; path: string }
  | { kind: 'awskms'; key: string; region: string | undefined }
  | { kind: 'pkcs11'; module: string; token: string; id: string; pinFile: string | undefined };

export type SignerKind = SignerPlace['kind'];

/** What a signer finds around it. */
export interface Surroundings {
  env: Readonly<Record<string, string | undefined>>;
  /** How long a signer outside this process may take for one answer, in milliseconds. */
  timeout: number;
  /** Most times that it is asked for one signature. */
  tries: number;
}

/** A signature every second or so: who does not answer in this time is away. */
export const SURROUNDINGS: Surroundings = { env: process.env, timeout: 5_000, tries: 3 };

/** What signs checkpoints. */
export interface LogSigner {
  readonly key: VerifierKey;
  /** Where the private key is: in the folder of the ledger, or with someone who is asked for each signature. */
  readonly kind: 'ledger' | SignerKind;
  /** The same as it is configured, for a reader: never a secret. */
  readonly place: string;
  /**
   * What the key file of the ledger holds. For a key in the folder it is secret, as Go's sumdb/note writes it:
   * `PRIVATE+KEY+<name>+<id>+<base64(1 || seed)>`. Else it says where the key is.
   */
  readonly stored: string;
  /** A signature that verifies with the key. @throws ExhibitError SIGNER_FAILED, LEDGER_KEY */
  sign(message: Uint8Array): Promise<Uint8Array>;
}
