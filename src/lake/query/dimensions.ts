import { z } from 'zod';
import type { LogReader } from '../../ledger/index.ts';
import { ExhibitError, isDigest } from '../../record/index.ts';
import type { ControlName } from '../keys.ts';
import type { Manifest, PolicyVersion } from '../types.ts';
import type { Cell, Relation } from './relation.ts';
import type { Scope } from './scope.ts';
import type { CoverageGap } from './types.ts';

/** The small tables that a question names, from the log, and what they lack. `control_map` is another: see bridge.ts. */
export async function relations(
  reader: LogReader,
  { manifests, versions }: Pick<Scope, 'manifests' | 'versions'>,
  words: ReadonlySet<string>,
): Promise<{ relations: Relation[]; gaps: CoverageGap[] }> {
  const found: { relations: Relation[]; gaps: CoverageGap[] } = { relations: [], gaps: [] };
  if (words.has('manifest')) found.relations.push(manifestRelation(manifests));
  if (words.has('policy_version')) found.relations.push(versionsRelation(versions));
  for (const [name, make] of [
    ['framework_controls', frameworksRelation],
    ['policy', policiesRelation],
  ] as const) {
    if (!words.has(name)) continue;
    const { relation, gaps } = await make(reader, versions);
    found.relations.push(relation);
    found.gaps.push(...gaps);
  }
  return found;
}

/** Table `manifest`: one row a file of a closed day. The fact file and the daily counts have no framework. */
function manifestRelation(manifests: readonly Manifest[]): Relation {
  const rows = manifests.flatMap(({ log_index, details, files }) =>
    files.map((file): Cell[] => [
      details.day,
      file.key,
      file.framework,
      file.control,
      file.rows,
      file.bytes,
      file.sha256,
      log_index,
      details.from_index,
      details.to_index,
      details.late,
      details.duckdb_version,
    ]),
  );
  const relation: Relation = {
    name: 'manifest',
    columns: {
      day: 'VARCHAR',
      key: 'VARCHAR',
      framework: 'VARCHAR',
      control: 'VARCHAR',
      row_count: 'BIGINT',
      bytes: 'BIGINT',
      sha256: 'VARCHAR',
      log_index: 'BIGINT',
      from_index: 'BIGINT',
      to_index: 'BIGINT',
      late_count: 'BIGINT',
      duckdb_version: 'VARCHAR',
    },
    rows,
  };
  return relation;
}

/** Table `policy_version`: one row a policy record. */
function versionsRelation(versions: readonly PolicyVersion[]): Relation {
  const last = versions.at(-1);
  const relation: Relation = {
    name: 'policy_version',
    columns: {
      log_index: 'BIGINT',
      recorded_at: 'TIMESTAMP',
      policy_revision: 'VARCHAR',
      bundle_digest: 'VARCHAR',
      control_map_digest: 'VARCHAR',
      frameworks_digest: 'VARCHAR',
      policies_digest: 'VARCHAR',
      is_current: 'BOOLEAN',
    },
    rows: versions.map((version) => [
      version.log_index,
      version.recorded_at,
      version.policy_revision,
      version.bundle_digest,
      version.control_map_digest,
      version.frameworks_digest,
      version.policies_digest,
      version === last,
    ]),
  };
  return relation;
}

/** A relation, and what it lacks. */
interface RelationWithGaps {
  relation: Relation;
  gaps: CoverageGap[];
}

const frameworksSchema = z.array(
  z.object({
    id: z.string(),
    title: z.string(),
    version: z.string(),
    controls: z.array(
      z.object({ id: z.string(), title: z.string(), summary: z.string(), coverage: z.string() }),
    ),
  }),
);

