import { z } from 'zod';
import { type Envelope, formatEnvelope, MAX_ENVELOPE_BYTES, parseEnvelope } from './dsse.ts';
import type { AttestKey } from './keys.ts';
import { refuse } from './refuse.ts';
import { parseStrictJson } from './strict-json.ts';

/** @see sigstore protobuf-specs, sigstore_bundle.proto */
export const SIGSTORE_BUNDLE = 'application/vnd.dev.sigstore.bundle.v0.3+json';

/** How an envelope came: alone, or in a bundle of sigstore. */
export type AttestForm = 'dsse' | 'sigstore';

const bundleSchema = z.object({
  mediaType: z.literal(SIGSTORE_BUNDLE),
  verificationMaterial: z.object({
    publicKey: z.object({ hint: z.string().max(1024).optional() }).optional(),
    certificate: z.unknown().optional(),
    x509CertificateChain: z.unknown().optional(),
    tlogEntries: z.array(z.unknown()).optional(),
    timestampVerificationData: z
      .object({ rfc3161Timestamps: z.array(z.unknown()).optional() })
      .nullable()
      .optional(),
  }),
  dsseEnvelope: z.unknown(),
  messageSignature: z.unknown().optional(),
});

export interface ReadEnvelope {
  envelope: Envelope;
  form: AttestForm;
  /** Which key a bundle of sigstore names; nobody signed it. */
  hint?: string;
  /** What the file brings along and this verifier does not look at. */
  not_looked_at: string[];
}

/** A bundle of sigstore with a key, without a log entry, as `cosign attest-blob --key` makes it. */
export function formatSigstoreBundle(envelope: Envelope, { hint }: Pick<AttestKey, 'hint'>) {
  return {
    mediaType: SIGSTORE_BUNDLE,
    verificationMaterial: { publicKey: { hint }, tlogEntries: [] },
    dsseEnvelope: formatEnvelope(envelope),
  };
}

/**
 * Reads a file that holds one attestation: a DSSE envelope (one line of `.intoto.jsonl`), or a bundle of sigstore. Nothing is
 * verified.
 * @param bytes attacker-controlled
 * @throws ExhibitError ATTESTATION_INVALID (size, json, envelope)
 */
export function readEnvelope(bytes: Uint8Array): ReadEnvelope {
  if (bytes.length > MAX_ENVELOPE_BYTES)
    refuse('size', `it has ${bytes.length} bytes; ${MAX_ENVELOPE_BYTES} is the most`);
  const lines = linesOf(bytes);
  if (lines > 1) refuse('json', `it holds ${lines} attestations; one file has one`);
  const value = parseStrictJson(bytes, 'json', 'the file');
  if (typeof value !== 'object' || value === null || !('mediaType' in value))
    return { envelope: parseEnvelope(value), form: 'dsse', not_looked_at: [] };
  const bundle = bundleSchema.safeParse(value);
  if (!bundle.success) {
    const [issue] = bundle.error.issues;
    return refuse('envelope', `it is no bundle of sigstore: ${issue?.path.join('.')}: ${issue?.message}`);
  }
  const { verificationMaterial: material, dsseEnvelope, messageSignature } = bundle.data;
  if (material.certificate !== undefined || material.x509CertificateChain !== undefined)
    refuse('envelope', 'it is signed with a certificate; only keys that you name are trusted');
  if (messageSignature !== undefined) refuse('envelope', 'it holds a signature over a blob as well');
  return {
    envelope: parseEnvelope(dsseEnvelope),
    form: 'sigstore',
    ...(material.publicKey?.hint === undefined ? {} : { hint: material.publicKey.hint }),
    not_looked_at: [
      ...((material.tlogEntries ?? []).length > 0 ? ['entries of a transparency log'] : []),
      ...((material.timestampVerificationData?.rfc3161Timestamps ?? []).length > 0 ? ['time stamps'] : []),
    ],
  };
}

/** Lines of JSON Lines; a document that is set over several lines is one. */
function linesOf(bytes: Uint8Array): number {
  let objects = 0;
  for (let i = 0; i < bytes.length; i += 1)
    if (bytes[i] === 0x7b && (i === 0 || bytes[i - 1] === 0x0a)) objects += 1;
  return objects;
}
