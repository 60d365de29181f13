import { z } from 'zod';
import { toUtf8 } from '../bytes.ts';
import { decodeBase64, encodeBase64 } from './base64.ts';
import type { AttestCrypto, AttestKey } from './keys.ts';
import { refuse } from './refuse.ts';

/** Of an in-toto statement in a DSSE envelope. @see in-toto attestation framework, spec/v1/envelope.md */
export const PAYLOAD_TYPE = 'application/vnd.in-toto+json';

/** Longest envelope or bundle that is read, in bytes: some thousands of objects. */
export const MAX_ENVELOPE_BYTES = 32 * 1024 * 1024;
/** Most signatures in one envelope. */
const MAX_SIGNATURES = 20;

export interface EnvelopeSignature {
  /** A hint that nobody signed. */
  keyid?: string;
  signature: Uint8Array;
}

/** A DSSE envelope that was taken apart and not verified. @see DSSE 1.0.2, envelope.md */
export interface Envelope {
  payloadType: string;
  payload: Uint8Array;
  signatures: EnvelopeSignature[];
}

const envelopeSchema = z.object({
  payloadType: z.string().min(1).max(256),
  payload: z.string(),
  signatures: z
    .array(z.object({ keyid: z.string().max(1024).optional(), sig: z.string().max(16_384) }))
    .min(1)
    .max(MAX_SIGNATURES),
});

/**
 * What is signed: "DSSEv1", the length and the text of the type, the length and the bytes of the payload. So a signature over
 * one type never holds for another.
 * @see DSSE 1.0.2, protocol.md, "Signature Definition"
 */
export function pae(payloadType: string, payload: Uint8Array): Uint8Array {
  const type = toUtf8(payloadType);
  const head = toUtf8(`DSSEv1 ${type.length} ${payloadType} ${payload.length} `);
  const out = new Uint8Array(head.length + payload.length);
  out.set(head);
  out.set(payload, head.length);
  return out;
}

/**
 * Takes an envelope apart. Nothing is verified.
 * @param value attacker-controlled JSON value
 * @throws ExhibitError ATTESTATION_INVALID (envelope)
 */
export function parseEnvelope(value: unknown): Envelope {
  const read = envelopeSchema.safeParse(value);
  if (!read.success) {
    const [issue] = read.error.issues;
    return refuse('envelope', `it is no DSSE envelope: ${issue?.path.join('.')}: ${issue?.message}`);
  }
  const payload = decodeBase64(read.data.payload);
  if (payload === undefined) return refuse('envelope', 'its payload is not base64 in its one form');
  const signatures = read.data.signatures.map(({ keyid, sig }, at) => {
    const signature = decodeBase64(sig);
    if (signature === undefined || signature.length === 0)
      return refuse('envelope', `its signature number ${at + 1} is not base64 in its one form`);
    return { ...(keyid === undefined || keyid === '' ? {} : { keyid }), signature };
  });
  return { payloadType: read.data.payloadType, payload, signatures };
}

/** The JSON object of an envelope. */
export function formatEnvelope({ payloadType, payload, signatures }: Envelope) {
  return {
    payload: encodeBase64(payload),
    payloadType,
    signatures: signatures.map(({ keyid, signature }) => ({
      ...(keyid === undefined ? {} : { keyid }),
      sig: encodeBase64(signature),
    })),
  };
}

/**
 * Opens an envelope with the keys that the reader trusts: one of them must have signed. A signature of a key that nobody trusts
 * is passed over, as DSSE has it; one that names a trusted key and does not verify refuses the envelope.
 * @param keys never empty; closed by default
 * @returns the trusted keys whose signature holds, each once
 * @throws ExhibitError ATTESTATION_INVALID (payload_type, signature)
 */
export function openEnvelope(
  envelope: Envelope,
  keys: readonly AttestKey[],
  crypto: AttestCrypto,
): AttestKey[] {
  if (envelope.payloadType !== PAYLOAD_TYPE)
    refuse('payload_type', `it is a ${JSON.stringify(envelope.payloadType)}, not a ${PAYLOAD_TYPE}`);
  const signed = pae(envelope.payloadType, envelope.payload);
  const signers = new Set<AttestKey>();
  for (const { keyid, signature } of envelope.signatures) {
    const key = keys.find((one) => crypto.verifySignature(one, signed, signature));
    const named = keys.find(({ id }) => id === keyid);
    if (named !== undefined && named !== key)
      refuse('signature', `a signature names the key ${named.name} and does not verify with it`);
    if (key !== undefined) signers.add(key);
  }
  if (signers.size > 0) return [...signers];
  const names = keys.map(({ name }) => name).join(', ') || 'none was given';
  return refuse(
    'signature',
    `no trusted key signed it (trusted: ${names})`,
    'It was changed, or another key signed it. Name the public key of whoever attests, from a place that you trust.',
  );
}
