import { z } from 'zod';
import { ExhibitError } from '../record/index.ts';
import { policySchema } from './bundle-policy.ts';
import { releaseSchema } from './release/index.ts';
import {
  approvalSchema,
  configSchema,
  controlMapSchema,
  digestSchema,
  emitterSchema,
  foreignCheck,
  frameworkSchema,
  instantSchema,
  policyId,
  scopeSchema,
  ticketCheckSchema,
} from './schema.ts';
import type { Bundle } from './types.ts';

/** Where the bundle's own data stands in `data.json`: beside the packages `exhibit.policies.*`, which use other names. */
export const DATA_PATH = ['exhibit', 'bundle'] as const;
/** A program parses one bundle, so compiling the schemas to functions would cost more than it saves (12 against 4 ms cold). */
export const ONCE = { jitless: true } as const;
export const BUNDLE_SCHEMA = 'exhibit.bundle/1';

const text = z.string();
const overrideSchema = z.strictObject({
  id: text.min(1),
  policy: z.union([policyId, foreignCheck]),
  scope: scopeSchema,
  owner: text.min(1),
  approver: text.min(1),
  reason: text.min(1),
  ticket: text.min(1),
  created: instantSchema,
  sunset: instantSchema,
  compensating_control: text.optional(),
  approval: approvalSchema.exactOptional(),
  ticket_check: ticketCheckSchema.exactOptional(),
  digest: digestSchema,
});

const bundleDataSchema = z.strictObject({
  schema: z.literal(BUNDLE_SCHEMA),
  lineage: configSchema.shape.name,
  revision: text.min(1),
  revision_time: z.int().min(0),
  policies: z.array(policySchema),
  control_map: z.unknown(),
  frameworks: z.unknown(),
  overrides: z.array(overrideSchema),
  rejected_overrides: z.array(z.strictObject({ file: text, id: text.optional(), reason: text })),
  entrypoints: z.array(text),
  opa_version: text,
  release: releaseSchema.exactOptional(),
  emitters: z.array(emitterSchema).exactOptional(),
  exports: z.array(z.strictObject({ format: text.min(1), policies: z.array(policyId) })).exactOptional(),
  valid_days: configSchema.shape.bundle.unwrap().shape.valid_days,
});

const frameworksSchema = z.array(frameworkSchema);

/** `data.exhibit.bundle`: all that a bundle says besides its rules. */
export type BundleData = Omit<
  Bundle,
  'digest' | 'control_map_digest' | 'signed_by' | 'expires' | 'wasm' | 'files'
> & {
  schema: typeof BUNDLE_SCHEMA;
  entrypoints: string[];
};

/** As it is read from a bundle. */
export type ReadBundleData = Omit<BundleData, 'control_map' | 'frameworks'> & {
  /** What no verdict depends on, read once somebody asks: each throws as `parseBundleData` does. */
  maps: { control_map: () => Bundle['control_map']; frameworks: () => Bundle['frameworks'] };
};

/** @throws ExhibitError BUNDLE_INVALID, naming the field */
export function parseBundleData(bytes: Uint8Array): ReadBundleData {
  const invalid = (why: string, cause?: unknown) =>
    new ExhibitError('BUNDLE_INVALID', `The bundle's data.json ${why}.`, { cause });
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (cause) {
    throw invalid('is not JSON in UTF-8', cause);
  }
  const file = z.object({ exhibit: z.object({ bundle: z.unknown() }) }).safeParse(value, ONCE);
  if (!file.success) throw invalid('has no data.exhibit.bundle: it was not built by Exhibit', file.error);
  const fitting = <T>(schema: z.ZodType<T>, part: unknown, at: string[]): T => {
    const parsed = schema.safeParse(part, ONCE);
    if (parsed.success) return parsed.data;
    const [issue] = parsed.error.issues;
    throw invalid(
      `does not fit at ${[...at, ...(issue?.path ?? [])].join('/')}: ${issue?.message}`,
      parsed.error,
    );
  };
  const { control_map, frameworks, ...data } = fitting(bundleDataSchema, file.data.exhibit.bundle, []);
  return {
    ...exact(data),
    maps: {
      control_map: () => fitting(controlMapSchema, control_map, ['control_map']) as Bundle['control_map'],
      frameworks: () => fitting(frameworksSchema, frameworks, ['frameworks']) as Bundle['frameworks'],
    },
  };
}

/** Zod writes optional fields as `| undefined`; JSON has no undefined, so a field is there or not there. */
function exact(
  data: Omit<z.infer<typeof bundleDataSchema>, 'control_map' | 'frameworks'>,
): Omit<ReadBundleData, 'maps'> {
  const rejected = data.rejected_overrides.map(({ file, id, reason }) => ({ file, id, reason }));
  return { ...data, rejected_overrides: rejected } as Omit<ReadBundleData, 'maps'>;
}
