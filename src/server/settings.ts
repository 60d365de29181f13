import { z } from 'zod';
import { DISPOSITIONS, SEVERITIES } from '../record/index.ts';
import { admissionSchema } from './admission/settings.ts';
import { anchorsSchema } from './anchors/settings.ts';
import { actionsSchema, authzSchema } from './application/settings.ts';
import { claimsSchema } from './auth/claims.ts';
import { bundleSchema } from './bundle-settings.ts';
import { eventsSchema } from './events/settings.ts';
import { issuedSchema } from './issued/settings.ts';
import { kubernetesAuditSchema } from './kubernetes-audit/settings.ts';
import { portalSchema } from './portal/settings.ts';
import { spoolSchema } from './spool-settings.ts';
import { witnessesSchema } from './witness-settings.ts';

export const ROLES = ['emitter', 'engineer', 'approver', 'auditor', 'administrator'] as const;
export type Role = (typeof ROLES)[number];

const text = z.string().min(1);
const seconds = z.number().positive();
const bytes = z.int().positive();

/** What a caller may do: its roles, and under which emitter names it may send (`*` within a segment, `**` across). */
const grant = {
  roles: z.array(z.enum(ROLES)).min(1),
  emitters: z.array(text.max(256)).default([]),
};

const tokenSchema = z.strictObject({
  name: text.max(200).describe('who holds it; part of what is recorded'),
  hash: z
    .string()
    .regex(
      /^sha256:[0-9a-f]{64}$/,
      'expected sha256: and 64 hexadecimal digits, as `exhibit server token` prints',
    )
    .describe('SHA-256 of the token'),
  expires: z.iso.datetime({ offset: true }).optional(),
  ...grant,
});

const oidcSchema = z.strictObject({
  issuer: z.url(),
  audience: text.describe('what the token must be made for'),
  jwks_uri: z.url().describe('keys; found through the issuer where it is not given').optional(),
  jwks_file: text.describe('keys in a file, for an issuer that cannot be reached').optional(),
  jwks_token_file: text
    .describe('what is shown at jwks_uri, read each time; the API server of a cluster wants it')
    .optional(),
  grants: z
    .array(
      z.strictObject({
        claims: claimsSchema,
        ...grant,
      }),
    )
    .min(1),
});

const mtlsSchema = z.strictObject({
  san: z
    .string()
    .regex(/^(URI|DNS|email):[^",\s]+$/, 'expected URI:..., DNS:... or email:...')
    .describe('one subject alternative name of the certificate, whole'),
  ...grant,
});

const limitsSchema = z.strictObject({
  body_bytes: bytes.default(8 * 1024 * 1024).describe('longest request, also after decompression'),
  line_bytes: bytes.default(131_072).describe('longest line of a batch'),
  batch_records: z.int().positive().default(10_000),
  blob_bytes: bytes.default(16 * 1024 * 1024),
  bundle_bytes: bytes.default(64 * 1024 * 1024).describe('longest bundle that is read from where it lies'),
  bundle_seconds: seconds.default(30).describe('a slower reading of a bundle is given up and tried again'),
  queue_bytes: bytes
    .default(32 * 1024 * 1024)
    .describe('most that is being taken in at once; more is told to wait'),
  unsealed_records: z
    .int()
    .positive()
    .default(2_000_000)
    .describe('most that waits for a seal; more is told to wait'),
  request_seconds: seconds.default(30).describe('a slower request is cut off'),
  wait_seconds: seconds.default(300).describe('longest long poll'),
  connections: z.int().positive().default(5_000),
  evaluation_milliseconds: z.int().positive().default(1_000),
});

export const settingsSchema = z.strictObject({
  evidence: text.describe(
    'evidence folder, made by `exhibit ledger init`; or the URL of another exhibit server, to which the records are sent',
  ),
  spool: spoolSchema
    .describe('where records are kept until the server that `evidence` names has acknowledged them')
    .optional(),
  listen: z
    .strictObject({
      host: text.default('127.0.0.1'),
      port: z.int().min(0).max(65_535).default(8_420),
      plain: z
        .boolean()
        .default(false)
        .describe('listen without TLS beyond this machine, because something in front does TLS'),
    })
    .prefault({}),
  tls: z
    .strictObject({
      cert: text.optional(),
      key: text.optional(),
      client_ca: text.optional(),
      issued: issuedSchema
        .describe('instead of cert and key: the server makes and renews its certificate itself')
        .optional(),
    })
    .refine(
      ({ cert, key, issued }) =>
        issued === undefined ? cert !== undefined && key !== undefined : (cert ?? key) === undefined,
      'expected cert and key, or issued',
    )
    .describe('PEM files; client_ca signs the certificates of callers')
    .optional(),
  emitter: text
    .max(256)
    .describe('name of the records that the server itself makes (default: exhibit@<host>)')
    .optional(),
  seal_milliseconds: z.int().positive().default(1_000),
  gap_seconds: z
    .int()
    .min(0)
    .default(3_600)
    .describe('from one look for missing runs, heartbeats and numbers to the next; 0: never'),
  ledger: z
    .strictObject({ ...anchorsSchema.shape, ...witnessesSchema.shape })
    .describe('what holds the ledger against something that is not in its own hands')
    .prefault({}),
  bundles: z.array(bundleSchema).default([]),
  discovery: z
    .record(z.string(), z.unknown())
    .describe('configuration that OPA takes from /bundles/discovery')
    .optional(),
  decisions: z
    .strictObject({
      severity: z
        .enum(SEVERITIES)
        .default('medium')
        .describe('of decisions of rules that are in no bundle here'),
      disposition: z
        .enum(DISPOSITIONS)
        .exclude(['waived', 'awaiting_approval'])
        .default('observed')
        .describe('what callers do about a no: OPA says what it answered, not what was done'),
      record: z.boolean().default(true).describe('record what POST /v1/data answered'),
    })
    .prefault({}),
  authz: authzSchema.optional(),
  actions: actionsSchema.prefault({}),
  admission: admissionSchema
    .describe('judge what a Kubernetes API server asks at POST /v1/admission')
    .optional(),
  kubernetes_audit: kubernetesAuditSchema
    .describe('take the audit events of Kubernetes API servers at POST /v1/kubernetes/audit')
    .prefault({}),
  events: eventsSchema
    .prefault({})
    .describe('take events of other tools at POST /v1/events/FORMAT, and from queues'),
  portal: portalSchema
    .describe('pages for auditors and the team under /portal/; left out: there are none')
    .optional(),
  auth: z
    .strictObject({
      tokens: z.array(tokenSchema).default([]),
      oidc: z.array(oidcSchema).default([]),
      mtls: z.array(mtlsSchema).default([]),
    })
    .prefault({}),
  limits: limitsSchema.prefault({}),
});

export type Settings = z.infer<typeof settingsSchema>;
export type TokenSetting = z.infer<typeof tokenSchema>;
export type OidcSetting = z.infer<typeof oidcSchema>;
export type MtlsSetting = z.infer<typeof mtlsSchema>;
export type { BundleSetting } from './bundle-settings.ts';
export type { SpoolSetting } from './spool-settings.ts';
