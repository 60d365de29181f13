import { execFileSync, spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { sampleSchema } from '../../../src/cli/sample/schema.ts';
import { Machine } from '../../../src/cli/testing/program.ts';
import { closeDay } from '../../../src/lake/index.ts';
import { type Fixture, makeFixture } from '../../../src/lake/testing/fixture.ts';
import { ROOT } from '../../acceptance/workshop.ts';

const there = spawnSync('python3', ['--version']).status === 0;
const skip = !there && (process.env.CI ?? '') === '';
const DAY = '2026-03-01';
const lakes: Fixture[] = [];
afterAll(async () => {
  for (const lake of lakes) await lake.remove();
});

/** The script as it stands on the page. */
function script(): string {
  const page = readFileSync(join(ROOT, 'docs', 'reference', 'sample.md'), 'utf8');
  return /```python\n([\s\S]*?)```/.exec(page)?.[1] ?? '';
}

it.skipIf(skip)(
  `the script of the page draws the same sample${there ? '' : ' (skipped: no python3 found)'}`,
  async () => {
    const lake = await makeFixture(`${DAY}T10:00:00.000Z`);
    lakes.push(lake);
    const map = await lake.announce('r1', [['encrypted', 'soc2/cc6.1']]);
    // Names that languages treat otherwise: quotes, a line break, case, two forms of one letter, beyond the first plane.
    const odd = ['a"b\\', 'line\nbreak', 'DB1', 'db1', 'caf\u00e9', 'cafe\u0301', '\u{1f4be}', '\u2028'];
    const names = [...odd, ...Array.from({ length: 292 }, (_, at) => `db-${at}`)];
    await lake.decide(map, ...names.map((name) => ['encrypted', name, 'pass'] as const));
    lake.at('2026-03-02T01:00:00.000Z');
    await closeDay(lake.ledger, DAY, { clock: lake.clock });
    const machine = new Machine('2026-03-02T02:00:00.000Z');
    const scope = ['--control', 'soc2/cc6.1', '--from', DAY, '--to', DAY, '--evidence', lake.folder];
    writeFileSync(join(machine.folder, 'sample.py'), script());
    for (const unit of ['record', 'subject']) {
      const drawn = await machine.run('sample', ...scope, '--unit', unit, '-o', 'json');
      const sample = sampleSchema.parse(JSON.parse(drawn.stdout));
      const ids = await machine.run('population', ...scope, '--unit', unit, '-o', 'ids', '--no-record');
      writeFileSync(join(machine.folder, 'sample.json'), drawn.stdout);
      writeFileSync(join(machine.folder, 'ids.txt'), ids.stdout);
      const python = (...args: string[]) =>
        spawnSync('python3', args, { cwd: machine.folder, encoding: 'utf8' });
      const said = execFileSync('python3', ['sample.py', 'sample.json', 'ids.txt'], {
        cwd: machine.folder,
        encoding: 'utf8',
      });
      expect(sample.items).toHaveLength(54);
      expect(said.trimEnd().split('\n')).toEqual(sample.items.map(({ id }) => id));
      // Whoever leaves one item out of the population is found by its digest.
      writeFileSync(join(machine.folder, 'ids.txt'), ids.stdout.slice(ids.stdout.indexOf('\n') + 1));
      expect(python('sample.py', 'sample.json', 'ids.txt').status).toBe(1);
    }
  },
);
