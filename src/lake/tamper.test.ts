import { chmod, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { closeDay, lakeStatus, query, rebuildLake, verifyLake } from './index.ts';
import { manifestId } from './manifest.ts';
import { ledgerAsOf } from './query/as-of.ts';
import { CC61, CC72, FACT, type Fixture, firstOfMarch, makeFixture } from './testing/fixture.ts';

let lake: Fixture;
beforeEach(async () => {
  lake = await makeFixture('2026-03-01T10:00:00.000Z');
});
afterEach(() => lake.remove());

const close = (day: string) => closeDay(lake.ledger, day, { clock: lake.clock });

describe('an opponent', () => {
  async function closed() {
    await firstOfMarch(lake);
    lake.at('2026-03-02T01:00:00.000Z');
    await close('2026-03-01');
  }
  const path = (key: string) => join(lake.folder, key);
  async function edit(key: string, change: (bytes: Buffer) => Buffer) {
    const bytes = await readFile(path(key));
    await chmod(path(key), 0o644);
    await writeFile(path(key), change(bytes));
  }

  test('deletes a file', async () => {
    await closed();
    await rm(path(CC61));
    expect((await verifyLake(lake.ledger)).problems).toEqual([
      expect.objectContaining({ kind: 'missing', key: CC61, day: '2026-03-01' }),
    ]);
    expect((await lakeStatus(lake.ledger)).problems).toEqual([expect.objectContaining({ key: CC61 })]);
    const answer = await query(lake.ledger, {
      ...{ name: 'decisions', framework: 'soc2', control: 'cc6.1', from: '2026-03-01', to: '2026-03-01' },
    });
    expect(answer.coverage).toMatchObject({
      expected: 1,
      found: 0,
      rows_expected: 3,
      rows_found: 0,
      complete: false,
    });
    expect(answer.coverage.gaps[0]).toMatchObject({ kind: 'file_missing', key: CC61 });
  });

  test('changes a byte', async () => {
    await closed();
    await edit(CC61, (bytes) => {
      bytes.writeUInt8(bytes.readUInt8(100) ^ 1, 100);
      return bytes;
    });
    expect((await verifyLake(lake.ledger)).problems).toEqual([
      expect.objectContaining({ kind: 'digest', key: CC61, day: '2026-03-01' }),
    ]);
  });

  test('changes a byte in a bucket, where a file is too large to be hashed once more', async () => {
    await closed();
    await edit(CC61, (bytes) => {
      // In the data and not in the footer: length and rows stay what they were.
      bytes.writeUInt8(bytes.readUInt8(10) ^ 1, 10);
      return bytes;
    });
    // As a reader of a bucket has it, which hashed what it brought.
    const { size } = await lake.ledger.checkpoint();
    const brought = { ...ledgerAsOf(lake.ledger, size), fetch: async () => new Set([CC61]) };
    const { coverage } = await query(
      brought,
      { name: 'decisions', framework: 'soc2', control: 'cc6.1', from: '2026-03-01', to: '2026-03-01' },
      { check: 'size' },
    );
    expect(coverage).toMatchObject({ found: 0, complete: false });
    expect(coverage.gaps[0]).toMatchObject({ kind: 'file_differs', key: CC61 });
  });

  test('lets a manifest say more rows than its file has, with the right digest', async () => {
    await firstOfMarch(lake);
    lake.at('2026-03-02T01:00:00.000Z');
    // The closer itself lies: what is in the log is its own word, and the file is compared with it.
    const lying = new Proxy(lake.ledger, {
      get(ledger, name) {
        if (name === 'putBlob')
          return (bytes: Uint8Array) =>
            ledger.putBlob(
              Buffer.from(
                Buffer.from(bytes)
                  .toString()
                  .replace(/("control":"cc6.1"[^}]*"rows":)3/, '$14'),
              ),
            );
        const value: unknown = Reflect.get(ledger, name);
        return typeof value === 'function' ? value.bind(ledger) : value;
      },
    });
    await closeDay(lying, '2026-03-01', { clock: lake.clock });
    const asked = { name: 'decisions', framework: 'soc2', from: '2026-03-01', to: '2026-03-01' };
    const answers = await Promise.all(
      ['cc6.1', 'cc7.2'].map((control) => query(lake.ledger, { ...asked, control }, { check: 'digest' })),
    );
    const gaps = answers.flatMap(({ coverage }) => coverage.gaps);
    expect(gaps.filter(({ kind }) => kind !== 'control_map')).toEqual([
      expect.objectContaining({ kind: 'rows_differ', message: expect.stringMatching(/has 3 rows.*says 4$/) }),
    ]);
  });

  test('puts another control’s file in place', async () => {
    await closed();
    const other = await readFile(path(CC72));
    await edit(CC61, () => other);
    expect((await verifyLake(lake.ledger)).problems).toEqual([expect.objectContaining({ key: CC61 })]);
    const answer = await query(lake.ledger, {
      ...{ name: 'decisions', framework: 'soc2', control: 'cc6.1', from: '2026-03-01', to: '2026-03-01' },
    });
    expect(answer.coverage.gaps[0]).toMatchObject({ kind: 'file_differs', key: CC61 });
    expect(answer.row_count).toBe(0);
  });

  test('adds a file, and edits or drops the copy of a manifest', async () => {
    await closed();
    const extra = 'evidence/soc2/cc6.1/year=2026/month=03/day=01/more.parquet';
    await writeFile(path(extra), await readFile(path(CC61)));
    const copy = 'manifests/2026-03-01.json';
    await edit(copy, (bytes) => Buffer.from(bytes.toString('utf8').replace('"rows":3', '"rows":2')));
    expect((await verifyLake(lake.ledger)).problems).toEqual([
      expect.objectContaining({ kind: 'manifest_copy', key: copy }),
      expect.objectContaining({ kind: 'unexpected', key: extra }),
    ]);
    await rm(path(copy));
    expect((await verifyLake(lake.ledger)).problems[0]).toMatchObject({ kind: 'manifest_copy' });
  });

  test('drops the list of files from the blobs', async () => {
    await firstOfMarch(lake);
    lake.at('2026-03-02T01:00:00.000Z');
    const { details } = await close('2026-03-01');
    const hex = details.files_digest.slice(7);
    await rm(path(`blobs/sha256/${hex.slice(0, 2)}/${hex.slice(2)}`));
    expect((await verifyLake(lake.ledger)).problems[0]).toMatchObject({
      kind: 'manifest_blob',
      day: '2026-03-01',
    });
  });

  test('sends a manifest of his own before the day is closed', async () => {
    await firstOfMarch(lake);
    await lake.put('ci', {
      ...{ record_type: 'manifest', record_id: manifestId(lake.ledger.origin, '2026-03-01'), details: {} },
    });
    lake.at('2026-03-02T01:00:00.000Z');
    await expect(close('2026-03-01')).rejects.toMatchObject({ code: 'LAKE_MISMATCH' });
    expect((await verifyLake(lake.ledger)).problems[0]).toMatchObject({
      kind: 'manifest',
      day: '2026-03-01',
    });
  });

  test('cannot keep the lake from being rebuilt, byte for byte', async () => {
    await closed();
    const before = await readFile(path(CC61));
    await edit(CC61, (bytes) => bytes.subarray(0, 50));
    await rm(path(FACT));
    await rm(path('manifests'), { recursive: true });
    const { days } = await rebuildLake(lake.ledger);
    expect(days).toEqual([{ day: '2026-03-01', outcome: 'same', restored: [CC61, FACT], uploaded: [] }]);
    expect((await readFile(path(CC61))).equals(before)).toBe(true);
    expect(await verifyLake(lake.ledger)).toMatchObject({ problems: [] });
    expect(await rebuildLake(lake.ledger, { days: ['2026-03-01'] })).toMatchObject({
      days: [{ restored: [] }],
    });
  });
});
