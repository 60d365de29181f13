import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { closeDay } from '../../lake/index.ts';
import { makeFixture } from '../../lake/testing/fixture.ts';
import { Machine } from '../testing/program.ts';
import { bytesPerDay, estimate, type Load, objectsPerDay } from './estimate.ts';
import { MEASURED } from './measured.ts';
import type { RegionPrices } from './prices.ts';

const FREE: RegionPrices = {
  ...{ s3_gb_month: 0, s3_put_1000: 0, s3_get_1000: 0, athena_tb: 0, athena_least_mb: 10 },
  ...{ kms_key_month: 0, kms_10000: 0, glue_objects_free: 0, glue_100000_objects_month: 0 },
  ...{ glue_requests_free_month: 0, glue_1000000_requests: 0 },
};
/** 1,000 full bundles a day, and nothing else. */
const LOAD: Load = {
  ...{ records_per_day: 256_000, record_bytes: 1_000, controls: 0, controls_per_record: 0 },
  ...{ inputs_per_day: 0, input_bytes: 0, years: 1, copies: 1, queries_per_day: 0, kms: false },
};
const part = (load: Partial<Load>, prices: Partial<RegionPrices>, name: string) => {
  const found = estimate({ ...LOAD, ...load }, { ...FREE, ...prices }).parts.find((one) => one.part === name);
  return [found?.first_year, found?.last_year, found?.all_years];
};

describe('by hand', () => {
  test('storage: each year adds as much, and its own half the time on average', () => {
    // 256,000 records of 1,000 bytes in the log and 38 in the fact file.
    expect(bytesPerDay(LOAD)).toBe(256_000 * 1_038);
    const gb = (256_000 * 1_038 * 365) / 1_073_741_824;
    expect(gb).toBeCloseTo(90.329, 2);
    // 12 months at 0.02: 0.24 a GB and year.
    const [first, last, all] = part({ years: 3 }, { s3_gb_month: 0.02 }, 's3_storage');
    expect(first).toBeCloseTo(0.5 * 90.329 * 0.24, 3);
    expect(last).toBeCloseTo(2.5 * 90.329 * 0.24, 3);
    expect(all).toBeCloseTo((0.5 + 1.5 + 2.5) * 90.329 * 0.24, 2);
    const [twice] = part({ copies: 2 }, { s3_gb_month: 0.02 }, 's3_storage');
    expect(twice).toBeCloseTo(90.329 * 0.24, 3);
  });

  test('objects: a bundle and a tile for 256 records, a tile for 256 of those, and what each night writes', () => {
    expect(objectsPerDay(LOAD)).toBe(1_000 + 1_000 + 4 + 8 + 2);
    expect(objectsPerDay({ ...LOAD, controls: 36, inputs_per_day: 50 })).toBe(2_014 + 86);
    // 2,014 a day are 735,110 a year.
    expect(part({}, { s3_put_1000: 0.01 }, 's3_put')[0]).toBeCloseTo(7.3511, 6);
    expect(part({ years: 4 }, { s3_put_1000: 0.01 }, 's3_put')[2]).toBeCloseTo(29.4044, 6);
  });

  test('questions: 90 files, two requests each, and 10 MB at least', () => {
    // 2 a day are 730 a year; 730 x 180 = 131,400.
    expect(part({ queries_per_day: 2 }, { s3_get_1000: 0.01 }, 's3_get')[0]).toBeCloseTo(1.314, 6);
    // 730 x 10 MB of a TB that costs 5: 7,300 / 1,048,576 x 5.
    const few = { records_per_day: 1, controls: 1, controls_per_record: 1, queries_per_day: 2 };
    expect(part(few, { athena_tb: 5 }, 'athena')[0]).toBeCloseTo(0.0348091, 6);
    // 90 x (256,000 x 2 / 32 x 84 + 10,000) bytes: 121,860,000 each.
    const many = { controls: 32, controls_per_record: 2, queries_per_day: 2 };
    expect(part(many, { athena_tb: 5 }, 'athena')[0]).toBeCloseTo((730 * 121_860_000 * 5) / 2 ** 40, 6);
  });

  test('a key of your own: its months, and each request', () => {
    // 12 x 1 and 735,110 / 10,000 x 0.03.
    const prices = { kms_key_month: 1, kms_10000: 0.03 };
    expect(part({ kms: true }, prices, 'kms')[0]).toBeCloseTo(12 + 2.20533, 5);
    expect(part({}, prices, 'kms')[0]).toBe(0);
  });

  test('the catalogue: what is beyond the free requests', () => {
    const prices = { glue_requests_free_month: 100, glue_1000000_requests: 1 };
    // 3,650 a year, of which 1,200 are free.
    expect(part({ queries_per_day: 10 }, prices, 'glue')[0]).toBeCloseTo(0.00245, 8);
    expect(part({ queries_per_day: 3 }, prices, 'glue')[0]).toBe(0);
  });

  test('a million records: the sum over how many there are', () => {
    const found = estimate({ ...LOAD, years: 2 }, { ...FREE, s3_put_1000: 0.01 });
    expect(found.records).toBe(93_440_000);
    expect(found.million_first_year).toBeCloseTo(7.3511 / 93.44, 8);
    expect(found.million_all_years).toBeCloseTo((2 * 7.3511) / (2 * 93.44), 8);
    expect(found.all_years).toBeCloseTo(14.7022, 6);
  });
});

