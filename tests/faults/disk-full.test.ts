import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { initLedger, openLedger, type Unnumbered, verifyLedger } from '../../src/ledger/index.ts';
import { formatInstant, isExhibitError, parseRecord, SCHEMA, uuidv7 } from '../../src/record/index.ts';
import { smallDisk } from './small-disk.ts';

const random = (length: number) => new Uint8Array(randomBytes(length));
const clock = Date.now;

const disk = smallDisk(6);
afterAll(() => {
  if (disk !== undefined) execFileSync('umount', [disk]);
});

const record = (): Unnumbered => ({
  schema: SCHEMA,
  record_id: uuidv7(clock(), random),
  record_type: 'heartbeat',
  observed_at: formatInstant(clock()),
  emitter: 'disk',
  layer: 'runtime',
  tool: 'faults',
  message: 'x'.repeat(4_000),
});

describe('a full disk', () => {
  it.skipIf(disk === undefined)(
    'refuses the call, loses nothing that was acknowledged, and goes on when there is room (skipped where no small disk can be mounted)',
    { timeout: 60_000 },
    async () => {
      const folder = join(disk ?? '', 'ledger');
      await initLedger(folder, { origin: 'faults.example.com/disk', random, clock });
      const ballast = join(disk ?? '', 'ballast');
      writeFileSync(ballast, Buffer.alloc(2 * 1024 * 1024));
      const ledger = await openLedger(folder, { clock, random });
      const acknowledged: string[] = [];
      let refused: unknown;
      for (let i = 0; i < 400 && refused === undefined; i += 1) {
        try {
          acknowledged.push(
            ...(await ledger.append('disk', [record(), record(), record(), record()])).record_ids,
          );
          if (i % 50 === 49) await ledger.seal();
        } catch (error) {
          refused = error;
        }
      }
      expect(isExhibitError(refused, 'LEDGER_IO')).toBe(true);
      rmSync(ballast);
      acknowledged.push(...(await ledger.append('disk', [record()])).record_ids);
      await ledger.seal();
      const { checkpoint } = await verifyLedger(folder, { threads: 0 });
      const counts = new Map<string, number>();
      for await (const { bytes } of ledger.entries(0, checkpoint.size)) {
        const { record_id } = parseRecord(bytes);
        counts.set(record_id, (counts.get(record_id) ?? 0) + 1);
      }
      await ledger.close();
      expect(acknowledged.filter((id) => counts.get(id) !== 1)).toEqual([]);
      expect([...counts.values()].every((count) => count === 1)).toBe(true);
    },
  );
});
