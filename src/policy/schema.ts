import { z } from 'zod';
import type { InputKind } from '../inputs/index.ts';
import { type Digest, instant, LAYERS, SEVERITIES } from '../record/index.ts';
import type { LongestDays, Mode, OverrideApproval, RegoStyle, StackStyle, Strength } from './types.ts';

export const MODES = ['enforce', 'warn', 'observe'] as const satisfies readonly Mode[];
export const STRENGTHS = ['full', 'partial', 'supporting'] as const satisfies readonly Strength[];
export const REGO_STYLES = ['exhibit', 'conftest', 'gatekeeper'] as const satisfies readonly RegoStyle[];
export const STACK_STYLES = [
  'cedar',
  'kyverno',
  'admission-policy',
  'aws-config',
  'scp',
  'azure-policy',
  'gcp-org-policy',
] as const satisfies readonly StackStyle[];
export const INPUT_KINDS = [
  'terraform-plan',
  'hcl',
  'cloudformation',
  'arm',
  'kubernetes',
  'cedar-request',
  'aws-config',
  'azure-resources',
  'gcp-assets',
  'dockerfile',
  'github-workflow',
  'gitlab-ci',
  'ansible',
  'toml',
  'ini',
  'properties',
  'dotenv',
  'json',
  'yaml',
] as const satisfies readonly InputKind[];

const line = z.string().trim().min(1).max(256);
const prose = z.string().trim().min(1).max(4_096);
export const policyId = z
  .string()
  .max(128)
  .regex(/^[a-z0-9]+(-[a-z0-9]+)*$/, 'expected lower-case words joined by -, such as db-encrypted-at-rest');
/** A check of another tool, as the control map names it: `checkov/CKV_AWS_20`, `falco/Terminal shell in container`. */
export const foreignCheck = z
  .string()
  .max(256)
  .regex(/^[a-z0-9]+(-[a-z0-9]+)*\/\S(.*\S)?$/, 'expected TOOL/CHECK, such as checkov/CKV_AWS_20');
export const controlId = z
  .string()
  .max(128)
  .regex(/^[a-z0-9][a-z0-9.-]*\/[a-z0-9][a-z0-9().-]*$/, 'expected framework/control, such as soc2/cc6.1');
export const day = z
  .string()
  .regex(/^\d{4}-\d{2}-\d{2}$/, 'expected YYYY-MM-DD')
  .refine((value) => isDay(value), 'no such day');

/** True for a day that is in the calendar: 2026-02-30 is not. */
export function isDay(value: string): boolean {
  const at = Date.parse(`${value}T00:00:00Z`);
  return !Number.isNaN(at) && new Date(at).toISOString().slice(0, 10) === value;
}

/** From which day to which a link holds, both included, UTC: it speaks of what was recorded on those days. */
const period = { from: day.exactOptional(), until: day.exactOptional() };

export const controlLink = z.strictObject({
  control: controlId,
  rationale: prose,
  strength: z.enum(STRENGTHS),
  ...period,
});

const checkId = z.string().trim().min(1).max(256);

/** Checks of one meaning and the controls they support: one rationale for all, unless a control has its own. */
export const controlGroup = z.strictObject({
  policy_ids: z.array(checkId).min(1).max(10_000),
  rationale: prose,
  controls: z
    .array(
      z.strictObject({
        control: controlId,
        strength: z.enum(STRENGTHS),
        rationale: prose.exactOptional(),
        ...period,
      }),
    )
    .min(1),
});

/** The control map as it stands in a bundle and as a blob of the ledger. */
export const controlMapSchema = z.strictObject({
  schema: z.literal('exhibit.control-map/1'),
  entries: z.array(z.strictObject({ policy_id: checkId, ...controlLink.shape })),
  groups: z.array(controlGroup).exactOptional(),
});

const patterns = z.array(z.string().min(1).max(2_048)).min(1).exactOptional();
const rolloutScope = z
  .strictObject({
    environments: patterns,
    subjects: patterns,
    layers: z.array(z.enum(LAYERS)).min(1).exactOptional(),
    rules: z.array(z.string().min(1).max(256)).min(1).exactOptional(),
  })
  .refine((scope) => Object.keys(scope).length > 0, 'the scope is empty: leave it out for everywhere');

/** What a policy says of itself, whichever engine judges with it. */
export const commonFields = {
  id: policyId,
  severity: z.enum(SEVERITIES),
  owner: line,
  controls: z.array(controlLink).min(1, 'a policy names at least one control'),
  layers: z
    .partialRecord(z.enum(LAYERS), z.enum(MODES))
    .refine((layers) => Object.keys(layers).length > 0, 'a policy names at least one layer'),
  cadence: z.string().regex(/^(change|P(?=\d|T\d)(\d+Y)?(\d+M)?(\d+W)?(\d+D)?(T(\d+H)?(\d+M)?(\d+S)?)?)$/, {
    message: 'expected `change` or an ISO 8601 duration such as P1D',
  }),
  remediation: prose,
  since: day,
  rollout: z
    .array(z.strictObject({ from: day, mode: z.enum(MODES), scope: rolloutScope.exactOptional() }))
    .min(1)
    .exactOptional(),
  inputs: z.array(z.enum(INPUT_KINDS)).default([]),
  redact: z.array(z.string().startsWith('$', 'expected a JSON path that starts with $')).default([]),
};

