import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { benchLedger } from './ledger.ts';

// node bench/ledger/run.ts --records 1000000 [--folder EMPTY] [--threads 2]
const { values } = parseArgs({
  options: {
    records: { type: 'string', default: '1000000' },
    folder: { type: 'string' },
    threads: { type: 'string' },
  },
});

const temporary = values.folder === undefined ? await mkdtemp(join(tmpdir(), 'exhibit-bench-')) : undefined;
const folder = values.folder ?? join(temporary ?? '', 'ledger');
try {
  const threads = values.threads === undefined ? {} : { threads: Number(values.threads) };
  for (const row of await benchLedger({ records: Number(values.records), folder, ...threads })) {
    console.log(JSON.stringify(row));
  }
} finally {
  if (temporary !== undefined) await rm(temporary, { recursive: true });
}
