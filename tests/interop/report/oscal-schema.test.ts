import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Machine } from '../../../src/cli/testing/program.ts';
import { closeDay } from '../../../src/lake/index.ts';
import { type Fixture, makeFixture } from '../../../src/lake/testing/fixture.ts';

const TOOLS = join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'exhibit', 'tools');
const CHECK = join(TOOLS, 'check-jsonschema-venv', 'bin', 'check-jsonschema');
/** Of NIST, as it publishes it for all of OSCAL. It has no schema of 1.2.1 there: what exports of it hold was in 1.1.3 already. */
const SCHEMA = join(TOOLS, 'oscal-1.1.3.schema.json');
const missing = [CHECK, SCHEMA].filter((file) => !existsSync(file));
if (missing.length > 0 && process.env.CI === 'true') throw new Error(`not installed: ${missing.join(', ')}`);

/** Texts that somebody else chose: of subjects, messages and policies. */
const TEXTS = [
  '',
  ' leading and trailing ',
  'two\nlines\r\nand a tab\t',
  'bell\u0007 escape\u001b[31m line\u2028 separator',
  'user\u202Egnp.exe\u2066',
  'lone \\ backslash "quote" <markup>',
  'é日本語🙂',
  'x'.repeat(8_000),
];

let lake: Fixture;
let machine: Machine;

beforeAll(async () => {
  lake = await makeFixture('2026-03-01T09:00:00.000Z');
  const map = await lake.announce('r1', [
    ['encrypted', 'soc2/cc6.1'],
    ['encrypted', 'nis2/21.2.h'],
    ['encrypted', 'iso27001/a.8.24'],
    ['documented', 'eu-ai-act/11'],
    ['documented', 'eu-ai-act/annex-iv.1'],
  ]);
  await lake.decide(
    map,
    ...TEXTS.map(
      (text, at) => ['encrypted', text.slice(0, 2_000) || `empty-${at}`, 'fail', { message: text }] as const,
    ),
    ['encrypted', 'db', 'pass'],
    ['encrypted', 'odd', 'error', { message: 'the rule broke' }],
    ['encrypted', 'waived', 'fail', { disposition: 'waived', override_id: 'shop-1' }],
    ['documented', 'credit', 'pass', { subject_type: 'ai_system' }],
  );
  machine = new Machine('2026-03-01T12:00:00Z');
  const given = await machine.run(
    ...['manual', 'add', '--attest', 'Read.', '--title', '"quoted" é日本語🙂', '--as', 'adam'],
    ...['--control', 'eu-ai-act/annex-iv.2', '--control', 'soc2/cc6.1', '--ai-system', 'credit'],
    ...['--valid-until', '2026-12-31', '--verdict', 'pass', '--reviewer', 'grace', '--evidence', lake.folder],
  );
  expect(given.stderr).toBe('');
  lake.at('2026-03-02T02:00:00.000Z');
  await closeDay(lake.ledger, '2026-03-01', { clock: lake.clock });
  machine.at('2026-03-05T12:00:00Z');
}, 240_000);
afterAll(() => lake?.remove());

/** What NIST's schema says of one file; nothing where it holds. */
function faultsOf(file: string): string {
  const { status, stdout, stderr } = spawnSync(CHECK, ['--schemafile', SCHEMA, file], { encoding: 'utf8' });
  return status === 0 ? '' : `${stdout}${stderr}`;
}

/** Methods of observations that NIST's schema does not name: it takes them, and a program that sorts by method would not know them. */
function otherMethods(file: string): string[] {
  const schema = JSON.parse(readFileSync(SCHEMA, 'utf8'));
  const { methods } = schema.definitions['oscal-complete-oscal-assessment-common:observation'].properties;
  const known: string[] = methods.items.anyOf.flatMap(({ enum: names = [] }) => names);
  expect(known).toContain('TEST');
  const { results } = JSON.parse(readFileSync(file, 'utf8'))['assessment-results'];
  const used: string[] = results.flatMap(({ observations = [] }) =>
    observations.flatMap((one: { methods: string[] }) => one.methods),
  );
  return used.filter((method) => !known.includes(method));
}

async function written(...args: string[]): Promise<string> {
  const { code, stderr } = await machine.run(...args, '--evidence', lake.folder);
  expect([0, 3], stderr).toContain(code);
  return join(machine.folder, 'oscal.json');
}

const DAY = ['--from', '2026-03-01', '--to', '2026-03-01'];
/** Days without records, one that is open, and a future. */
const LONGER = ['--from', '2026-02-26', '--to', '2026-04-04'];

describe.skipIf(missing.length > 0)(
  `OSCAL against NIST's own JSON schema${missing.length > 0 ? ` (needs ${missing.join(', ')})` : ''}`,
  { timeout: 300_000 },
  () => {
    it.each([
      ['framework', 'soc2', DAY],
      ['control', 'soc2', LONGER],
      ['nis2', 'nis2', DAY],
      ['eu-ai-act', 'eu-ai-act', LONGER],
      ['soa', 'iso27001', DAY],
      ['all', 'nosuch', DAY],
    ])('the report %s of %s, %j', async (name, framework, days) => {
      const to = `oscal=${join(machine.folder, 'oscal.json')}`;
      const file = await written('report', name, '--framework', framework, ...days, '-o', to);
      expect(faultsOf(file)).toBe('');
      expect(otherMethods(file)).toEqual([]);
    });

    it.each([
      [[], DAY],
      [['--framework', 'eu-ai-act'], LONGER],
      [['--framework', 'soc2', '--control', 'soc2/cc6.1'], DAY],
    ])('the export %j, %j', async (what, days) => {
      const to = join(machine.folder, 'oscal.json');
      const file = await written('export', 'oscal', ...what, ...days, '--output', to);
      expect(faultsOf(file)).toBe('');
      expect(otherMethods(file)).toEqual([]);
    });

    it('has manual evidence as an examination of its own, which makes no control satisfied', async () => {
      const to = join(machine.folder, 'oscal.json');
      const file = await written('report', 'eu-ai-act', ...DAY, '-o', `oscal=${to}`);
      const [result] = JSON.parse(readFileSync(file, 'utf8'))['assessment-results'].results;
      const [given] = result.observations.filter(
        ({ methods }: { methods: string[] }) => methods[0] === 'EXAMINE',
      );
      expect(given['relevant-evidence']).toHaveLength(1);
      const about = (finding: { 'related-observations'?: { 'observation-uuid': string }[] }) =>
        finding['related-observations']?.some((one) => one['observation-uuid'] === given.uuid) === true;
      const [found, ...others] = result.findings.filter(about);
      expect(others).toEqual([]);
      expect(found.target).toMatchObject({ 'target-id': 'annex-iv.2', status: { state: 'not-satisfied' } });
    });

    it('says what is wrong with a file that is not of its form', async () => {
      const to = join(machine.folder, 'oscal.json');
      const file = await written('report', 'framework', '--framework', 'soc2', ...DAY, '-o', `oscal=${to}`);
      const document = JSON.parse(readFileSync(file, 'utf8'));
      document['assessment-results'].results[0].findings[0].target.status.state = 'good';
      writeFileSync(file, JSON.stringify(document));
      expect(faultsOf(file)).toContain("'good' is not one of ['satisfied', 'not-satisfied']");
    });
  },
);