describe('exhibit cost', () => {
  const machine = new Machine('2026-11-25T12:00:00.000Z');
  const run = (...args: string[]) => machine.run('cost', '--records-per-day', '1000', ...args);

  test('prints each part, the sum, whence the prices are, and what is left out', async () => {
    const { code, stdout } = await run();
    expect(code).toBe(0);
    for (const word of [
      'S3 storage',
      'S3 writes',
      'S3 reads',
      'Athena',
      'KMS',
      'Glue',
      'together',
      'Not counted',
    ])
      expect(stdout).toContain(word);
    expect(stdout).toContain('https://aws.amazon.com/s3/pricing/');
  });

  test('the parts of the JSON are the sum', async () => {
    const ended = await run('-o', 'json', '--years', '7', '--kms', '--region', 'eu-central-1');
    const report = JSON.parse(ended.stdout) as {
      parts: Record<string, number>[];
      sum: Record<string, number>;
    };
    for (const name of ['first_year', 'last_year', 'all_years'])
      expect(report.parts.reduce((sum, one) => sum + (one[name] ?? 0), 0)).toBeCloseTo(
        report.sum[name] ?? 0,
        9,
      );
  });

  test('takes a table of prices of your own, and says what is wrong with one', async () => {
    const table = (value: unknown) => {
      writeFileSync(
        join(machine.folder, 'own.json'),
        typeof value === 'string' ? value : JSON.stringify(value),
      );
      return run('--prices', 'own.json', '--region', 'own');
    };
    const own = {
      ...{
        schemaVersion: 1,
        title: 'our contract',
        dated: '2026-11',
        sources: ['https://example.com/contract'],
      },
      regions: { own: { ...FREE, s3_put_1000: 1 } },
    };
    const ended = await table(own);
    expect([ended.code, ended.stdout.includes('example.com/contract')]).toEqual([0, true]);
    expect((await table('{')).code).toBe(2);
    const wrong = await table({ ...own, regions: { own: { ...FREE, s3_put_1000: -1 } } });
    expect([wrong.code, wrong.stderr.includes('s3_put_1000')]).toEqual([2, true]);
    const other = await run('--region', 'mars-1');
    expect([other.code, other.stderr.includes('eu-central-1')]).toEqual([2, true]);
    for (const args of [
      ['--years', '0'],
      ['--years', '1e3'],
      ['--controls-per-record', '-1'],
      ['--copies', '99'],
    ])
      expect((await run(...args)).code, args.join(' ')).toBe(2);
  });
});

test('the figures are no lower than what a day that is closed now takes, and not three times as high', {
  timeout: 60_000,
}, async () => {
  const lake = await makeFixture('2026-03-01T00:00:00.000Z');
  try {
    const map = await lake.announce('r1', [
      ['p0', 'soc2/c0'],
      ['p0', 'soc2/c1'],
    ]);
    const start = Date.parse('2026-03-01T00:00:00.000Z');
    for (let done = 0; done < 8_000; done += 1_000) {
      const rows = Array.from({ length: 1_000 }, (_, i) => {
        lake.at(new Date(start + (done + i) * 9_000).toISOString());
        const more = {
          file: `infra/m${i % 40}.tf`,
          line: 1 + (i % 300),
          message: i % 10 === 0 ? 'is not encrypted' : '',
        };
        return ['p0', `aws_db_instance.r${(done + i) % 900}`, i % 10 === 0 ? 'fail' : 'pass', more] as const;
      });
      await lake.decide(map, ...rows);
    }
    lake.at('2026-03-02T02:00:00.000Z');
    const { files } = await closeDay(lake.ledger, '2026-03-01', { clock: lake.clock });
    const evidence = files.filter(({ control }) => control !== undefined);
    const bytes = evidence.reduce((sum, file) => sum + file.bytes, 0);
    const saidRows = 16_000 * MEASURED.evidence_row + 2 * MEASURED.evidence_file;
    const fact = files.find(({ key }) => key.startsWith('fact/'))?.bytes ?? 0;
    expect(evidence.map(({ rows }) => rows)).toEqual([8_000, 8_000]);
    const saidFact = 8_000 * MEASURED.fact_record + MEASURED.evidence_file;
    for (const [said, found] of [
      [saidRows, bytes],
      [saidFact, fact],
    ] as const) {
      expect(found).toBeLessThan(said);
      expect(found).toBeGreaterThan(said / 3);
    }
  } finally {
    await lake.remove();
  }
});
