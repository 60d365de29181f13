import { closeDay, daysOf, type QueryRequest, query, verifyLake } from '../../src/lake/index.ts';
import { median, type Row } from '../measure.ts';
import { makeYear, type Year } from './year.ts';

export interface LakeBench {
  /** Over the whole year. */
  records: number;
  folder: string;
  /** Days that are closed, from 1 January; 365 unless given. */
  days?: number;
  progress?: (text: string) => void;
}

const peak = () => (process.resourceUsage().maxRSS * 1024) / 1e6;
const RUNS = 5;

/** Closes every day of a year and asks it questions. Times are of work in one process, after DuckDB was loaded. */
export async function benchLake({ records, folder, days = 365, progress }: LakeBench): Promise<Row[]> {
  const year = await makeYear(folder, records, days);
  const all = daysOf({ from: day(year, 0), to: day(year, days - 1) });
  const close: number[] = [];
  for (const [at, one] of all.entries()) {
    year.prepare(at);
    year.clock.now = year.start + (at + 1) * 86_400_000 + 7_200_000;
    close.push(await timed(() => closeDay(year.ledger, one, { clock: () => year.clock.now })));
    if (at % 10 === 9) progress?.(`${at + 1} of ${days} days`);
  }
  const rows: Row[] = [figure(`close a day of ${Math.round(records / days)} records, 32 controls`, close)];
  const quarter = { from: day(year, 0), to: day(year, Math.min(days, 90) - 1) };
  const whole = { from: day(year, 0), to: day(year, days - 1) };
  const cc = { framework: 'soc2', control: 'cc6.1' };
  rows.push(await ask(year, 'one control, one quarter', { name: 'verdicts-by-day', ...cc, ...quarter }));
  rows.push(
    await ask(year, 'failures and recovery, one control, one quarter', {
      name: 'failures-and-recovery',
      ...cc,
      ...quarter,
    }),
  );
  rows.push(
    await ask(year, 'all controls of a framework, the year', {
      name: 'framework-verdicts',
      framework: 'soc2',
      ...whole,
    }),
  );
  rows.push(
    await ask(year, 'coverage of a framework, the year', {
      name: 'framework-coverage',
      framework: 'soc2',
      ...whole,
    }),
  );
  const verify = await timed(async () => {
    const { problems } = await verifyLake(year.ledger);
    if (problems.length > 0) throw new Error(problems[0]?.message);
  });
  rows.push(figure('verify every file of the lake', [verify]));
  await year.ledger.close();
  return rows;
}

function day(year: Year, at: number): string {
  return new Date(year.start + at * 86_400_000).toISOString().slice(0, 10);
}

async function ask(year: Year, name: string, request: QueryRequest): Promise<Row> {
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
  return { ...figure(name, times), note };
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}

function figure(name: string, times: readonly number[]): Row {
  const round = (value: number) => Math.round(value * 10) / 10;
  return {
    name,
    value: round(median(times)),
    unit: 'ms',
    peak_rss_mb: Math.round(peak()),
    min: round(Math.min(...times)),
    max: round(Math.max(...times)),
  };
}
