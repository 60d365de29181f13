import { ExhibitError } from '../../record/index.ts';

/** What is checked of a time stamp, each by its own name: the name stands in the details of the error. */
export type StampCheck =
  | 'form'
  | 'status'
  | 'imprint'
  | 'nonce'
  | 'policy'
  | 'extension'
  | 'signer'
  | 'algorithm'
  | 'attributes'
  | 'usage'
  | 'certificate-id'
  | 'validity'
  | 'chain'
  | 'signature';

/** @throws ExhibitError TIMESTAMP_INVALID with details {check} */
export function refuse(check: StampCheck, message: string, cause?: unknown): never {
  throw new ExhibitError('TIMESTAMP_INVALID', `the time stamp does not hold (${check}): ${message}`, {
    details: { check },
    ...(cause === undefined ? {} : { cause }),
  });
}
