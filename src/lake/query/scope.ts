import type { LogReader } from '../../ledger/index.ts';
import { type Bridge, controlsOf, readBridge, rowsOn } from '../bridge.ts';
import { logDays } from '../calendar.ts';
import { addDays, dayStart, daysOf, formatPeriod, toPeriods } from '../days.ts';
import { mapsInForce, scanVersions } from '../history.ts';
import { type ControlName, dailyCountsKey, evidenceKey, factKey } from '../keys.ts';
import { findManifest, readVersions } from '../manifest.ts';
import { inParallel } from '../parallel.ts';
import type {
  LakeProblem,
  Manifest,
  ManifestDetails,
  ManifestFile,
  Period,
  PolicyVersion,
} from '../types.ts';
import { manifestOrProblem } from '../verify.ts';
import { type FoundDay, Known, type OpenDay } from './known.ts';
import type { CoverageGap } from './types.ts';

/** Which of the views a query reads: files are opened and expected for these only. */
export interface Reads {
  fact: boolean;
  daily_counts: boolean;
  evidence: boolean;
}

/** What the log says about a period, before any file of the lake is looked at. */
export interface Scope {
  period: Period;
  manifests: Manifest[];
  /** Days of the period with records but without a manifest. */
  open: OpenDay[];
  /** Policy records up to the last closed day of the period; open days are added when they are read. */
  versions: PolicyVersion[];
  gaps: CoverageGap[];
  tail: { records: number; from_index: number; since?: string };
}

/** Most records of open days that are read from the log, unless another number is given. */
export const DEFAULT_TAIL_LIMIT = 500_000;

/** Reads manifests and open days of a period from the log. @param known of the same log, from earlier questions */
export async function readScope(
  reader: LogReader,
  period: Period,
  size: number,
  limit: number,
  known = new Known(),
): Promise<Scope> {
  const scope: Scope = {
    period,
    manifests: [],
    open: [],
    versions: [],
    gaps: [],
    tail: { records: size, from_index: 0 },
  };
  const logged = size === 0 ? [] : await logDays(reader);
  const [first, last] = [logged[0], logged.at(-1)];
  const days = daysOf(period);
  const within = days.filter(
    (day) => first !== undefined && last !== undefined && day >= first && day <= last,
  );
  const found = await inParallel(within, (day) =>
    known.day({ origin: reader.origin, size }, day, () => readDay(reader, day, size)),
  );
  for (const { manifest, open } of found) {
    if (manifest !== undefined) scope.manifests.push(manifest);
    if (open !== undefined) scope.open.push(open);
  }
  const problems = found.flatMap((one) => one.problems);
  const absent = {
    before: days.filter((day) => first === undefined || day < first),
    after: days.filter((day) => first !== undefined && (last === undefined || day > last)),
    open: scope.open.map(({ day }) => day),
  };
  scope.gaps.push(
    ...periodGaps('before_log', absent.before, 'the log did not exist'),
    ...periodGaps('after_log', absent.after, 'the log has no record of this day or later'),
    ...periodGaps('day_not_closed', absent.open, 'not closed'),
    ...problems.map(
      ({ message, day, key }): CoverageGap => ({
        kind: 'manifest',
        message,
        key,
        ...(day === undefined ? {} : { from: day, to: day }),
      }),
    ),
  );
  await readKnownVersions(reader, scope, first, size, limit);
  scope.tail = await readTail(reader, logged, size);
  return scope;
}

/** A day of the log is closed, or open, or its manifest cannot be used. */
async function readDay(reader: LogReader, day: string, size: number): Promise<FoundDay> {
  const problems: LakeProblem[] = [];
  const manifest = await manifestOrProblem(reader, day, problems);
  if (manifest !== undefined) return { manifest, problems };
  if (problems[0]?.kind !== 'manifest' || !(await notClosed(reader, day))) return { problems };
  const from = await reader.firstAt(dayStart(day));
  const to = await reader.firstAt(dayStart(addDays(day, 1)));
  return { open: { day, from: Math.min(from, size), to: Math.min(to, size) }, problems: [] };
}

/**
 * Policy records before the end of the period: the list of the last closed day in it, or else of the nearest before it, and what came
 * after that list. Open days of the period are left out here: they are read whole later, and only if they are not too long.
 */
async function readKnownVersions(
  reader: LogReader,
  scope: Scope,
  first: string | undefined,
  size: number,
  limit: number,
): Promise<void> {
  if (first === undefined) return;
  const { period } = scope;
  const known = scope.manifests.at(-1)?.details ?? (await closedBefore(reader, period.from, first));
  if (known !== undefined) scope.versions = await readVersions(reader, known.policies_digest);
  const end = Math.min(await reader.firstAt(dayStart(addDays(period.to, 1))), size);
  const ranges = without({ from: known?.to_index ?? 0, to: end }, scope.open);
  const count = ranges.reduce((sum, { from, to }) => sum + to - from, 0);
  if (count > limit) {
    const message = `${count} records before the period are in no closed day: more than ${limit} are not searched for policy records`;
    scope.gaps.push({ kind: 'tail_not_read', message, count });
    return;
  }
  for (const { from, to } of ranges) scope.versions.push(...(await scanVersions(reader, from, to)));
}

