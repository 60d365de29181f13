import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { askTrino } from './ask.ts';
import type { Place } from './lake.ts';

const CC61 = 'evidence/soc2/cc6.1/year=2026/month=03/day=01/evidence.parquet';
const CC61_LATER = 'evidence/soc2/cc6.1/year=2026/month=03/day=02/evidence.parquet';
/** No decision on this day: its file has no row. */
const EMPTY = 'evidence/soc2/cc6.1/year=2026/month=03/day=03/evidence.parquet';

export function coverage(at: () => Place): void {
  describe('what Trino does not read', () => {
    let place: Place;
    beforeAll(() => {
      place = at();
    });
    afterEach(async () => {
      await place.catalogue();
      for (const key of [CC61, CC61_LATER, EMPTY]) await put(key, readFileSync(join(place.lake.folder, key)));
    });

    const put = (key: string, Body: Uint8Array) =>
      place.client.putObject({ Bucket: place.bucket, Key: `prod/${key}`, Body });
    const control = (more: object = {}) =>
      askTrino(place, { name: 'decisions', framework: 'soc2', control: 'cc6.1', ...more });
    const kinds = (answer: Awaited<ReturnType<typeof control>>) => {
      expect(answer.coverage.complete).toBe(false);
      expect(answer.coverage.found).toBeLessThan(answer.coverage.expected);
      // Decisions of this lake that no map places are another matter.
      return answer.coverage.gaps
        .filter(({ kind }) => kind !== 'control_map')
        .map(({ kind, key, message }) => `${kind} ${key}: ${message}`);
    };

    it('because its projection ends before the period', async () => {
      await place.catalogue({ firstYear: 2020, lastYear: 2025 });
      const answer = await control();
      expect(answer.rows).toEqual([]);
      expect(kinds(answer)).toEqual(
        [1, 2, 3].map((day) =>
          expect.stringMatching(
            new RegExp(`^catalogue evidence.*day=0${day}.* 2026 is outside of year 2020,2025`),
          ),
        ),
      );
    });

    it('because its enum lacks a control, even one without a row', async () => {
      await place.catalogue({ frameworks: { soc2: ['cc7.2'], iso27001: ['a.8.24', 'a.8.15'] } });
      expect(kinds(await control())).toHaveLength(3);
      const answer = await control({ from: '2026-03-03' });
      expect(answer.coverage.rows_expected).toBe(0);
      expect(kinds(answer)).toEqual([expect.stringContaining('cc6.1 is not among its values of control')]);
    });

    it('because a file is absent', async () => {
      await place.client.deleteObject({ Bucket: place.bucket, Key: `prod/${CC61}` });
      expect(kinds(await control())).toEqual([
        expect.stringMatching(new RegExp(`^file_missing ${CC61}: trino finds no rows`)),
      ]);
    });

    it('because a file without a row is absent', async () => {
      await place.client.deleteObject({ Bucket: place.bucket, Key: `prod/${EMPTY}` });
      const answer = await control();
      expect(kinds(answer)).toEqual([expect.stringMatching(new RegExp(`^file_missing ${EMPTY}`))]);
    });

    it('because another file was put over it', async () => {
      await put(CC61, readFileSync(join(place.lake.folder, CC61_LATER)));
      expect(kinds(await control())).toEqual([
        expect.stringMatching(new RegExp(`^(rows_differ|file_differs) ${CC61}`)),
      ]);
    });

    it('because one with as many rows and bytes was put over it', async () => {
      // A word of a value in place of another: Parquet keeps no checksum of it that a reader would have to look at.
      const whole = readFileSync(join(place.lake.folder, CC61));
      const other = Buffer.from(whole);
      const at = other.lastIndexOf('DuckDB version');
      expect(at).toBeGreaterThan(0);
      other.write('DuckDB VERSION', at, 'latin1');
      await put(CC61, other);
      const answer = await control();
      expect(kinds(answer)).toEqual([
        expect.stringMatching(new RegExp(`^file_differs ${CC61}: .* in the bucket differs`)),
      ]);
      expect(answer.coverage.checked).toBe('bytes');
    });

    it('and what it reads too much: a second file beside the one of the manifest', async () => {
      const key = CC61.replace('evidence.parquet', 'more.parquet');
      await put(key, readFileSync(join(place.lake.folder, CC61)));
      const answer = await control();
      await place.client.deleteObject({ Bucket: place.bucket, Key: `prod/${key}` });
      expect(answer.coverage.complete).toBe(false);
      expect(answer.coverage.gaps).toContainEqual(
        expect.objectContaining({
          kind: 'not_in_manifest',
          message: expect.stringContaining('more.parquet'),
        }),
      );
    });

    it('because its table leads to another place, or is not there', async () => {
      await place.catalogue({ location: `s3://${place.bucket}/other` });
      const elsewhere = await control();
      expect(elsewhere.coverage.complete).toBe(false);
      expect(elsewhere.coverage.gaps[0]).toMatchObject({
        kind: 'catalogue',
        message: expect.stringContaining(`s3://${place.bucket}/other/evidence/soc2/`),
      });
      await place.engine.statement('DROP TABLE "lake"."exhibit_soc2"."evidence"');
      await expect(control()).rejects.toMatchObject({
        code: 'QUERY_INVALID',
        hint: expect.stringContaining('exhibit lake catalogue'),
      });
    });
  });
}
