import { ExhibitError } from '../../record/index.ts';

/** What is checked of an attestation, in this order; an error names the first that failed in `details.check`. */
export const CHECKS = [
  'size',
  'json',
  'envelope',
  'payload_type',
  'signature',
  'statement',
  'predicate_type',
  'predicate',
  'verifier',
  'result',
  'level',
  'threshold',
  'time',
  'expiry',
  'age',
  'override',
  'lineage',
  'bundle',
  'serial',
  'resource',
  'subject',
] as const;
export type AttestCheck = (typeof CHECKS)[number];

/** @throws ExhibitError ATTESTATION_INVALID that names the check */
export function refuse(check: AttestCheck, why: string, hint?: string, cause?: unknown): never {
  throw new ExhibitError('ATTESTATION_INVALID', `the attestation does not hold (${check}): ${why}`, {
    details: { check },
    ...(hint === undefined ? {} : { hint }),
    ...(cause === undefined ? {} : { cause }),
  });
}