/** Fields of `custom.exhibit` in an annotation, and of `policy.yaml` beside a foreign rule. */
export const metadataFields = {
  ...commonFields,
  parameters: z.record(z.string(), z.json()).optional(),
  style: z.enum(REGO_STYLES).optional(),
};

const frameworkControl = z.strictObject({
  id: z.string().min(1).max(128),
  title: line,
  summary: prose,
  coverage: z.enum(['automated', 'manual', 'not_mapped']),
});
export const frameworkSchema = z.strictObject({
  id: z.string().regex(/^[a-z0-9][a-z0-9.-]*$/, 'expected lower-case letters, digits, . and -'),
  title: line,
  version: line,
  source: prose,
  controls: z.array(frameworkControl).min(1),
});

export const APPROVALS = ['codeowners', 'signature'] as const satisfies readonly OverrideApproval['by'][];

export const approvalSchema = z.strictObject({ by: z.enum(APPROVALS), evidence: z.string().min(1) });

export const ticketCheckSchema = z.strictObject({
  state: z.enum(['open', 'closed', 'missing', 'unchecked']),
  owner: z.enum(['matches', 'differs', 'unknown']),
  tracker: z.string().min(1).exactOptional(),
  checked_at: instant.exactOptional(),
  why: z.string().min(1).exactOptional(),
});

/** Days that an override may last where `exhibit.yaml` sets nothing else. */
export const LONGEST_DAYS: LongestDays = { critical: 30, high: 90, medium: 180, low: 365, info: 365 };

const duration = z
  .string()
  .regex(
    /^P(?=\d|T\d)(\d+Y)?(\d+M)?(\d+W)?(\d+D)?(T(\d+H)?(\d+M)?(\d+S)?)?$/,
    'expected an ISO 8601 duration such as P1D or PT1H',
  );

/** An emitter that is expected to send: one entry of `emitters` in `exhibit.yaml`, carried by the bundle. */
export const emitterSchema = z.strictObject({
  name: z
    .string()
    .min(1)
    .max(256)
    .describe('of the emitter; * within a segment, ** across: any one of them is enough'),
  owner: line,
  layer: z.enum(LAYERS).exactOptional(),
  cadence: duration.describe('at least one run in each such time'),
  heartbeat: duration.describe('at least one record of any kind in each such time').exactOptional(),
  grace: duration
    .describe('how late one may come; a tenth of the time where it is not given')
    .exactOptional(),
  since: day.describe('first day, UTC, from which it is expected'),
  until: day.describe('last day, UTC').exactOptional(),
});

/** `exhibit.yaml`. */
export const configSchema = z.strictObject({
  name: z.string().regex(/^[a-z0-9][a-z0-9._-]{0,63}$/, 'expected lower-case letters, digits, . _ and -'),
  policies: z.array(z.string().min(1)).min(1).default(['policies']),
  libraries: z.array(z.string().min(1)).default(['lib']),
  overrides: z
    .strictObject({
      longest_days: z.partialRecord(z.enum(SEVERITIES), z.int().min(1).max(3_650)).optional(),
      approval: z.array(z.enum(APPROVALS)).min(1).optional(),
      unchecked_tickets: z.enum(['apply', 'reject']).optional(),
      many: z.strictObject({ open: z.int().min(1).optional(), uses: z.int().min(1).optional() }).optional(),
    })
    .optional(),
  release: z
    .strictObject({
      require_signed_tag: z.boolean().default(false),
      allowed_signers: z.string().min(1).exactOptional(),
      keyring: z.string().min(1).exactOptional(),
    })
    .optional(),
  bundle: z.strictObject({ valid_days: z.int().min(1).max(3_650).exactOptional() }).optional(),
  exports: z
    .array(z.strictObject({ format: z.string().min(1).max(64), folder: z.string().min(1).max(1_024) }))
    .default([]),
  emitters: z.array(emitterSchema).default([]),
});

const singleLink = z.strictObject({ policy_id: checkId, ...controlLink.shape });

/** One entry of `links`: one check and one control, or a group. Chosen by its field, so that a message names what is wrong in it. */
const mapLink = z.unknown().transform((value, context) => {
  const grouped = typeof value === 'object' && value !== null && 'policy_ids' in value;
  const parsed = (grouped ? controlGroup : singleLink).safeParse(value);
  if (parsed.success) return parsed.data;
  for (const { path, message } of parsed.error.issues) {
    context.issues.push({ code: 'custom', path, message, input: value });
  }
  return z.NEVER;
});

/** `controls/*.yaml`: links beyond those of the annotations, such as for another scanner's checks. */
export const mapFileSchema = z.strictObject({
  links: z
    .array(mapLink)
    .nullish()
    .transform((links) => links ?? []),
});

export const digestSchema = z.custom<Digest>(
  (value) => typeof value === 'string' && /^sha256:[0-9a-f]{64}$/.test(value),
  'expected sha256: and 64 hexadecimal digits',
);

const globs = z.array(z.string().min(1).max(2_048)).min(1).optional();
export const scopeSchema = z
  .strictObject({
    subjects: globs,
    types: globs,
    environments: globs,
    repositories: globs,
    layers: z.array(z.enum(LAYERS)).min(1).optional(),
    files: globs,
  })
  .refine((scope) => Object.values(scope).some((value) => value !== undefined), 'the scope is empty');

export const instantSchema = instant;
