import { rm } from 'node:fs/promises';
import type { LedgerReader } from '../ledger/index.ts';
import { ExhibitError } from '../record/index.ts';
import { shownKeys, uploadCopy, uploadFiles } from './bucket/upload.ts';
import { closedDays, logDays } from './calendar.ts';
import { writeManifestCopy } from './copy.ts';
import { addDays } from './days.ts';
import { duckdbVersion, lakeWork } from './duckdb.ts';
import { scanVersions, versionsBefore } from './history.ts';
import { installFiles, removeLeftovers, temporaryFolder } from './install.ts';
import { manifestKey } from './keys.ts';
import { withLakeLock } from './lock.ts';
import { dayRange, readManifest, readVersions } from './manifest.ts';
import { type DayProjection, projectDay } from './project.ts';
import type { LakeProblem, Manifest, PolicyVersion } from './types.ts';
import { checkFile } from './verify.ts';

export interface RebuildOptions {
  /** All closed days unless given. */
  days?: readonly string[];
  lockTimeout?: number;
  /** Called before each day with how many are done and how many there are. */
  progress?: (done: number, total: number) => void;
}

export interface RebuiltDay {
  day: string;
  /**
   * same: the log gives the bytes that the manifest names. other_version: another DuckDB closed the day, so bytes cannot be
   * compared; row counts can, and are the same. The files are left as they are. differs: see problems.
   */
  outcome: 'same' | 'other_version' | 'differs';
  /** Files that were missing or wrong in the lake and are right now. */
  restored: string[];
  /** Files and the copy of the manifest that the bucket behind the ledger did not show, and shows now. */
  uploaded: string[];
}

export interface Rebuild {
  days: RebuiltDay[];
  problems: LakeProblem[];
}

/**
 * Writes closed days anew from the log, with the control maps that were recorded then, and compares them with their manifests.
 * A file that is right is not touched; one that is missing or wrong is replaced in one step, once the new one is proven. What a bucket
 * behind the ledger does not show is uploaded again.
 * @throws ExhibitError LAKE_MISMATCH naming the first file that the log does not give; details.problems has all
 */
export async function rebuildLake(reader: LedgerReader, options: RebuildOptions = {}): Promise<Rebuild> {
  return withLakeLock(reader.folder, options.lockTimeout ?? 10_000, async () => {
    await removeLeftovers(reader.folder);
    const result: Rebuild = { days: [], problems: [] };
    const closed = new Set(options.days ?? (await closedDays(reader)));
    // All days: the policy records are read from the log alone. Chosen days: from the manifest before, which rebuilding all days checks.
    const whole = options.days === undefined;
    let versions: PolicyVersion[] = [];
    const shown = reader.bucket === undefined ? undefined : await shownKeys(reader.bucket);
    let done = 0;
    for (const day of whole ? await logDays(reader) : closed) {
      const range = await dayRange(reader, day, addDays(day, 1));
      if (!whole) versions = await versionsBefore(reader, range.from, day);
      if (!closed.has(day)) {
        versions = [...versions, ...(await scanVersions(reader, range.from, range.to))];
        continue;
      }
      options.progress?.(done++, closed.size);
      const manifest = await readManifest(reader, day);
      if (manifest === undefined) {
        throw new ExhibitError('NOT_FOUND', `${day} is not closed, so there is nothing to rebuild`);
      }
      versions = await rebuildDay(reader, { day, ...range }, manifest, versions, result, shown);
    }
    const [first] = result.problems;
    if (first === undefined) return result;
    throw new ExhibitError('LAKE_MISMATCH', `${first.message} (${result.problems.length} in all)`, {
      location: { file: first.key },
      details: { problems: result.problems, days: result.days },
      hint: 'Verify the ledger. If it verifies, the manifest was written by something else than this lake.',
    });
  });
}

