import { beforeAll, describe, expect, it } from 'vitest';
import { Machine } from '../../../src/cli/testing/program.ts';
import { catalogueTables, glueInputs, LAKE_FOLDERS, readNamed } from '../../../src/lake/index.ts';
import { copyLedger } from '../../../src/ledger/index.ts';
import { startMoto } from '../events/moto.ts';
import { become, storeOn } from '../s3/bucket.ts';
import { athenaDoor } from './athena-door.ts';
import { PERIOD, type Place } from './lake.ts';

/** What is looked at of `engagement answer -o json`. */
interface Answer {
  controls: unknown[];
  questions: Record<string, unknown>[];
  files: unknown;
  overrides: unknown;
  gap_records: number;
  complete: boolean;
  read: unknown;
  continuations: { of: string }[];
}
interface Engagements {
  engagements: { engagement: string; acts?: { kind: string }[] }[];
}

/** An engagement by the real program: opened in the folder, read in the folder and in the bucket, by DuckDB and by other engines. */
export function engagement(at: () => Place): void {
  describe('an engagement of a log in a bucket', () => {
    let place: Place;
    let machine: Machine;
    /** An auditor's own: one that has seen later states of the log takes an earlier one for a rollback. */
    let auditor: Machine;
    let id: string;
    /** What the folder answers, at the state that the bucket has a copy of. */
    let here: Answer;
    beforeAll(async () => {
      place = at();
      become(place.s3.credentials);
      // The fixture writes by itself: another process would wait for it.
      await place.lake.ledger.close();
      machine = new Machine('2026-03-04T12:00:00.000Z');
      const period = ['--framework', 'soc2', '--from', PERIOD.from, '--to', PERIOD.to];
      const opened = await run(
        ...['engagement', 'open', ...period, '--auditor', 'Ada', '--expires', '2026-06-30', ...inFolder()],
      );
      id = (JSON.parse(opened.stdout) as Engagements).engagements[0]?.engagement ?? '';
      here = await answer(machine, '--as', 'Ada', ...inFolder());
      auditor = new Machine('2026-03-04T12:00:00.000Z');
      await copyLedger(place.lake.folder, storeOn(place.s3, { url: place.location }), {
        folders: LAKE_FOLDERS,
      });
    }, 120_000);

    const run = (...args: string[]) => machine.run(...args, '-o', 'json');
    const inFolder = () => ['--evidence', place.lake.folder];
    const inBucket = () => [
      ...['--evidence', place.location, '--region', place.s3.region, '--endpoint', place.s3.endpoint],
      '--path-style',
    ];
    const byTrino = () => [
      ...inBucket(),
      '--engine',
      'trino',
      '--server',
      place.trino.url,
      '--user',
      'auditor',
    ];
    const listed = async (...args: string[]) => {
      const { stdout, stderr } = await run('engagement', ...args);
      expect(stderr).toBe('');
      return (JSON.parse(stdout) as Engagements).engagements;
    };

    it('is listed and shown alike: from the folder, from the bucket alone, and by Trino', async () => {
      const here = await listed('list', ...inFolder());
      expect(here.map(({ engagement }) => engagement)).toContain(id);
      expect(await listed('list', ...inBucket())).toEqual(here);
      expect(await listed('list', ...byTrino())).toEqual(here);
      const shown = await listed('show', id, ...inFolder());
      // Opened, and read once: today has no closed day, and is read from the log.
      expect(shown[0]?.acts?.map(({ kind }) => kind)).toEqual(['engagement opened', 'read']);
      expect(await listed('show', id, ...inBucket())).toEqual(shown);
      expect(await listed('show', id, ...byTrino())).toEqual(shown);
    }, 120_000);

    const answer = async (by: Machine, ...args: string[]): Promise<Answer> => {
      const { stdout, stderr } = await by.run('engagement', 'answer', id, ...args, '-o', 'json');
      if (stdout === '') throw new Error(stderr);
      return JSON.parse(stdout) as Answer;
    };
    /** What must not depend on who answers. */
    const essence = ({ controls, questions, files, overrides, gap_records, complete }: Answer) => ({
      ...{ controls, files, overrides, gap_records, complete },
      questions: questions.map(({ ledger: _, ...question }) => question),
    });

    it('is answered by Trino over the bucket with the digests of DuckDB over the folder', async () => {
      const there = await answer(auditor, ...byTrino());
      expect(essence(there)).toEqual(essence(here));
      expect(here.controls).not.toEqual([]);
      expect(there.read).toEqual({ not_recorded: expect.stringContaining('a bucket is only read') });
      expect(there.continuations.map(({ of }) => of)).toEqual(['period end', 'opening']);
    }, 120_000);

    it('is answered so by Athena’s client, too', async () => {
      const moto = await startMoto();
      become(place.s3.credentials);
      const named = await readNamed(place.lake.ledger);
      const glue = glueInputs(catalogueTables({ location: place.location, name: 'exhibit', ...named }));
      const door = await athenaDoor(place.engine, glue.tables, moto.endpoint);
      process.env.AWS_ENDPOINT_URL_ATHENA = door.endpoint;
      try {
        const there = await answer(auditor, ...inBucket(), '--engine', 'athena', '--workgroup', 'primary');
        expect(essence(there)).toEqual(essence(here));
        expect(door.calls.length).toBeGreaterThan(0);
      } finally {
        delete process.env.AWS_ENDPOINT_URL_ATHENA;
        await door.close();
        await moto.stop();
      }
    }, 180_000);

    it('is asked for a question and a population within it, by Trino as by DuckDB', async () => {
      const question = ['query', 'verdicts-by-day', '--control', 'cc6.1', '--engagement', id];
      const digest = async (...args: string[]) => {
        const { stdout, stderr } = await run(...args);
        if (stdout === '') throw new Error(stderr);
        const { result_digest, rows, population } = JSON.parse(stdout);
        return population ?? { result_digest, rows };
      };
      expect(await digest(...question, ...byTrino())).toEqual(await digest(...question, ...inFolder()));
      const population = ['population', '--control', 'cc6.1', '--engagement', id];
      const here = await digest(...population, ...inFolder());
      expect(here.count).toBeGreaterThan(0);
      expect(await digest(...population, ...byTrino())).toEqual(here);
      const outside = await run(
        'query',
        'verdicts-by-day',
        '--control',
        'iso27001/a.8.24',
        '--engagement',
        id,
        ...byTrino(),
      );
      expect(`${outside.code} ${outside.stderr}`).toContain('4 error ENGAGEMENT_SCOPE');
    }, 120_000);

    it('has answers of Trino saved in the folder, with the digest of DuckDB, and asked again by Trino', async () => {
      const question = [
        'query',
        'verdicts-by-day',
        '--control',
        'soc2/cc6.1',
        '--from',
        PERIOD.from,
        '--to',
        PERIOD.to,
      ];
      const trino = [
        ...[
          '--engine',
          'trino',
          '--server',
          place.trino.url,
          '--user',
          'auditor',
          '--location',
          place.location,
        ],
        ...['--region', place.s3.region, '--endpoint', place.s3.endpoint, '--path-style'],
      ];
      const saved = await run(...question, '--save', 'by trino', ...trino, ...inFolder());
      const asked = await run(...question, ...inFolder());
      const [there, here] = [JSON.parse(saved.stdout), JSON.parse(asked.stdout)];
      expect(there.result_digest).toBe(here.result_digest);
      const again = await run('query', '--rerun', there.saved.record_id, ...trino, ...inFolder());
      expect(JSON.parse(again.stdout)).toMatchObject({ outcome: 'same', saved: { engine: 'trino' } });
    }, 120_000);

    it('cannot be opened, asked or closed in a bucket, which says where that is done', async () => {
      for (const args of [
        ['open', '--framework', 'soc2', '--from', PERIOD.from, '--to', PERIOD.to, '--auditor', 'Ada'],
        ['request', id, 'Who approved it?'],
        ['close', id, '--reason', 'done'],
      ]) {
        const { code, stderr } = await run('engagement', ...args, '--evidence', place.location);
        expect(`${code} ${stderr}`).toContain('2 error USAGE');
        expect(stderr.replace(/\s+/g, ' ')).toContain('the one that writes into the bucket');
      }
    });
  });
}
