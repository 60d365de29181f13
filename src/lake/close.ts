import { rm } from 'node:fs/promises';
import type { Ledger, LedgerReader } from '../ledger/index.ts';
import { type Clock, canonicalize, type Digest, ExhibitError, formatInstant } from '../record/index.ts';
import { type Uploaded, uploadCopy, uploadFiles } from './bucket/upload.ts';
import { copiesShown, repairCopy, writeManifestCopy } from './copy.ts';
import { addDays, dayMilliseconds, dayStart, daysOf } from './days.ts';
import { duckdbVersion, lakeWork } from './duckdb.ts';
import { firstDay, recordedDay, versionsBefore } from './history.ts';
import { installFiles, removeLeftovers, temporaryFolder } from './install.ts';
import { withLakeLock } from './lock.ts';
import { dayRange, findManifest, manifestDraft, manifestId, readManifest } from './manifest.ts';
import { type DayProjection, projectDay } from './project.ts';
import { LAKE_SCHEMA, type Manifest, type ManifestDetails, type ManifestFile } from './types.ts';

/** How long after midnight UTC a day may be closed, in milliseconds: one hour. */
export const DEFAULT_GRACE = 3_600_000;

export type CloseStage = 'seal' | 'project' | 'install' | 'upload' | 'manifest';

/** What is on disk after each step of a close, in order. A test stops the process at one. */
export const CLOSE_STEPS = [
  'sealed',
  'files written',
  'file installed',
  'files installed',
  'lists stored',
  'manifest appended',
  'manifest sealed',
  'copy written',
] as const;

/** More steps where a bucket is behind the ledger. */
export const UPLOAD_STEPS = ['file uploaded', 'files uploaded', 'copy uploaded'] as const;

export type CloseStep = (typeof CLOSE_STEPS)[number] | (typeof UPLOAD_STEPS)[number];

export interface CloseOptions {
  clock: Clock;
  /** Milliseconds after midnight UTC; DEFAULT_GRACE unless given. */
  grace?: number;
  /** How long to wait for another writer of the lake, in milliseconds. */
  lockTimeout?: number;
  progress?: (stage: CloseStage) => void;
  /** Called after each durable step; for tests that stop the process there. `file installed` and `file uploaded` come once a file. */
  onStep?: (step: CloseStep) => void;
}

export interface ClosedDay extends Manifest {
  /** Earlier days of the log that are still open: closing out of order is allowed, and said. */
  earlier_open: string[];
  /** Keys in the bucket under which another object lay that no manifest names: it lies below ours now. */
  covered: string[];
}

/**
 * Closes a UTC day: writes its files, then a manifest record that names them. What survives a crash: before the manifest is in a
 * write-ahead log the day is open, and its files are written anew by the next call with the same bytes; after that it is closed, and the
 * next call does what is left. Where a bucket is behind the ledger, each file is there, locked, before the manifest names it and its version.
 * @throws ExhibitError LAKE_DAY_OPEN, LAKE_DAY_CLOSED, LAKE_FAILED, STORE_FAILED, and what the ledger throws
 */
export async function closeDay(ledger: Ledger, day: string, options: CloseOptions): Promise<ClosedDay> {
  const end = dayMilliseconds(addDays(day, 1));
  const ready = end + (options.grace ?? DEFAULT_GRACE);
  if (options.clock() < ready) throw dayOpen(day, `it can be closed from ${formatInstant(ready)}`);
  return withLakeLock(ledger.folder, options.lockTimeout ?? 10_000, async () => {
    options.progress?.('seal');
    await removeLeftovers(ledger.folder);
    const before = await findManifest(ledger, day);
    await ledger.seal();
    options.onStep?.('sealed');
    const manifest = await readManifest(ledger, day);
    if (manifest !== undefined) {
      await repairCopy(ledger, day, await copiesShown(ledger));
      if (before !== undefined) throw dayClosed(day);
      // Its writer died between the manifest's way to disk and its seal, which this call has just made.
      return { ...manifest, covered: [], earlier_open: await openDaysBefore(ledger, day) };
    }
    await sealPast(ledger, day);
    await refuseBeforeLog(ledger, day);
    const closed = await writeDay(ledger, day, options);
    return { ...closed, earlier_open: await openDaysBefore(ledger, day) };
  });
}

async function writeDay(
  ledger: Ledger,
  day: string,
  options: CloseOptions,
): Promise<Omit<ClosedDay, 'earlier_open'>> {
  const { progress, onStep } = options;
  const range = { day, ...(await dayRange(ledger, day, addDays(day, 1))) };
  const temporary = temporaryFolder(ledger.folder);
  try {
    progress?.('project');
    const before = await versionsBefore(ledger, range.from, day);
    const written = await lakeWork(`day ${day} could not be projected`, () =>
      projectDay(ledger, range, before, temporary),
    );
    onStep?.('files written');
    progress?.('install');
    await lakeWork(`files of ${day} could not be put in place`, () =>
      installFiles(temporary, ledger.folder, written.files, () => onStep?.('file installed')),
    );
    onStep?.('files installed');
    const { files, covered } = await upload(ledger, written.files, options);
    progress?.('manifest');
    return { ...(await recordManifest(ledger, range, { ...written, files }, options)), covered };
  } finally {
    await rm(temporary, { recursive: true, force: true });
  }
}

