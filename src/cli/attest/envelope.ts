import { canonicalize, isExhibitError } from '../../record/index.ts';
import {
  type AttestForm,
  type Envelope,
  formatEnvelope,
  formatSigstoreBundle,
  MAX_ENVELOPE_BYTES,
  PAYLOAD_TYPE,
  pae,
  verifySummary,
} from '../../verify/index.ts';
import { nodeAttestCrypto } from '../../verify/node.ts';
import type { SigningKey } from './signing-key.ts';
import { refused, type summaryStatement } from './statement.ts';

/**
 * Signs a statement. What comes out was verified as a reader does it, so that nothing is written that would not hold.
 * @param now Unix milliseconds
 * @returns the envelope
 * @throws ExhibitError ATTESTATION_REFUSED
 */
export function signStatement(
  statement: ReturnType<typeof summaryStatement>,
  key: SigningKey,
  now: number,
): Envelope {
  const payload = Buffer.from(textOf(statement));
  const signature = key.sign(pae(PAYLOAD_TYPE, payload));
  const envelope = { payloadType: PAYLOAD_TYPE, payload, signatures: [{ keyid: key.public.id, signature }] };
  const bytes = formatAttestation(envelope, 'sigstore', key);
  if (bytes.length > MAX_ENVELOPE_BYTES)
    throw refused(
      `it would have ${bytes.length} bytes; ${MAX_ENVELOPE_BYTES} is the most`,
      'Judge the files in several runs.',
    );
  const extension = statement.predicate['urn:exhibit:attestation:1'];
  const subjects = statement.subject.map(({ name, digest }) => ({ what: name, sha256: digest.sha256 }));
  verifySummary(
    bytes,
    { keys: [key.public], now, subjects, layer: extension.layer, failOn: extension.fail_on },
    nodeAttestCrypto,
  );
  return envelope;
}

function textOf(statement: object): string {
  try {
    return canonicalize(statement);
  } catch (error) {
    if (!isExhibitError(error)) throw error;
    throw refused(`it has no canonical form: ${error.message}`);
  }
}

/** The bytes of a file with the envelope, by itself on one line, or in a bundle of sigstore. */
export function formatAttestation(
  envelope: Envelope,
  form: AttestForm,
  key: Pick<SigningKey, 'public'>,
): Buffer {
  const value = form === 'dsse' ? formatEnvelope(envelope) : formatSigstoreBundle(envelope, key.public);
  return Buffer.from(`${JSON.stringify(value)}\n`);
}
