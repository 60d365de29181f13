import { z } from 'zod';
import { type BridgeRow, type QueryAnswer, readBridge } from '../../lake/index.ts';
import type { LogReader } from '../../ledger/index.ts';
import { type Digest, isDigest, isExhibitError } from '../../record/index.ts';
import { rowsOf } from './rows.ts';

const policySchema = z.looseObject({
  id: z.string(),
  title: z.string(),
  // Logs of other makers may say less of a policy: what is not said is empty, and the report shows that.
  description: z.string().default(''),
  severity: z.string(),
  owner: z.string(),
  cadence: z.string(),
  since: z.string(),
  layers: z.record(z.string(), z.string()),
  remediation: z.string().default(''),
  inputs: z.array(z.string()).default([]),
  file: z.string().default(''),
});
export type StatedPolicy = z.infer<typeof policySchema>;

const frameworkSchema = z.array(
  z.looseObject({
    id: z.string(),
    title: z.string(),
    version: z.string(),
    controls: z.array(z.looseObject({ id: z.string(), title: z.string(), coverage: z.string() })),
  }),
);
export type StatedFramework = z.infer<typeof frameworkSchema>[number];

const recordSchema = z.looseObject({
  record_id: z.string(),
  record_type: z.literal('policy'),
  details: z.looseObject({
    lineage: z.string().default(''),
    files_digest: z.string().optional(),
    overrides_digest: z.string().optional(),
    emitters_digest: z.string().optional(),
  }),
});
const overridesSchema = z.array(z.looseObject({ digest: z.string() }));
const filesSchema = z.array(z.object({ name: z.string(), digest: z.string() }));

/** A version of a policy repository, as its record and the blobs beside the log say it. */
export interface StatedVersion {
  log_index: number;
  record_id: string;
  recorded_at: string;
  revision: string;
  bundle_digest: string;
  control_map_digest: string;
  lineage: string;
  policies: Map<string, StatedPolicy>;
  frameworks: StatedFramework[];
  /** Digest of each file of the bundle, by name. */
  files: Map<string, string>;
  emitters_digest: string | undefined;
  /** Digests of the overrides that its bundle lists; undefined where the record does not say. */
  overrides: ReadonlySet<string> | undefined;
}

export interface Stated {
  /** In the order of the log. */
  versions: StatedVersion[];
  /** What could not be read, in words. */
  problems: string[];
}

/** Reads what the policy records up to the end of a period announced. @param answer of the question `policy-records` */
export async function readVersions(reader: LogReader, answer: QueryAnswer): Promise<Stated> {
  const problems: string[] = [];
  const blobs = new Map<string, unknown>();
  const blob = async <T>(digest: string | undefined, schema: z.ZodType<T>, empty: T): Promise<T> => {
    if (digest === undefined || digest === '') return empty;
    if (!blobs.has(digest)) blobs.set(digest, await readBlob(reader, digest, problems));
    const parsed = schema.safeParse(blobs.get(digest));
    if (parsed.success) return parsed.data;
    if (blobs.get(digest) !== undefined)
      problems.push(`what lies under ${digest} is not of the form that it should have`);
    return empty;
  };
  const versions: StatedVersion[] = [];
  for (const row of rowsOf(answer)) {
    const log_index = row.number('log_index');
    const { bytes } = await reader.entry(log_index);
    const record = recordSchema.safeParse(JSON.parse(new TextDecoder().decode(bytes)));
    if (!record.success) {
      problems.push(`record ${log_index} is not a policy record as Exhibit writes it`);
      continue;
    }
    const { details, record_id } = record.data;
    const policies = await blob(row.text('policies_digest'), z.array(policySchema), []);
    const listed =
      details.overrides_digest === undefined
        ? undefined
        : await blob<{ digest: string }[] | undefined>(details.overrides_digest, overridesSchema, undefined);
    const files = await blob(details.files_digest, filesSchema, []);
    versions.push({
      log_index,
      record_id,
      recorded_at: row.text('recorded_at'),
      revision: row.text('policy_revision'),
      bundle_digest: row.text('bundle_digest'),
      control_map_digest: row.text('control_map_digest'),
      lineage: details.lineage,
      policies: new Map(policies.map((policy) => [policy.id, policy])),
      frameworks: await blob(row.text('frameworks_digest'), frameworkSchema, []),
      files: new Map(files.map(({ name, digest }) => [name, digest])),
      emitters_digest: details.emitters_digest,
      overrides: listed === undefined ? undefined : new Set(listed.map(({ digest }) => digest)),
    });
  }
  return { versions, problems: [...new Set(problems)] };
}

async function readBlob(reader: LogReader, digest: string, problems: string[]): Promise<unknown> {
  if (!isDigest(digest)) {
    problems.push(`${digest} is no digest`);
    return undefined;
  }
  try {
    return JSON.parse(new TextDecoder().decode(await reader.blob(digest as Digest)));
  } catch (error) {
    if (!(error instanceof SyntaxError) && !isExhibitError(error)) throw error;
    problems.push(`blob ${digest} cannot be read: ${error.message}`);
    return undefined;
  }
}

/** The last version of each policy repository at a time. @param before RFC 3339; versions recorded from then on are left out */
export function inForce(versions: readonly StatedVersion[], before: string): StatedVersion[] {
  const last = new Map<string, StatedVersion>();
  for (const version of versions) if (version.recorded_at < before) last.set(version.lineage, version);
  return [...last.values()].sort((a, b) => a.log_index - b.log_index);
}

/** Links of the control maps in force to one framework, each once. @returns what could not be read as `problems` */
export async function linksOf(
  reader: LogReader,
  versions: readonly StatedVersion[],
  framework: string,
  to: string,
): Promise<{ links: BridgeRow[]; problems: string[] }> {
  const { rows, gaps } = await readBridge(
    reader,
    versions.map((each) => each.control_map_digest),
  );
  const found = new Map<string, BridgeRow>();
  for (const row of rows)
    if (row.framework === framework && row.valid_from <= to && to <= row.valid_until)
      found.set(`${row.control} ${row.policy_id}`, row);
  return { links: [...found.values()], problems: gaps.map(({ message }) => message) };
}
