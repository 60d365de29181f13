import { execFileSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Progress } from '../../src/cli/index.ts';
import {
  daysOf,
  LAKE_FOLDERS,
  type QueryRequest,
  query,
  rebuildLake,
  verifyLake,
} from '../../src/lake/index.ts';
import { inTurn, median, type Row, runOnce, summarize } from '../measure.ts';
import { makeReal } from './real.ts';
import { closeDays, makeYear, type Year } from './year.ts';

/** The size of a lake: days from 1 January, and records on each. */
export interface Size {
  days: number;
  perDay: number;
}

const EXHIBIT = join(import.meta.dirname, '..', '..', 'bin', 'exhibit.js');
const CC = { framework: 'soc2', control: 'cc6.1' };
const RUNS = 5;
const peak = () => (process.resourceUsage().maxRSS * 1024) / 1e6;
const number = (value: number) => value.toLocaleString('en-US');

/** Closes days and says how long one took. Times are of work in one process; the first loads DuckDB. */
export async function benchClose(folder: string, size: Size, bar?: Progress): Promise<Row[]> {
  const year = await makeYear(folder, size.days * size.perDay, size.days);
  const row = await closeAll(year, size, bar);
  await year.ledger.close();
  return [row];
}

/** Closes a lake, asks it questions in one process, and checks it. */
export async function benchQuestions(folder: string, size: Size, bar?: Progress): Promise<Row[]> {
  const year = await makeYear(folder, size.days * size.perDay, size.days);
  const rows = [await closeAll(year, size, bar), ...(await askAll(year, size))];
  const verify = await timed(async () => {
    const { problems } = await verifyLake(year.ledger);
    if (problems.length > 0) throw new Error(problems[0]?.message);
  });
  rows.push(figure(`verify every file of ${name(size)}`, [verify]));
  await year.ledger.close();
  return rows;
}

/** Closes a lake over a real ledger, removes all of its files, and makes them anew from the log: the same bytes, or it throws. */
export async function benchRebuild(folder: string, size: Size, bar?: Progress): Promise<Row[]> {
  const year = await makeReal(folder, size.days * size.perDay, size.days);
  await closeAll(year, size, bar);
  for (const name of LAKE_FOLDERS) rmSync(join(folder, name), { recursive: true });
  const time = await timed(async () => {
    const { days } = await rebuildLake(year.ledger);
    if (days.some(({ outcome }) => outcome !== 'same')) throw new Error('the log gives other bytes');
  });
  await year.ledger.close();
  const row = figure(`rebuild ${name(size)} from the log, all files removed`, [time]);
  return [{ ...row, note: `${number(Math.round((size.days * size.perDay) / (time / 1000)))} records/s` }];
}

/** The same questions over a real ledger, and the program as a user starts it. */
export async function benchProgram(folder: string, size: Size, bar?: Progress): Promise<Row[]> {
  const year = await makeReal(folder, size.days * size.perDay, size.days);
  await closeAll(year, size, bar);
  const rows = await askAll(year, size);
  await year.ledger.close();
  const { from, to } = period(year, Math.min(size.days, 90));
  const args = ['query', 'verdicts-by-day', '--control', 'soc2/cc6.1', '--from', from, '--to', to];
  const command = [EXHIBIT, ...args, '--evidence', folder];
  // Complete is 0: whatever else it says is no answer that may be timed.
  execFileSync(process.execPath, command, { stdio: 'ignore' });
  const [runs = []] = inTurn(RUNS, [() => runOnce(process.execPath, command)]);
  rows.push(summarize(`exhibit query as a whole process, one control of ${name(size)}`, runs));
  return rows;
}

async function closeAll(year: Year, { days, perDay }: Size, bar?: Progress): Promise<Row> {
  const times = await closeDays(year, daysOf(period(year, days)), bar);
  return figure(`close a day of ${number(perDay)} records, 32 controls, ${days} days`, times);
}

async function askAll(year: Year, size: Size): Promise<Row[]> {
  const quarter = period(year, Math.min(size.days, 90));
  const whole = period(year, size.days);
  const control = name({ ...size, days: Math.min(size.days, 90) });
  const soc2 = { framework: 'soc2', ...whole };
  return [
    await ask(year, `one control, ${control}`, { name: 'verdicts-by-day', ...CC, ...quarter }),
    await ask(year, `time to pass, one control, ${control}`, {
      name: 'failures-and-recovery',
      ...CC,
      ...quarter,
    }),
    await ask(year, `all controls of a framework, ${name(size)}`, { name: 'framework-verdicts', ...soc2 }),
    await ask(year, `coverage of a framework, ${name(size)}`, { name: 'framework-coverage', ...soc2 }),
  ];
}

function name({ days, perDay }: Size): string {
  return `${days} days of ${number(perDay)} records`;
}

function period(year: Year, days: number): { from: string; to: string } {
  const day = (at: number) => new Date(year.start + at * 86_400_000).toISOString().slice(0, 10);
  return { from: day(0), to: day(days - 1) };
}

async function ask(year: Year, label: string, request: QueryRequest): Promise<Row> {
  const times: number[] = [];
  let note = '';
  for (let run = 0; run <= RUNS; run += 1) {
    const time = await timed(async () => {
      const { coverage, row_count } = await query(year.ledger, request);
      const gaps = coverage.gaps.map(({ kind }) => kind).join(' ');
      note = `${row_count} rows, ${coverage.found} of ${coverage.expected} files, checked: ${coverage.checked}${gaps === '' ? '' : `, ${gaps}`}`;
    });
    if (run > 0) times.push(time);
  }
  return { ...figure(label, times), note };
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}

function figure(label: string, times: readonly number[]): Row {
  const round = (value: number) => Math.round(value * 10) / 10;
  return {
    name: label,
    value: round(median(times)),
    unit: 'ms',
    peak_rss_mb: Math.round(peak()),
    min: round(Math.min(...times)),
    max: round(Math.max(...times)),
  };
}