/** Table `framework_controls`: the controls of each framework, of each version that a policy record named. */
async function frameworksRelation(
  reader: LogReader,
  versions: readonly PolicyVersion[],
): Promise<RelationWithGaps> {
  const read = await readAll(reader, versions, 'frameworks_digest', frameworksSchema);
  const rows = read.values.flatMap(({ digest, current, value }) =>
    value.flatMap((framework) =>
      framework.controls.map((control): Cell[] => [
        digest,
        framework.id,
        framework.title,
        framework.version,
        shortName(framework.id, control.id),
        control.title,
        control.summary,
        control.coverage,
        current,
      ]),
    ),
  );
  const relation: Relation = {
    name: 'framework_controls',
    columns: {
      frameworks_digest: 'VARCHAR',
      framework: 'VARCHAR',
      framework_title: 'VARCHAR',
      framework_version: 'VARCHAR',
      control: 'VARCHAR',
      title: 'VARCHAR',
      summary: 'VARCHAR',
      coverage: 'VARCHAR',
      is_current: 'BOOLEAN',
    },
    rows,
  };
  return { relation, gaps: read.gaps };
}

function shortName(framework: string, control: string): string {
  return control.startsWith(`${framework}/`) ? control.slice(framework.length + 1) : control;
}

/** Every control of the frameworks that policy records named; a blob that cannot be read gives none. */
export async function frameworkControls(
  reader: LogReader,
  versions: readonly PolicyVersion[],
): Promise<ControlName[]> {
  const { values } = await readAll(reader, versions, 'frameworks_digest', frameworksSchema);
  return values.flatMap(({ value }) =>
    value.flatMap(({ id: framework, controls }) =>
      controls.map(({ id }) => ({ framework, control: shortName(framework, id) })),
    ),
  );
}

const policiesSchema = z.array(
  z.object({
    id: z.string(),
    title: z.string(),
    severity: z.string(),
    owner: z.string(),
    cadence: z.string(),
    since: z.string(),
    layers: z.record(z.string(), z.string()),
  }),
);

/** Table `policy`: the policies of each version that a policy record named. */
async function policiesRelation(
  reader: LogReader,
  versions: readonly PolicyVersion[],
): Promise<RelationWithGaps> {
  const read = await readAll(reader, versions, 'policies_digest', policiesSchema);
  const rows = read.values.flatMap(({ digest, current, value }) =>
    value.map((policy): Cell[] => [
      digest,
      policy.id,
      policy.title,
      policy.severity,
      policy.owner,
      policy.cadence,
      policy.since,
      JSON.stringify(policy.layers),
      current,
    ]),
  );
  const relation: Relation = {
    name: 'policy',
    columns: {
      policies_digest: 'VARCHAR',
      policy_id: 'VARCHAR',
      title: 'VARCHAR',
      severity: 'VARCHAR',
      owner: 'VARCHAR',
      cadence: 'VARCHAR',
      since: 'VARCHAR',
      layers: 'VARCHAR',
      is_current: 'BOOLEAN',
    },
    rows,
  };
  return { relation, gaps: read.gaps };
}

interface Read<T> {
  values: { digest: string; current: boolean; value: T }[];
  gaps: CoverageGap[];
}

async function readAll<T>(
  reader: LogReader,
  versions: readonly PolicyVersion[],
  field: 'frameworks_digest' | 'policies_digest',
  schema: z.ZodType<T>,
): Promise<Read<T>> {
  const read: Read<T> = { values: [], gaps: [] };
  const current = versions.at(-1)?.[field];
  const digests = new Set(versions.map((version) => version[field]).filter((digest) => digest !== undefined));
  if (current === undefined) {
    read.gaps.push({ kind: 'no_expectation', message: `no policy record of the log names its ${field}` });
  }
  for (const digest of digests) {
    try {
      if (!isDigest(digest)) throw new SyntaxError('malformed digest');
      const value = schema.parse(JSON.parse(new TextDecoder().decode(await reader.blob(digest))));
      read.values.push({ digest, current: digest === current, value });
    } catch (cause) {
      if (!(cause instanceof ExhibitError || cause instanceof SyntaxError || cause instanceof z.ZodError))
        throw cause;
      read.gaps.push({ kind: 'control_map', message: `${field} ${digest} cannot be read: ${cause.message}` });
    }
  }
  return read;
}