/** Before the manifest: what it names is in the bucket, and its version is known. */
async function upload(
  { folder, bucket }: Ledger,
  files: readonly ManifestFile[],
  { progress, onStep }: CloseOptions,
): Promise<Uploaded> {
  if (bucket === undefined) return { files: [...files], covered: [] };
  progress?.('upload');
  const uploaded = await uploadFiles(folder, bucket, files, () => onStep?.('file uploaded'));
  onStep?.('files uploaded');
  return uploaded;
}

// The ledger gives recorded_at by its own clock, and it never decreases: once a record is past the day, none can come into it.
async function sealPast(ledger: Ledger, day: string): Promise<void> {
  const past = async () => {
    const { size } = await ledger.checkpoint();
    return size > 0 && (await recordedDay(ledger, size - 1)) > day;
  };
  if (await past()) return;
  await ledger.seal({ heartbeat: true });
  if (!(await past())) throw dayOpen(day, 'the ledger’s own clock has not passed it');
}

// Empty files for a day on which there was no log would say "looked, and nothing was there". Nobody looked.
async function refuseBeforeLog(ledger: Ledger, day: string): Promise<void> {
  const first = await firstDay(ledger);
  if (first !== undefined && first <= day) return;
  throw new ExhibitError('USAGE', `there is nothing to close on ${day}: the log begins on ${first}`);
}

async function recordManifest(
  ledger: Ledger,
  range: { day: string; from: number; to: number },
  written: DayProjection,
  { clock, onStep }: CloseOptions,
): Promise<Manifest> {
  const { day } = range;
  const blob = (value: unknown): Promise<Digest> =>
    ledger.putBlob(new TextEncoder().encode(canonicalize(value)));
  const details: ManifestDetails = {
    schema_version: LAKE_SCHEMA,
    day,
    from_index: range.from,
    to_index: range.to,
    rows: written.rows,
    files: written.files.length,
    files_digest: await blob(written.files),
    policies_digest: await blob(written.versions),
    control_map_digests: written.control_map_digests,
    duckdb_version: await duckdbVersion(),
    late: written.late,
    gaps: written.gaps,
  };
  onStep?.('lists stored');
  await ledger.appendNumbered([manifestDraft(ledger.origin, details, formatInstant(clock()))]);
  onStep?.('manifest appended');
  await ledger.seal();
  onStep?.('manifest sealed');
  const log_index = await ledger.find(manifestId(ledger.origin, day));
  if (log_index === undefined) {
    throw new ExhibitError('LAKE_FAILED', `the manifest of ${day} is not in the log after it was sealed`);
  }
  const manifest: Manifest = { log_index, details, files: written.files };
  await writeManifestCopy(ledger.folder, manifest);
  onStep?.('copy written');
  if (ledger.bucket !== undefined) {
    await uploadCopy(ledger.bucket, manifest);
    onStep?.('copy uploaded');
  }
  return manifest;
}

/** Days of the log before the given one that have no manifest. For the others it sees to it that their copy is there. */
async function openDaysBefore(reader: LedgerReader, day: string): Promise<string[]> {
  const first = await firstDay(reader);
  if (first === undefined || first >= day) return [];
  const open: string[] = [];
  const shown = await copiesShown(reader);
  const closed = closedDays(reader);
  for (const at of daysOf({ from: first, to: addDays(day, -1) })) {
    if (!closed.has(at) && (await findManifest(reader, at)) === undefined) open.push(at);
    else {
      closed.add(at);
      await repairCopy(reader, at, shown);
    }
  }
  return open;
}

/**
 * Days whose manifest was found in the log that a reader has open. Nothing leaves a log, so none of them opens again: who closes a year day by day
 * looks each one up once, not again with each later day.
 */
const closedBy = new WeakMap<LedgerReader, Set<string>>();

function closedDays(reader: LedgerReader): Set<string> {
  const known = closedBy.get(reader) ?? new Set();
  closedBy.set(reader, known);
  return known;
}

function dayOpen(day: string, why: string): ExhibitError {
  return new ExhibitError('LAKE_DAY_OPEN', `${day} is not over: ${why}`, {
    hint: 'Queries read open days from the log; close the day later.',
    details: { day, from: dayStart(day) },
  });
}

function dayClosed(day: string): ExhibitError {
  return new ExhibitError('LAKE_DAY_CLOSED', `${day} was closed before`, {
    hint: 'A closed day is never reopened: late records go into the day on which they are recorded. exhibit lake rebuild writes its files anew.',
    details: { day },
  });
}
