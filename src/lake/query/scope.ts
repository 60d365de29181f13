import type { LedgerReader } from '../../ledger/index.ts';
import { type Bridge, controlsOf, readBridge, rowsOn } from '../bridge.ts';
import { logDays } from '../calendar.ts';
import { addDays, dayStart, daysOf, formatPeriod, toPeriods } from '../days.ts';
import { mapsInForce } from '../history.ts';
import type { ControlName } from '../keys.ts';
import { findManifest, readVersions } from '../manifest.ts';
import type { LakeProblem, Manifest, ManifestFile, Period, PolicyVersion } from '../types.ts';
import { manifestOrProblem } from '../verify.ts';
import type { CoverageGap } from './types.ts';

/** Which of the views a query reads: files are opened and expected for these only. */
export interface Reads {
  fact: boolean;
  evidence: boolean;
}

export interface OpenDay {
  day: string;
  from: number;
  to: number;
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

/** Reads manifests and open days of a period from the log. */
export async function readScope(reader: LedgerReader, period: Period, size: number): Promise<Scope> {
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
  const absent: { before: string[]; after: string[]; open: string[] } = { before: [], after: [], open: [] };
  const problems: LakeProblem[] = [];
  for (const day of daysOf(period)) {
    if (first === undefined || day < first) absent.before.push(day);
    else if (last === undefined || day > last) absent.after.push(day);
    else {
      const seen = problems.length;
      const manifest = await manifestOrProblem(reader, day, problems);
      if (manifest !== undefined) scope.manifests.push(manifest);
      else if (problems[seen]?.kind === 'manifest' && (await notClosed(reader, day))) {
        problems.length = seen;
        absent.open.push(day);
        const [from, to] = [
          await reader.firstAt(dayStart(day)),
          await reader.firstAt(dayStart(addDays(day, 1))),
        ];
        scope.open.push({ day, from: Math.min(from, size), to: Math.min(to, size) });
      }
    }
  }
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
  const known = scope.manifests.at(-1);
  if (known !== undefined) scope.versions = await readVersions(reader, known.details.policies_digest);
  scope.tail = await readTail(reader, logged, size);
  return scope;
}

async function notClosed(reader: LedgerReader, day: string): Promise<boolean> {
  return (await findManifest(reader, day).catch(() => 'unusable')) === undefined;
}

function periodGaps(kind: CoverageGap['kind'], days: readonly string[], why: string): CoverageGap[] {
  return toPeriods(days).map((period) => ({ kind, ...period, message: `${formatPeriod(period)}: ${why}` }));
}

async function readTail(reader: LedgerReader, days: readonly string[], size: number): Promise<Scope['tail']> {
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
  control?: ControlName;
  file?: ManifestFile;
}

/**
 * The files that a period should have, for what a query reads: one fact file a day, and one file for each day and control that a map in
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
    const byControl = new Map(files.map((file) => [`${file.framework ?? ''}/${file.control ?? ''}`, file]));
    const add = (control: ControlName | undefined) => {
      const file = byControl.get(control === undefined ? '/' : `${control.framework}/${control.control}`);
      expected.push({
        day,
        ...(control === undefined ? {} : { control }),
        ...(file === undefined ? {} : { file }),
      });
    };
    if (reads.fact) add(undefined);
    const maps = new Set([
      ...mapsInForce(scope.versions, details.from_index, details.to_index),
      ...details.control_map_digests,
    ]);
    if (reads.evidence) for (const control of controls([...maps].sort(), day)) add(control);
  }
  for (const { day, from, to } of scope.open) {
    if (reads.fact) expected.push({ day });
    if (reads.evidence) {
      for (const control of controls(mapsInForce(scope.versions, from, to), day))
        expected.push({ day, control });
    }
  }
  return expected;
}

/** Reads the control maps that policy records have announced. */
export async function readMaps(reader: LedgerReader, versions: readonly PolicyVersion[]): Promise<Bridge> {
  return readBridge(reader, new Set(versions.map((version) => version.control_map_digest)));
}