async function rebuildDay(
  reader: LedgerReader,
  range: { day: string; from: number; to: number },
  manifest: Manifest,
  before: readonly PolicyVersion[],
  result: Rebuild,
  shown: ReadonlySet<string> | undefined,
): Promise<PolicyVersion[]> {
  const temporary = temporaryFolder(reader.folder);
  try {
    const made = await lakeWork(`day ${range.day} could not be projected`, () =>
      projectDay(reader, range, before, temporary),
    );
    const problems = [
      ...compareFacts(range, manifest, made),
      ...(await compareVersions(reader, range.day, manifest, made)),
      ...compareFiles(range.day, manifest, made, manifest.details.duckdb_version === (await duckdbVersion())),
    ];
    const same =
      problems.length === 0 && made.files.every((file, i) => file.sha256 === manifest.files[i]?.sha256);
    const restored: string[] = [];
    let uploaded: string[] = [];
    if (same) {
      for (const file of manifest.files) {
        if (await checkFile(reader.folder, range.day, file, 'digest')) restored.push(file.key);
      }
      await installFiles(
        temporary,
        reader.folder,
        restored.map((key) => ({ key })),
      );
      await writeManifestCopy(reader.folder, manifest);
      if (shown !== undefined) uploaded = await uploadMissing(reader, manifest, shown);
    }
    const outcome = same ? 'same' : problems.length === 0 ? 'other_version' : 'differs';
    result.days.push({ day: range.day, outcome, restored, uploaded });
    result.problems.push(...problems);
    return made.versions;
  } finally {
    await rm(temporary, { recursive: true, force: true });
  }
}

/** What the bucket shows with other bytes is left as it is: verify of the bucket names it, and which version is whole. */
async function uploadMissing(
  { folder, bucket }: LedgerReader,
  manifest: Manifest,
  shown: ReadonlySet<string>,
): Promise<string[]> {
  if (bucket === undefined) return [];
  const missing = manifest.files.filter(({ key }) => !shown.has(key));
  await uploadFiles(folder, bucket, missing);
  const uploaded = missing.map(({ key }) => key);
  const copy = manifestKey(manifest.details.day);
  if (shown.has(copy)) return uploaded;
  await uploadCopy(bucket, manifest);
  return [...uploaded, copy];
}

function compareFacts(
  range: { day: string; from: number; to: number },
  { details }: Manifest,
  made: DayProjection,
): LakeProblem[] {
  const facts: [string, number, number][] = [
    ['from_index', details.from_index, range.from],
    ['to_index', details.to_index, range.to],
    ['rows', details.rows, made.rows],
    ['late', details.late, made.late],
  ];
  return facts
    .filter(([, expected, found]) => expected !== found)
    .map(([name, expected, found]) => ({
      kind: 'manifest',
      day: range.day,
      key: `manifest of ${range.day}`,
      message: `the manifest of ${range.day} says ${name} ${expected}; the log gives ${found}`,
      expected,
      found,
    }));
}

async function compareVersions(
  reader: LedgerReader,
  day: string,
  manifest: Manifest,
  made: DayProjection,
): Promise<LakeProblem[]> {
  const said = await readVersions(reader, manifest.details.policies_digest);
  const key = (list: readonly PolicyVersion[]) =>
    list.map((one) => `${one.log_index} ${one.control_map_digest} ${one.bundle_digest}`).join('\n');
  if (key(said) === key(made.versions)) return [];
  const message = `the manifest of ${day} lists other policy records than the log`;
  return [{ kind: 'manifest', day, key: `manifest of ${day}`, message }];
}

function compareFiles(
  day: string,
  manifest: Manifest,
  made: DayProjection,
  sameVersion: boolean,
): LakeProblem[] {
  const problems: LakeProblem[] = [];
  const said = new Map(manifest.files.map((file) => [file.key, file]));
  for (const file of made.files) {
    const named = said.get(file.key);
    said.delete(file.key);
    const at = { day, key: file.key };
    if (named === undefined) {
      problems.push({ kind: 'manifest', ...at, message: `the log gives ${file.key}; its manifest lacks it` });
    } else if (named.rows !== file.rows) {
      const message = `the log gives ${file.rows} rows for ${file.key}; its manifest says ${named.rows}`;
      problems.push({ kind: 'rows', ...at, message, expected: named.rows, found: file.rows });
    } else if (named.sha256 !== file.sha256 && sameVersion) {
      const message = `the log gives other bytes for ${file.key} than its manifest says`;
      problems.push({ kind: 'digest', ...at, message, expected: named.sha256, found: file.sha256 });
    }
  }
  for (const key of said.keys()) {
    problems.push({
      kind: 'manifest',
      day,
      key,
      message: `the manifest names ${key}; the log does not give it`,
    });
  }
  return problems;
}
