import { z } from 'zod';
import type { Problem } from '../../types.ts';

const dsse = z.looseObject({
  payloadType: z.string(),
  payload: z.string(),
  signatures: z.array(z.looseObject({ keyid: z.string().nullish() })),
});
const IN_TOTO = /^application\/vnd\.in-toto[+.a-z0-9-]*\+?json$/;

export const statement = z.looseObject({
  _type: z.string().regex(/^https:\/\/in-toto\.io\/Statement\/v/, 'is no statement of in-toto'),
  subject: z
    .array(
      z.looseObject({
        name: z.string().nullish(),
        uri: z.string().nullish(),
        digest: z.record(z.string(), z.string()).nullish(),
      }),
    )
    .min(1),
  predicateType: z.string().min(1),
  predicate: z.unknown().optional(),
});
export type Statement = z.infer<typeof statement>;

/** What is known of the signature. It is not checked here. */
export interface Signed {
  envelope: boolean;
  signatures: number;
  keys: string[];
}

/** A DSSE envelope, also within a bundle of Sigstore; undefined for what is none. */
export function envelopeIn(value: unknown): Record<string, unknown> | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const given = value as Record<string, unknown>;
  const inner = given.dsseEnvelope;
  if (typeof inner === 'object' && inner !== null) return inner as Record<string, unknown>;
  return 'payloadType' in given && 'payload' in given ? given : undefined;
}

/** The statement in an envelope, not yet checked for its shape; a value that is none stands for itself. */
export function openEnvelope(value: unknown): { statement: unknown; signed: Signed } | Problem {
  const envelope = envelopeIn(value);
  if (envelope === undefined)
    return { statement: value, signed: { envelope: false, signatures: 0, keys: [] } };
  const parsed = dsse.safeParse(envelope);
  if (!parsed.success) return problem(`the envelope is damaged: ${parsed.error.issues[0]?.path.join('.')}`);
  const { payloadType, payload, signatures } = parsed.data;
  if (!IN_TOTO.test(payloadType))
    return problem(`the envelope holds ${payloadType.slice(0, 200)}, which is no statement of in-toto`);
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(Buffer.from(payload, 'base64'));
    const keys = signatures.flatMap(({ keyid }) => (keyid == null || keyid === '' ? [] : [keyid]));
    return { statement: JSON.parse(text), signed: { envelope: true, signatures: signatures.length, keys } };
  } catch {
    return problem('the payload of the envelope is no JSON in base64');
  }
}

const problem = (message: string): Problem => ({
  type: 'problem',
  message,
  hint: 'Verify the attestation with the tool that made it.',
});
