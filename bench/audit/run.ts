import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { daysOf } from '../../src/lake/index.ts';
import { openReader } from '../../src/ledger/index.ts';
import { makeReal } from '../lake/real.ts';
import { closeDays } from '../lake/year.ts';
import { benchPortal } from './portal.ts';
import { benchProgram } from './program.ts';

// node bench/audit/run.ts: an audit over ten days of 5,000 records.
// node bench/audit/run.ts --ledger FOLDER --from 2025-11-01 --days 365 --records 54795: over a ledger that is there, or that is made there first, which takes the better
// part of an hour. The engagement is of all its days; the pack, of the first quarter.
const { values } = parseArgs({
  options: {
    days: { type: 'string', default: '10' },
    records: { type: 'string', default: '5000' },
    from: { type: 'string' },
    ledger: { type: 'string' },
    only: { type: 'string' },
  },
});

const DAY = 86_400_000;
const days = Number(values.days);
// Up to yesterday, unless another first day is given.
const START =
  values.from === undefined
    ? Math.floor(Date.now() / DAY - days) * DAY
    : Date.parse(`${values.from}T00:00:00.000Z`);
const dayAt = (at: number) => new Date(START + at * DAY).toISOString().slice(0, 10);

const temporary = await mkdtemp(join(tmpdir(), 'exhibit-bench-audit-'));
const folder = values.ledger ?? join(temporary, 'evidence');
try {
  if (!existsSync(folder)) await make();
  const reader = await openReader(folder);
  const { size } = await reader.checkpoint();
  await reader.close();
  const place = {
    folder,
    records: size,
    whole: period(days),
    quarter: period(Math.min(days, 90)),
    temporary,
  };
  if (values.only !== 'portal')
    for (const row of benchProgram(place)) console.log(JSON.stringify({ ...row, records: size }));
  if (values.only !== 'program')
    for await (const row of benchPortal(place)) console.log(JSON.stringify({ ...row, records: size }));
} finally {
  await rm(temporary, { recursive: true });
}

function period(length: number): { from: string; to: string } {
  return { from: dayAt(0), to: dayAt(length - 1) };
}

async function make(): Promise<void> {
  const year = await makeReal(folder, days * Number(values.records), days, START);
  await closeDays(year, daysOf(period(days)));
  await year.ledger.close();
}
