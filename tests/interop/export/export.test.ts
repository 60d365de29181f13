import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { Ajv } from 'ajv';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { closeDay } from '../../../src/lake/index.ts';
import { type Fixture, makeFixture } from '../../../src/lake/testing/fixture.ts';

const tools = join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'exhibit', 'tools');
const python = join(tools, 'formats-venv', 'bin', 'python');
const sarifSchema = join(tools, 'sarif-2.1.0.schema.json');
const missing = [python, sarifSchema].filter((file) => !existsSync(file));
if (missing.length > 0 && process.env.CI === 'true') throw new Error(`not installed: ${missing.join(', ')}`);
const ROOT = join(import.meta.dirname, '..', '..', '..');

const validate = (...args: string[]) =>
  execFileSync(python, [join(import.meta.dirname, 'validate.py'), ...args], {
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
  });

describe.skipIf(missing.length > 0)(
  `exports against published schemas${missing.length > 0 ? ` (needs ${missing.join(', ')})` : ''}`,
  () => {
    const folder = mkdtempSync(join(tmpdir(), 'exhibit-export-'));
    let lake: Fixture;

    beforeAll(async () => {
      lake = await makeFixture('2026-03-01T10:00:00.000Z');
      const map = await lake.announce('r1', [
        ['encrypted', 'soc2/cc6.1'],
        ['encrypted', 'iso27001/a.8.24'],
        ['alerts', 'soc2/cc7.2'],
      ]);
      await lake.decide(
        map,
        ['encrypted', 'db1', 'pass', { file: 'a b/main.tf', line: 3, column: 7, environment: 'production' }],
        ['encrypted', 'db2', 'fail', { message: 'not encrypted\nat all ##[error]', severity: 'critical' }],
        [
          'encrypted',
          'db3',
          'fail',
          { disposition: 'waived', override_id: 'shop-1', override_digest: `sha256:${'0'.repeat(64)}` },
        ],
        ['alerts', '=cmd()', 'error', { message: 'the rule broke' }],
        ['alerts', 'b', 'not_evaluated', { details: { why: ['unknown'] } }],
        [
          'alerts',
          'c',
          'not_applicable',
          { actor: 'actor:1', actor_verified_by: 'none', repository: 'github.com/example/shop' },
        ],
      );
      await lake.decide(undefined, ['nosuch', 'x', 'pass', { severity: 'info' }]);
      lake.at('2026-03-02T02:00:00.000Z');
      await closeDay(lake.ledger, '2026-03-01', { clock: lake.clock });
      await lake.decide(map, ['encrypted', 'db1', 'pass']);
    }, 120_000);
    afterAll(async () => {
      await lake.remove();
      rmSync(folder, { recursive: true, force: true });
    });

    /** The complete period, and one with an open day and days that the log does not have. */
    const PERIODS: string[][] = [
      ['--to', '2026-03-01'],
      ['--from', '2026-02-27', '--to', '2026-03-04'],
    ];
    function exported(format: string, ...flags: string[]): string {
      const file = join(folder, `${format}-${flags.join('')}.json`);
      try {
        execFileSync(
          process.execPath,
          [
            join(ROOT, 'src/cli/bin.ts'),
            'export',
            format,
            '--evidence',
            lake.folder,
            '--output',
            file,
            ...flags,
          ],
          { stdio: 'pipe' },
        );
      } catch (error) {
        // 3: the period is not complete, and it is said.
        expect((error as { status: number }).status).toBe(3);
      }
      return file;
    }

    it.each(PERIODS)('OCSF 1.8.0: every event is a Compliance Finding %j', (...period) => {
      const check = new Ajv2020({ strict: false, allErrors: true }).compile(
        JSON.parse(validate('ocsf-schema', '1.8.0')) as object,
      );
      const lines = readFileSync(exported('ocsf', ...period), 'utf8')
        .trim()
        .split('\n');
      expect(lines).toHaveLength(period.length === 2 ? 7 : 8);
      for (const line of lines) {
        expect(check(JSON.parse(line)), JSON.stringify(check.errors)).toBe(true);
      }
      expect(check({ ...JSON.parse(lines[0] ?? ''), class_uid: 'x' })).toBe(false);
    });

    it.each(PERIODS)('OSCAL 1.2.1: assessment results %j', (...period) => {
      const file = exported('oscal', ...period);
      expect(validate('oscal', file)).toBe('ok\n');
      const document = JSON.parse(readFileSync(file, 'utf8')) as object;
      const uuids = [...JSON.stringify(document).matchAll(/"uuid":"([^"]+)"/g)].map(([, uuid]) => uuid);
      expect(new Set(uuids).size).toBe(uuids.length);
      for (const [, uuid = ''] of JSON.stringify(document).matchAll(
        /"(?:observation-uuid":"|href":"#)([^"]+)"/g,
      ))
        expect(uuids).toContain(uuid);
    });

    it.each(PERIODS)('Gemara 1.5.0: evaluation log %j', (...period) => {
      expect(validate('gemara', exported('gemara', ...period))).toBe('ok\n');
    });

    it.each(PERIODS)('SARIF 2.1.0 %j', (...period) => {
      // Draft 4, whose only difference here is the name of its id.
      const { id: _, ...schema } = JSON.parse(readFileSync(sarifSchema, 'utf8')) as Record<string, unknown>;
      const check = new Ajv({
        strict: false,
        allErrors: true,
        validateFormats: false,
        unicodeRegExp: false,
      }).compile({
        ...schema,
        $schema: 'http://json-schema.org/draft-07/schema#',
      });
      const log = JSON.parse(readFileSync(exported('sarif', ...period), 'utf8')) as {
        runs: { results: unknown[] }[];
      };
      expect(check(log), JSON.stringify(check.errors)).toBe(true);
      expect(log.runs[0]?.results).toHaveLength(period.length === 2 ? 7 : 8);
      expect(check({ ...log, runs: [{ tool: {} }] })).toBe(false);
    });

    it('CSV is read by another reader: as many rows as decisions, each with every column', () => {
      const rows = JSON.parse(
        execFileSync(
          python,
          [
            '-c',
            'import csv,json,sys; print(json.dumps(list(csv.reader(open(sys.argv[1], newline=""), strict=True))))',
            exported('csv'),
          ],
          { encoding: 'utf8' },
        ),
      ) as string[][];
      expect(rows).toHaveLength(9);
      expect(new Set(rows.map((row) => row.length)).size).toBe(1);
      expect(rows.flat()).toContain('not encrypted\nat all ##[error]');
      expect(rows.flat()).toContain("'=cmd()");
    });
  },
);