async function closedBefore(
  reader: LogReader,
  day: string,
  first: string,
): Promise<ManifestDetails | undefined> {
  for (let at = addDays(day, -1); at >= first; at = addDays(at, -1)) {
    // One that is not usable is reported where its own day is asked for.
    const found = await findManifest(reader, at).catch(() => undefined);
    if (found !== undefined) return found.details;
  }
  return undefined;
}

/** What is left of a range of leaves without some others, which are in order and do not overlap. */
function without(range: { from: number; to: number }, others: readonly { from: number; to: number }[]) {
  const left: { from: number; to: number }[] = [];
  let { from } = range;
  for (const other of others) {
    if (other.to <= from || other.from >= range.to) continue;
    if (other.from > from) left.push({ from, to: other.from });
    from = other.to;
  }
  if (from < range.to) left.push({ from, to: range.to });
  return left;
}

async function notClosed(reader: LogReader, day: string): Promise<boolean> {
  return (await findManifest(reader, day).catch(() => 'unusable')) === undefined;
}

function periodGaps(kind: CoverageGap['kind'], days: readonly string[], why: string): CoverageGap[] {
  return toPeriods(days).map((period) => ({ kind, ...period, message: `${formatPeriod(period)}: ${why}` }));
}

async function readTail(reader: LogReader, days: readonly string[], size: number): Promise<Scope['tail']> {
  let since: string | undefined;
  for (let at = days.length - 1; at >= 0; at -= 1) {
    const day = days[at] as string;
    if (!(await notClosed(reader, day))) break;
    since = day;
  }
  if (since === undefined) return { records: 0, from_index: size };
  const from = Math.min(await reader.firstAt(dayStart(since)), size);
  return { records: size - from, from_index: from, since };
}

/** A file that the period should have, and the manifest's line about it where there is one. */
export interface Expected {
  day: string;
  view: keyof Reads;
  control?: ControlName;
  file?: ManifestFile;
}

/**
 * The files that a period should have, for what a query reads: one fact file and one of counts a day, and one file for each day and control that a map in
 * force names. It follows from the policy records, not from the list of files, so that a manifest that leaves a control out is seen.
 */
export function expectedFiles(
  scope: Scope,
  bridge: Bridge,
  reads: Reads,
  chosen: (control: ControlName) => boolean,
): Expected[] {
  const expected: Expected[] = [];
  const cache = new Map<string, ControlName[]>();
  // Days between two dates of links are alike: what is in effect is found once for each such stretch.
  const dates = [...new Set(bridge.rows.flatMap(({ valid_from, valid_until }) => [valid_from, valid_until]))];
  const controls = (maps: readonly string[], day: string) => {
    const stretch = dates.map((date) => Math.sign(date.localeCompare(day))).join('');
    const key = `${stretch} ${maps.join(' ')}`;
    const found = cache.get(key) ?? controlsOf(rowsOn(bridge.rows, day), new Set(maps)).filter(chosen);
    cache.set(key, found);
    return found;
  };
  for (const { details, files } of scope.manifests) {
    const { day } = details;
    const byKey = new Map(files.map((file) => [file.key, file]));
    const add = (view: keyof Reads, key: string, control?: ControlName) => {
      const file = byKey.get(key);
      expected.push({
        day,
        view,
        ...(control === undefined ? {} : { control }),
        ...(file === undefined ? {} : { file }),
      });
    };
    if (reads.fact) add('fact', factKey(day));
    if (reads.daily_counts) add('daily_counts', dailyCountsKey(day));
    const maps = new Set([
      ...mapsInForce(scope.versions, details.from_index, details.to_index),
      ...details.control_map_digests,
    ]);
    if (reads.evidence) {
      for (const control of controls([...maps].sort(), day))
        add('evidence', evidenceKey(control, day), control);
    }
  }
  for (const { day, from, to } of scope.open) {
    if (reads.fact) expected.push({ day, view: 'fact' });
    if (reads.daily_counts) expected.push({ day, view: 'daily_counts' });
    if (reads.evidence) {
      for (const control of controls(mapsInForce(scope.versions, from, to), day))
        expected.push({ day, view: 'evidence', control });
    }
  }
  return expected;
}

/** Reads the control maps that policy records have announced. */
export async function readMaps(reader: LogReader, versions: readonly PolicyVersion[]): Promise<Bridge> {
  return readBridge(reader, new Set(versions.map((version) => version.control_map_digest)));
}
