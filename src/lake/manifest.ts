import { hash } from 'node:crypto';
import { z } from 'zod';
import type { LogReader } from '../ledger/index.ts';
import {
  type Digest,
  derivedId,
  type EvidenceRecord,
  ExhibitError,
  parseRecord,
  type RecordDraft,
  SCHEMA,
  type Sha256,
} from '../record/index.ts';
import { dayStart } from './days.ts';
import {
  type Manifest,
  type ManifestDetails,
  type ManifestFile,
  type PolicyVersion,
  RECORDED_GAPS,
} from './types.ts';

/** What of a reader is needed to read manifests. */
export type ManifestSource = Pick<LogReader, 'origin' | 'find' | 'entry' | 'blob'>;

/** The emitter of manifests. */
export const LAKE_EMITTER = 'exhibit-lake';

export const sha256: Sha256 = (data) => hash('sha256', data, 'buffer');

const digest = z.templateLiteral(['sha256:', z.string().regex(/^[0-9a-f]{64}$/)]);
const count = z.int().min(0);

const detailsSchema = z.object({
  schema_version: z.string(),
  day: z.string(),
  from_index: count,
  to_index: count,
  rows: count,
  files: count,
  files_digest: digest,
  policies_digest: digest,
  control_map_digests: z.array(z.string()),
  duckdb_version: z.string(),
  late: count,
  gaps: z.array(
    z.object({
      kind: z.enum(RECORDED_GAPS),
      message: z.string(),
      count,
      control_map_digest: z.string().exactOptional(),
    }),
  ),
});

const filesSchema = z.array(
  z.object({
    key: z
      .string()
      .regex(/^(fact|daily_counts|evidence)\/[a-z0-9][a-z0-9._=/-]*\.parquet$/)
      .refine((key) => !key.includes('..')),
    sha256: digest,
    rows: count,
    bytes: count,
    version: z.string().min(1).max(1024).exactOptional(),
    framework: z.string().exactOptional(),
    control: z.string().exactOptional(),
  }),
);

const versionsSchema = z.array(
  z.object({
    log_index: count,
    recorded_at: z.string(),
    policy_revision: z.string(),
    bundle_digest: z.string(),
    control_map_digest: z.string(),
    frameworks_digest: z.string().exactOptional(),
    policies_digest: z.string().exactOptional(),
  }),
);

/** Id of the manifest record of a day: derived, so that a day has one manifest and it is found without a scan. */
export function manifestId(origin: string, day: string): string {
  return derivedId(LAKE_EMITTER, `${origin}\n${day}`, sha256);
}

/** The manifest record of a closed day, before the ledger takes it. */
export function manifestDraft(origin: string, details: ManifestDetails, observedAt: string): RecordDraft {
  return {
    schema: SCHEMA,
    record_id: manifestId(origin, details.day),
    record_type: 'manifest',
    observed_at: observedAt,
    emitter: LAKE_EMITTER,
    layer: 'evidence',
    tool: 'exhibit',
    details: structuredClone(details) as unknown as NonNullable<RecordDraft['details']>,
  };
}

/**
 * Where the manifest of a day is in the log, with its details; undefined while the day is open.
 * @throws ExhibitError LAKE_MISMATCH when a record carries the manifest's id but cannot be the day's manifest
 */
export async function findManifest(
  reader: ManifestSource,
  day: string,
): Promise<{ log_index: number; details: ManifestDetails } | undefined> {
  const index = await reader.find(manifestId(reader.origin, day));
  if (index === undefined) return undefined;
  const record = parseRecord((await reader.entry(index)).bytes);
  const details = detailsSchema.safeParse(record.details);
  if (!details.success || !fits(record, details.data, day, index)) {
    throw new ExhibitError('LAKE_MISMATCH', `record ${index} is not a usable manifest of ${day}`, {
      details: { day, index, emitter: record.emitter },
    });
  }
  return { log_index: index, details: details.data };
}

// Another emitter may have sent a record with this id: the manifest comes from the lake, after the day and its records.
function fits(record: EvidenceRecord, details: ManifestDetails, day: string, index: number): boolean {
  return (
    record.record_type === 'manifest' &&
    record.emitter === LAKE_EMITTER &&
    details.day === day &&
    record.recorded_at.slice(0, 10) > day &&
    details.from_index <= details.to_index &&
    details.to_index <= index
  );
}

/**
 * The manifest of a day with its list of files, from the log.
 * @throws ExhibitError LAKE_MISMATCH, BLOB_MISSING, BLOB_DIGEST
 */
export async function readManifest(reader: ManifestSource, day: string): Promise<Manifest | undefined> {
  const found = await findManifest(reader, day);
  if (found === undefined) return undefined;
  return { ...found, files: await readFiles(reader, found.details.files_digest) };
}

/** @throws ExhibitError BLOB_MISSING, BLOB_DIGEST, LAKE_MISMATCH */
export async function readFiles(reader: ManifestSource, at: Digest): Promise<ManifestFile[]> {
  return readList(reader, at, filesSchema);
}

/** @throws ExhibitError BLOB_MISSING, BLOB_DIGEST, LAKE_MISMATCH */
export async function readVersions(reader: ManifestSource, at: Digest): Promise<PolicyVersion[]> {
  return readList(reader, at, versionsSchema);
}

async function readList<T>(reader: ManifestSource, at: Digest, schema: z.ZodType<T>): Promise<T> {
  const text = new TextDecoder().decode(await reader.blob(at));
  try {
    return schema.parse(JSON.parse(text));
  } catch (cause) {
    throw new ExhibitError('LAKE_MISMATCH', `blob ${at} is not what a manifest says it is`, { cause });
  }
}

/** Leaves [from, to) that were recorded on a UTC day. */
export async function dayRange(
  reader: Pick<LogReader, 'firstAt'>,
  day: string,
  next: string,
): Promise<{ from: number; to: number }> {
  return { from: await reader.firstAt(dayStart(day)), to: await reader.firstAt(dayStart(next)) };
}
