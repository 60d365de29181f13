import { z } from 'zod';
import { instant, isDigest, LAYERS, SEVERITIES } from '../../record/index.ts';
import { refuse } from './refuse.ts';
import { parseStrictJson } from './strict-json.ts';

/** @see in-toto attestation framework, spec/v1/statement.md */
export const STATEMENT_TYPE = 'https://in-toto.io/Statement/v1';
/** @see SLSA 1.2, "Verification Summary Attestation": the predicate's own version is still v1. */
export const SUMMARY_TYPE = 'https://slsa.dev/verification_summary/v1';
/** Version of the specification whose field rules are followed. */
export const SLSA_VERSION = '1.2';
/** Who verified: the gate of Exhibit. */
export const VERIFIER_ID = 'urn:exhibit:check';
/** Extension field of the predicate; a URI, as SLSA demands of extensions. */
export const EXTENSION = 'urn:exhibit:attestation:1';

/** A level of ours in `verifiedLevels`: names of SLSA's own tracks are not ours to claim. */
export const levelOfLayer = (layer: string): string => `EXHIBIT_${layer.toUpperCase().replaceAll('-', '_')}`;
/** The policy repository as a URI. */
export const policyUri = (lineage: string): string => `urn:exhibit:policy:${encodeURIComponent(lineage)}`;

/** What a subject is the digest of. docs/reference/attestation.md says how each is computed. */
export const SUBJECT_KINDS = ['kubernetes-object', 'image', 'terraform-plan', 'file'] as const;
export type SubjectKind = (typeof SUBJECT_KINDS)[number];

/** Most subjects of one statement. */
const MAX_SUBJECTS = 100_000;
const hex = z.string().regex(/^[0-9a-f]{64}$/, 'expected 64 lower-case hexadecimal digits');
const digest = z.string().refine(isDigest, 'expected sha256: and 64 lower-case hexadecimal digits');
const text = z.string().min(1).max(4_096);

const subjectSchema = z.object({
  name: text,
  // Other algorithms may stand beside it; only this one is ever compared.
  digest: z.object({ sha256: hex }),
  annotations: z.object({ kind: z.enum(SUBJECT_KINDS) }),
});
export type Subject = z.infer<typeof subjectSchema>;

const overrideSchema = z.object({ id: text, policy_id: text, digest, sunset: instant });

const objectSchema = z.object({
  sha256: hex,
  apiVersion: text,
  kind: text,
  namespace: z.string().optional(),
  name: z.string(),
  /** The object with each scalar replaced by its digest: `digestTree`. */
  tree: z.unknown(),
});

const extensionSchema = z.object({
  layer: z.enum(LAYERS),
  run_id: text,
  /** Severity from which on a violation would have blocked; `any` blocks on all. */
  fail_on: z.enum([...SEVERITIES, 'any']),
  expires: instant,
  bundle: z.object({
    digest,
    lineage: text,
    revision: text,
    /** Commit time of the policies, Unix seconds: what "older" means within a lineage. */
    serial: z.int().nonnegative(),
    signed_by: text,
    expires: instant.optional(),
  }),
  counts: z.record(z.string(), z.int().nonnegative()),
  overrides: z.array(overrideSchema),
  repository: text.optional(),
  commit: text.optional(),
  change: text.optional(),
  objects: z.array(objectSchema),
  not_attested: z.array(z.object({ name: text, kind: text, why: text, sha256: hex.optional() })),
});
export type Extension = z.infer<typeof extensionSchema>;

const predicateSchema = z.object({
  verifier: z.object({ id: text, version: z.record(z.string(), z.string()).optional() }),
  timeVerified: instant,
  resourceUri: text,
  policy: z.object({ uri: text, digest: z.object({ sha256: hex }) }),
  verificationResult: z.enum(['PASSED', 'FAILED']),
  verifiedLevels: z.array(text).min(1),
  slsaVersion: z.string().optional(),
  [EXTENSION]: extensionSchema,
});

/** A verification summary as a gate of Exhibit writes it. Fields that are not known are left out when it is read. */
export interface Summary {
  subjects: Subject[];
  predicate: z.infer<typeof predicateSchema>;
  extension: Extension;
}

const statementSchema = z.object({
  _type: z.string(),
  predicateType: z.string(),
  subject: z.array(subjectSchema).min(1, 'it has no subject').max(MAX_SUBJECTS),
  predicate: z.unknown(),
});

/**
 * Reads the payload of an envelope as a verification summary of Exhibit.
 * @param payload attacker-controlled until its signature was verified
 * @throws ExhibitError ATTESTATION_INVALID (statement, predicate_type, predicate)
 */
export function parseSummary(payload: Uint8Array): Summary {
  const value = parseStrictJson(payload, 'statement', 'the payload');
  const types = z.object({ _type: z.string(), predicateType: z.string() }).safeParse(value);
  if (!types.success) return refuse('statement', 'the payload is no in-toto statement');
  const { _type, predicateType } = types.data;
  if (_type !== STATEMENT_TYPE)
    refuse('statement', `its type is ${JSON.stringify(_type)}, not ${STATEMENT_TYPE}`);
  if (predicateType !== SUMMARY_TYPE)
    refuse('predicate_type', `its predicate is ${JSON.stringify(predicateType)}, not ${SUMMARY_TYPE}`);
  const statement = statementSchema.safeParse(value);
  if (!statement.success) return refuse('statement', firstOf(statement.error));
  const predicate = predicateSchema.safeParse(statement.data.predicate);
  if (!predicate.success) return refuse('predicate', firstOf(predicate.error));
  return {
    subjects: statement.data.subject,
    predicate: predicate.data,
    extension: predicate.data[EXTENSION],
  };
}

function firstOf({ issues: [issue] }: z.ZodError): string {
  return `${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'wrong'}`;
}
