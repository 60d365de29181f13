import { z } from 'zod';
import { ExhibitError } from '../../record/index.ts';
import { bundleDigest } from '../digest.ts';
import { digestOf } from '../hash.ts';
import { isTest } from '../rego.ts';
import { digestSchema } from '../schema.ts';
import type { Files } from '../types.ts';
import type { Exported, ExportFormat, ExportSource } from './types.ts';

/** The file that says what an export folder holds and what it was made of. */
export const EXPORT_FILE = 'exhibit-export.json';
const SCHEMA = 'exhibit.export/1';

const text = z.string().min(1);
const manifestSchema = z.strictObject({
  schema: z.literal(SCHEMA),
  format: text,
  /** Version of the program that made it. */
  made_by: text,
  source: z.strictObject({
    lineage: text,
    /** Over names and contents of the repository's files, tests and examples left out. */
    digest: digestSchema,
    /** Of a format that carries a bundle. */
    revision: text.exactOptional(),
    revision_time: z.int().min(0).exactOptional(),
  }),
  policies: z.array(text),
  left_out: z.array(z.strictObject({ policy: text, reason: text })),
  overrides: z.strictObject({
    carried: z.array(text),
    left_out: z.array(z.strictObject({ override: text, reason: text })),
  }),
  /** Ids under which the other tool knows the policies. */
  checks: z.record(text, text).exactOptional(),
  /** SHA-256 of each file, by its path below the folder. */
  files: z.record(text, digestSchema),
});
export type ExportManifest = z.infer<typeof manifestSchema>;

/** What an export is, in one file: written beside its files. */
export function manifestOf(
  format: ExportFormat,
  { repository, version }: ExportSource,
  exported: Exported,
  madeBy: string,
): ExportManifest {
  const paths = [...exported.files.keys()].sort();
  return {
    schema: SCHEMA,
    format: format.name,
    made_by: madeBy,
    source: { lineage: repository.config.name, digest: sourceDigest(repository.files), ...version },
    policies: [...exported.policies].sort(),
    left_out: exported.left_out.toSorted((a, b) => (a.policy < b.policy ? -1 : 1)),
    overrides: {
      carried: exported.overrides.carried.toSorted(),
      left_out: exported.overrides.left_out.toSorted((a, b) => (a.override < b.override ? -1 : 1)),
    },
    ...(exported.checks === undefined ? {} : { checks: exported.checks }),
    files: Object.fromEntries(paths.map((path) => [path, digestOf(exported.files.get(path) ?? '')])),
  };
}

export function manifestBytes(manifest: ExportManifest): Uint8Array {
  return Buffer.from(`${JSON.stringify(manifest, null, 2)}\n`);
}

/** @throws ExhibitError POLICY_INVALID naming the field */
export function parseManifest(bytes: Uint8Array, file: string): ExportManifest {
  const invalid = (why: string, cause: unknown) =>
    new ExhibitError('POLICY_INVALID', `${EXPORT_FILE} ${why}`, {
      cause,
      location: { file },
      hint: 'Make the export again.',
    });
  let value: unknown;
  try {
    value = JSON.parse(Buffer.from(bytes).toString('utf8'));
  } catch (cause) {
    throw invalid('is not JSON', cause);
  }
  const parsed = manifestSchema.safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw invalid(`does not fit at ${issue?.path.join('/') ?? ''}: ${issue?.message ?? ''}`, parsed.error);
}

function sourceDigest(files: Files) {
  return bundleDigest(new Map([...files].filter(([path]) => !isTest(path) && !path.includes('/examples/'))));
}
