import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, it } from 'vitest';
import { describeWithOpa } from '../../engine/testing/need-opa.ts';
import { commitAll, FIXTURE, writeFixture } from '../../policy/testing/fixture.ts';
import { Machine } from '../testing/program.ts';

const box = FIXTURE['policies/box/box-sealed/policy.rego'] ?? '';
let machine: Machine;
let bundle: string[];

const check = async (day: string) => {
  machine.at(`2026-11-${day}T12:00:00Z`);
  const flags = ['--evidence', 'evidence', '--emitter', 'gate@runner'];
  expect((await machine.run('check', 'boxes.json', ...bundle, ...flags)).code).toBe(0);
};
const exported = async (format: string, ...flags: string[]) => {
  const period = ['--from', '2026-11-10', '--to', '2026-11-13'];
  return machine.run('export', format, '--evidence', 'evidence', ...period, ...flags);
};
const SILENT =
  'gate@*: a run was due at 2026-11-11T14:24:00.000Z at the latest (every P1D); the last came at 2026-11-10T12:00:00.000Z';
const UNJUDGED =
  'box-sealed: it was to be judged by 2026-11-11T14:24:00.000Z at the latest (every P1D); the last verdict came at 2026-11-10T12:00:00.000Z';

describeWithOpa('an export of a period in which something did not come', () => {
  beforeAll(async () => {
    machine = new Machine('2026-11-10T12:00:00Z');
    const repository = await writeFixture({
      '.gitignore': '/.exhibit/\n',
      'overrides/ok.yaml': undefined,
      'overrides/bad.yaml': undefined,
      'policies/k8s/labels/policy.yaml': FIXTURE['policies/k8s/labels/policy.yaml']?.replace('P1D', 'change'),
      'policies/box/box-sealed/policy.rego': box.replace('cadence: change', 'cadence: P1D'),
      'exhibit.yaml': `${FIXTURE['exhibit.yaml']}emitters:
  - {name: "gate@*", owner: platform@example.com, cadence: P1D, since: 2026-11-10}
`,
    });
    await commitAll(repository);
    for (const verb of ['build', 'sign'])
      expect((await machine.run('policy', verb, repository)).code).toBe(0);
    const built = join(repository, '.exhibit');
    bundle = [
      '--bundle',
      join(built, 'bundle.tar.gz'),
      '--bundle-key',
      join(built, 'keys', 'bundle.pub.pem'),
    ];
    writeFileSync(join(machine.folder, 'boxes.json'), '{"boxes": [{"id": "box/1", "sealed": true}]}');
    expect((await machine.run('ledger', 'init', 'evidence')).code).toBe(0);
    await check('10');
    await check('13');
    machine.at('2026-11-14T12:00:00Z');
  }, 60_000);

  it.each([
    ['sarif', (text: string) => JSON.stringify(JSON.parse(text).runs[0].invocations)],
    ['oscal', (text: string) => JSON.parse(text)['assessment-results'].results[0].remarks as string],
    ['gemara', (text: string) => JSON.stringify(JSON.parse(text).metadata)],
  ])('%s says it in the document', async (format, placeOf) => {
    const { code, stdout, stderr } = await exported(format);
    expect(code).toBe(3);
    for (const message of [SILENT, UNJUDGED]) {
      expect(placeOf(stdout)).toContain(message);
      expect(stderr.replaceAll(/\s+/g, ' ')).toContain(`Gap (not_received): ${message}`);
    }
  });

  it.each(['ocsf', 'csv'])('%s says it beside the file', async (format) => {
    expect((await exported(format, '--output', 'out')).code).toBe(3);
    const beside = JSON.parse(readFileSync(join(machine.folder, 'out.coverage.json'), 'utf8'));
    const found = beside.gaps.filter(({ kind }: { kind: string }) => kind === 'not_received');
    expect(found).toEqual([
      { kind: 'not_received', message: SILENT },
      { kind: 'not_received', message: UNJUDGED, policy: 'box-sealed' },
    ]);
  });

  it('says the same once the log has grown, and what a record says is not said twice', async () => {
    const before = await exported('sarif');
    machine.at('2026-11-20T12:00:00Z');
    expect(
      (await machine.run('gaps', '--evidence', 'evidence', '--from', '2026-11-10', '--record')).code,
    ).toBe(1);
    const { gaps, ...rest } = JSON.parse((await exported('sarif')).stdout).runs[0].properties.coverage;
    expect({ gaps, ...rest }).toEqual(JSON.parse(before.stdout).runs[0].properties.coverage);
    const period = ['--from', '2026-11-10', '--to', '2026-11-20', '--output', 'all.csv'];
    await machine.run('export', 'csv', '--evidence', 'evidence', ...period);
    const all = JSON.parse(readFileSync(join(machine.folder, 'all.csv.coverage.json'), 'utf8'));
    const kinds = all.gaps.filter(({ message }: { message: string }) => message.includes('box-sealed'));
    expect(kinds.map(({ kind }: { kind: string }) => kind)).not.toContain('not_received');
  });
});
