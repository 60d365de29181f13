import { ExhibitError } from '../../record/index.ts';

/** What is known of why a signer gave no signature; never a secret. */
export interface SignerFault {
  cause?: unknown;
  hint?: string;
  /** The word of the signer itself, such as ThrottlingException or CKR_PIN_INCORRECT. */
  reason?: string;
}

/** A signer gave no signature that can be used. Nothing was published with it; what waits is kept. */
export function signerFailed(
  signer: string,
  why: string,
  { cause, hint, reason }: SignerFault = {},
): ExhibitError {
  return new ExhibitError('SIGNER_FAILED', `the signer ${signer} ${why}`, {
    ...(cause === undefined ? {} : { cause }),
    ...(hint === undefined ? {} : { hint }),
    ...(reason === undefined ? {} : { details: { reason } }),
  });
}

/** The signer is there and holds something else than the key that it should. */
export function wrongKey(signer: string, why: string, hint?: string): ExhibitError {
  return new ExhibitError('LEDGER_KEY', `the signer ${signer} ${why}`, hint === undefined ? {} : { hint });
}
