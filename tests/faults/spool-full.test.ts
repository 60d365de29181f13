import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
// Not part of the program's contract: how a machine keeps what its server has not got.
import { Spool } from '../../src/cli/evidence/spool.ts';
import { readRun } from '../../src/cli/evidence/spooled-run.ts';
import { isExhibitError } from '../../src/record/index.ts';
import { smallDisk } from './small-disk.ts';

const disk = smallDisk(2);
afterAll(() => {
  if (disk !== undefined) execFileSync('umount', [disk]);
});

const SERVER = 'https://evidence.example.com';
const RECORDS = Array.from({ length: 20 }, (_, i) => ({ run_index: i, message: 'x'.repeat(2_000) }));
const BLOB = Buffer.alloc(20_000, 1);
const DIGEST = `sha256:${createHash('sha256').update(BLOB).digest('hex')}` as const;
const blobs = new Map([[DIGEST, BLOB]]);

it.skipIf(disk === undefined)(
  'on a full disk a run is refused, none that was kept is lost, and it goes on when there is room (skipped where no small disk can be mounted)',
  () => {
    const spool = new Spool(SERVER, { EXHIBIT_STATE: disk ?? '' });
    const ballast = join(disk ?? '', 'ballast');
    writeFileSync(ballast, Buffer.alloc(512 * 1024));
    const kept: string[] = [];
    let refused: unknown;
    for (let i = 0; i < 100 && refused === undefined; i += 1) {
      const run = `00000000-0000-7000-8000-${String(i).padStart(12, '0')}`;
      try {
        spool.put(run, RECORDS, blobs);
        kept.push(run);
      } catch (error) {
        refused = error;
      }
    }
    expect(isExhibitError(refused, 'LEDGER_IO')).toBe(true);
    expect(kept.length).toBeGreaterThan(3);
    // Of the refused one nothing is left, nor anything half written.
    const runs = () => readdirSync(spool.folder).filter((name) => name !== '.url');
    expect(runs().sort()).toEqual(kept);
    rmSync(ballast);
    const last = '00000000-0000-7000-8000-000000000999';
    spool.put(last, RECORDS, blobs);
    const waiting = [...spool.waiting()];
    expect(waiting.map((folder) => folder.slice(-last.length))).toEqual([...kept, last]);
    for (const folder of waiting) {
      const run = readRun(folder);
      if (isExhibitError(run)) throw run;
      expect(run.records.map((text): unknown => JSON.parse(text))).toEqual(RECORDS);
      expect(run.blobs.get(DIGEST)).toEqual(BLOB);
    }
  },
);
