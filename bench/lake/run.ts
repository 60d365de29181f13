import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { benchLake } from './lake.ts';

// node bench/lake/run.ts --records 20000000 [--days 365] [--folder EMPTY]
const { values } = parseArgs({
  options: {
    records: { type: 'string', default: '1000000' },
    days: { type: 'string', default: '365' },
    folder: { type: 'string' },
  },
});

const temporary = values.folder === undefined ? await mkdtemp(join(tmpdir(), 'exhibit-bench-')) : undefined;
const folder = values.folder ?? join(temporary ?? '', 'ledger');
try {
  const size = { records: Number(values.records), days: Number(values.days) };
  const progress = (text: string) => process.stderr.write(`${text}\n`);
  for (const row of await benchLake({ ...size, folder, progress })) console.log(JSON.stringify(row));
} finally {
  if (temporary !== undefined) await rm(temporary, { recursive: true });
}
