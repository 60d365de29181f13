import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { closeDay, LAKE_FOLDERS, PURGE_STEPS, purgedKeys } from '../../src/lake/index.ts';
// Not part of the lake's contract: a ledger with decisions for tests.
import { makeFixture } from '../../src/lake/testing/fixture.ts';
import { copyLedger, openReader, STEPS } from '../../src/ledger/index.ts';
import { parseRecord } from '../../src/record/index.ts';
import type { S3Store } from '../../src/store/index.ts';
import { lockedBucket, storeOn } from '../interop/s3/bucket.ts';
import { why } from '../interop/s3/start.ts';
import { S3Workshop } from './s3-workshop.ts';
import { ended } from './workshop.ts';

/** What a purge is killed at; before anything is deleted, or after. A tombstone carries its own id, so it is not numbered. */
const KILLS: { name: string; STEP?: string; HITS?: string; LEDGER_STEP?: string }[] = [
  ...PURGE_STEPS.map((STEP) => ({ name: `at the step "${STEP}"`, STEP })),
  { name: 'after the last file', STEP: 'file purged', HITS: '2' },
  ...STEPS.filter((step) => step !== 'numbered').map((LEDGER_STEP) => ({
    name: `at the ledger’s step "${LEDGER_STEP}" of the tombstone`,
    LEDGER_STEP,
  })),
];
const dayOf = (at: number) => new Date(Date.UTC(2026, 2, 1 + at)).toISOString().slice(0, 10);

// Each kill purges one more day.
describe.skipIf(why !== '')(
  `kill -9 of a purge in a copy in a bucket of Ceph, and the next purge${why}`,
  () => {
    let shop: S3Workshop;
    let store: S3Store;
    let url: string;

    beforeAll(async () => {
      shop = await S3Workshop.open(() => makeFixture(`${dayOf(0)}T10:00:00.000Z`));
      const { server, client, lake } = shop;
      const map = await lake.announce('r1', [
        ['encrypted', 'soc2/cc6.1'],
        ['encrypted', 'iso27001/a.8.24'],
        ['alerts', 'soc2/cc7.2'],
      ]);
      for (const day of KILLS.keys()) {
        lake.at(`${dayOf(day)}T10:00:00.000Z`);
        await lake.decide(map, ['encrypted', `db${day}`, 'pass'], ['alerts', 'a', 'pass']);
      }
      lake.at(`${dayOf(KILLS.length)}T02:00:00.000Z`);
      for (const day of KILLS.keys()) await closeDay(lake.ledger, dayOf(day), { clock: lake.clock });
      await lake.ledger.close();
      url = `s3://${await lockedBucket(client)}/prod`;
      store = storeOn(server, { url });
      await copyLedger(lake.folder, store, { folders: LAKE_FOLDERS });
    });
    afterAll(() => shop.close(store));

    const killed = (day: number, env: Record<string, string>) => {
      const { endpoint, region } = shop.server;
      const where = { COPY: url, ENDPOINT: endpoint, REGION: region, BEFORE: dayOf(day + 1) };
      return ended(shop.start('purge-child', { ...where, ...env }));
    };
    /** Tombstones in the log, a line each. */
    const tombstones = async (): Promise<string[]> => {
      const reader = await openReader(shop.lake.folder);
      const { size } = await reader.checkpoint();
      const found: string[] = [];
      for await (const { bytes } of reader.entries(0, size)) {
        const { record_type, details } = parseRecord(bytes);
        if (record_type === 'tombstone') found.push(`${details?.framework} ${details?.day}`);
      }
      return found;
    };
    const files = async () => (await store.list('evidence/')).filter((key) => key.startsWith('evidence/'));
    let all: string[] = [];
    const isBefore = (key: string, day: number) => {
      const [, year, month, date] = /year=(\d+)\/month=(\d+)\/day=(\d+)\//.exec(key) ?? [];
      return key.startsWith('evidence/soc2/') && `${year}-${month}-${date}` < dayOf(day);
    };

    it.each(KILLS.map((kill, day) => ({ ...kill, day })))(
      '$name',
      async ({ day, STEP, HITS, LEDGER_STEP }) => {
        if (day === 0) all = await files();
        const env = {
          ...(STEP === undefined ? {} : { STEP }),
          // Files of the days before come first: nothing of them is left to delete.
          HITS: String(STEP === 'file purged' ? 2 * day + Number(HITS ?? '1') : 1),
          ...(LEDGER_STEP === undefined ? {} : { LEDGER_STEP }),
        };
        expect(await killed(day, env)).toBe('SIGKILL');
        // Whatever is gone, the log says so already.
        const there = new Set(await files());
        const reader = await openReader(shop.lake.folder);
        const named = await purgedKeys(reader);
        await reader.close();
        for (const key of all) if (!there.has(key)) expect([key, named.has(key)]).toEqual([key, true]);
        if (STEP !== 'file purged') expect(there.size).toBe(all.filter((key) => !isBefore(key, day)).length);

        const { code, stdout } = shop.run(
          ...['lake', 'purge', url, '--evidence', shop.lake.folder, '--framework', 'soc2'],
          ...['--before', dayOf(day + 1), '--reason', 'Kept for seven years', ...shop.at],
        );
        expect(stdout).toMatch(/^purged +/);
        expect(code).toBe(0);
        expect(await files()).toEqual(all.filter((key) => !isBefore(key, day + 1)));
        for await (const { key } of store.versions('evidence/soc2/'))
          expect(isBefore(key, day + 1)).toBe(false);
        // One a day, however often it was begun.
        expect(await tombstones()).toEqual(Array.from({ length: day + 1 }, (_, one) => `soc2 ${dayOf(one)}`));
      },
    );

    it('and with the log copied again, the copy says the same, and nothing has come back', async () => {
      expect(shop.run('store', 'copy', shop.lake.folder, url, ...shop.at).code).toBe(0);
      expect((await files()).filter((key) => key.startsWith('evidence/soc2/'))).toEqual([]);
      const { code, stdout } = shop.run('lake', 'verify', url, ...shop.at);
      expect(stdout).toContain(': 0 differences from the manifests');
      expect(stdout.match(/purged: 2 files of/g)).toHaveLength(KILLS.length);
      expect(code).toBe(0);
    });
  },
);
