import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { Row } from '../measure.ts';
import { benchClose, benchProgram, benchQuestions, benchRebuild } from './lake.ts';

// A year of 20 million records has this many a day.
const DENSE = 54_795;
const THIN = 822;

// node bench/lake/run.ts: five full days closed, and questions over a thin month.
// node bench/lake/run.ts --full: a year of 20 million records, and a thin quarter. --records 4931550 --days 90: any other size.
const { values } = parseArgs({
  options: {
    full: { type: 'boolean', default: false },
    records: { type: 'string' },
    days: { type: 'string', default: '365' },
  },
});

const temporary = await mkdtemp(join(tmpdir(), 'exhibit-bench-'));
const folder = (name: string) => join(temporary, name);
const print = (rows: readonly Row[]) => {
  for (const row of rows) console.log(JSON.stringify(row));
};

try {
  const days = Number(values.days);
  if (values.records !== undefined) {
    const perDay = Math.round(Number(values.records) / days);
    print(await benchQuestions(folder('lake'), { days, perDay }));
  } else {
    if (values.full) print(await benchQuestions(folder('year'), { days: 365, perDay: DENSE }));
    else print(await benchClose(folder('days'), { days: 5, perDay: DENSE }));
    print(await benchRebuild(folder('rebuilt'), { days: values.full ? 60 : 5, perDay: DENSE }));
    print(await benchProgram(folder('thin'), { days: values.full ? 90 : 30, perDay: THIN }));
  }
} finally {
  await rm(temporary, { recursive: true });
}
