import type { LedgerReader } from '../ledger/index.ts';
import { isClosed, logDays } from './calendar.ts';
import { dayStart, toPeriods } from './days.ts';
import { Tombstones } from './purge/tombstone.ts';
import type { LakeProblem, Period } from './types.ts';
import { checkFile, manifestOrProblem } from './verify.ts';

export interface LakeStatus {
  ledger: { origin: string; size: number; root: string };
  /** First and last day with records; absent for an empty log. */
  first_day?: string;
  last_day?: string;
  closed: string[];
  /** Days before the last one that have no manifest. */
  missing: string[];
  missing_periods: Period[];
  /** What the log has that no closed day covers, at its end. */
  tail: { from_day?: string; from_index: number; records: number };
  files: { expected: number; found: number; purged: number; bytes: number; rows: number };
  /** By presence and length only; verifyLake compares digests. */
  problems: LakeProblem[];
}

/** What is closed, what is open, and whether the files are there. Reads no file of the lake. */
export async function lakeStatus(reader: LedgerReader): Promise<LakeStatus> {
  const { origin, size, root } = await reader.checkpoint();
  const days = await logDays(reader);
  const closed: string[] = [];
  for (const day of days) if (await isClosed(reader, day)) closed.push(day);
  const last = closed.at(-1);
  const open = days.filter((day) => !closed.includes(day));
  const tailDay = open.find((day) => last === undefined || day > last);
  const tailIndex = tailDay === undefined ? size : await reader.firstAt(dayStart(tailDay));
  const missing = open.filter((day) => day !== days.at(-1));
  const status: LakeStatus = {
    ledger: { origin, size, root },
    closed,
    missing,
    missing_periods: toPeriods(missing),
    tail: { from_index: tailIndex, records: size - tailIndex },
    files: { expected: 0, found: 0, purged: 0, bytes: 0, rows: 0 },
    problems: [],
  };
  if (tailDay !== undefined) status.tail.from_day = tailDay;
  const [firstDay, lastDay] = [days[0], days.at(-1)];
  if (firstDay !== undefined) status.first_day = firstDay;
  if (lastDay !== undefined) status.last_day = lastDay;
  const tombstones = new Tombstones(reader);
  for (const day of closed) await countFiles(reader, day, status, tombstones);
  return status;
}

async function countFiles(
  reader: LedgerReader,
  day: string,
  status: LakeStatus,
  tombstones: Tombstones,
): Promise<void> {
  const manifest = await manifestOrProblem(reader, day, status.problems);
  for (const file of manifest?.files ?? []) {
    status.files.expected += 1;
    status.files.rows += file.rows;
    status.files.bytes += file.bytes;
    const problem = await checkFile(reader.folder, day, file, 'size');
    if (problem === undefined) status.files.found += 1;
    else if (problem.kind === 'missing' && (await tombstones.of(day, file)) !== undefined)
      status.files.purged += 1;
    else status.problems.push(problem);
  }
}
