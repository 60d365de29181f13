import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { initLedger, type Ledger, openLedger } from '../../ledger/index.ts';
import { canonicalize, SCHEMA, uuidv7 } from '../../record/index.ts';
import { receivedWrites } from './batches.ts';

const NOON = Date.parse('2026-11-26T12:00:00Z');
const HOUR = 3_600_000;
const random = (length: number) => crypto.getRandomValues(new Uint8Array(length));
let folder: string;
let ledger: Ledger;
afterEach(async () => {
  await ledger.close();
  await rm(folder, { recursive: true });
});

it('adds up batches of a period, and says which list is none', async () => {
  folder = await mkdtemp(join(tmpdir(), 'exhibit-batches-'));
  const options = { clock: () => NOON, random };
  await initLedger(folder, { origin: 'example.com/e', ...options });
  ledger = await openLedger(folder, options);
  const write = (audit_id: string) => ({
    audit_id,
    ...{ time: '2026-11-26T11:00:00.000Z', operation: 'CREATE', verb: 'create', group: '', resource: 'pods' },
  });
  const batch = async (emitter: string, list: unknown, first: string, last: string, missing?: string) => {
    const input_ref =
      missing ??
      (await ledger.putBlob(
        Buffer.from(typeof list === 'string' ? list : canonicalize({ schemaVersion: 1, writes: list })),
      ));
    await ledger.appendNumbered([
      {
        schema: SCHEMA,
        record_id: uuidv7(NOON, random),
        record_type: 'run',
        observed_at: last,
        emitter,
        ...{ layer: 'admission', tool: 'kubernetes', format: 'kubernetes-audit', run_total: 0, input_ref },
        run_id: uuidv7(NOON, random),
        details: { writes: { listed: 1, counted: { leases: 2 }, first, last } },
      },
    ]);
  };
  const [ten, eleven, later] = [
    '2026-11-26T10:00:00.000Z',
    '2026-11-26T11:00:00.000Z',
    '2026-11-26T13:00:00.000Z',
  ];
  await batch('kubernetes/a', [write('1')], ten, ten);
  await batch('kubernetes/a', [write('2')], eleven, eleven);
  // Begun after the period: its writes are told, for each has its own time; what is only counted has none.
  await batch('kubernetes/a', [write('3')], later, later);
  await batch('kubernetes/b', [write('4')], eleven, eleven);
  await batch('kubernetes/a', 'no list', eleven, eleven);
  await batch('kubernetes/a', [{ ...write('5'), operation: 'OTHER' }], eleven, eleven);
  await batch('kubernetes/a', [], eleven, eleven, `sha256:${'a'.repeat(64)}`);
  await ledger.seal();
  const found = await receivedWrites(ledger, { from: NOON - HOUR, to: NOON, emitter: 'kubernetes/a' });
  expect(found.writes.map(({ audit_id }) => audit_id)).toEqual(['1', '2', '3']);
  expect(found).toMatchObject({
    batches: 2,
    counted: { leases: 4 },
    covers: { from: Date.parse(ten), to: Date.parse(eleven) },
  });
  expect(found.unreadable).toHaveLength(3);
  const all = await receivedWrites(ledger, { from: NOON + HOUR, to: NOON + 2 * HOUR, emitter: '**' });
  expect([all.batches, all.covers]).toEqual([0, undefined]);
});
