import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import {
  type FrameworkCoverage,
  findOpa,
  frameworkCoverage,
  type Opa,
  type Policy,
  readRepository,
} from './index.ts';
import { writeFixture } from './testing/fixture.ts';

let opa: Opa;
beforeAll(async () => {
  opa = await findOpa(process.env);
});

// Five controls, with: two policies; a policy until May; a group of foreign checks; nothing and manual; nothing at all.
const SMALL = {
  'overrides/bad.yaml': undefined,
  'frameworks/soc2.yaml': `id: soc2
title: SOC 2
version: "2017"
source: AICPA TSC
controls:
  - {id: cc6.1, title: Access, summary: S., coverage: automated}
  - {id: cc8.1, title: Change, summary: S., coverage: automated}
  - {id: a1.2, title: Backup, summary: S., coverage: automated}
  - {id: cc1.1, title: Values, summary: S., coverage: manual}
  - {id: c1.2, title: Disposal, summary: S., coverage: not_mapped}
`,
  'controls/map.yaml': `links:
  - {policy_id: checkov/CKV_AWS_16, control: soc2/cc6.1, strength: full, rationale: Storage., from: 2026-06-01}
  - rationale: A database without a backup.
    policy_ids: [trivy/AWS-0077, checkov/CKV_AWS_133]
    controls:
      - {control: soc2/a1.2, strength: partial, until: 2026-05-31}
      - {control: soc2/cc8.1, strength: supporting, rationale: Another one., until: 2026-05-31}
`,
};

async function cover(day: string): Promise<FrameworkCoverage> {
  const repository = await readRepository(await writeFixture(SMALL), { opa });
  expect(repository.problems).toEqual([]);
  const [soc2] = frameworkCoverage(repository, day);
  if (soc2 === undefined) throw new Error('no framework');
  return soc2;
}

describe('frameworkCoverage', () => {
  it('counts controls by what is in effect on the day', async () => {
    expect(await cover('2026-05-31')).toMatchObject({
      ...{ framework: 'soc2', total: 5, automated: 3, manual: 1, not_mapped: 1 },
      by_strength: { full: 0, partial: 2, supporting: 1 },
      only_by_checks: ['soc2/a1.2'],
    });
    // A day later the group is over, and the check of cc6.1, which covers it fully, has begun.
    expect(await cover('2026-06-01')).toMatchObject({
      ...{ total: 5, automated: 2, manual: 1, not_mapped: 2 },
      by_strength: { full: 1, partial: 0, supporting: 1 },
      only_by_checks: [],
    });
  });

  it('tells a guardrail of a cloud, which Exhibit does not judge, from its own policies', async () => {
    const repository = await readRepository(await writeFixture(SMALL), { opa });
    const policies = repository.policies.map((one) =>
      one.id === 'box-sealed' ? ({ ...one, style: 'scp' } as Policy) : one,
    );
    const [soc2] = frameworkCoverage({ ...repository, policies }, '2026-05-31');
    expect(soc2).toMatchObject({ automated: 3, only_by_guardrails: ['soc2/cc6.1'] });
    expect((await cover('2026-05-31')).only_by_guardrails).toEqual([]);
  });

  it('names policies with their layers, and checks with their tool and rationale', async () => {
    const { controls } = await cover('2026-05-31');
    expect(controls[0]).toEqual({
      ...{ control: 'soc2/cc6.1', title: 'Access', coverage: 'automated', stated: 'automated' },
      strength: 'partial',
      policies: [
        {
          policy_id: 'box-sealed',
          strength: 'partial',
          rationale: 'A sealed box keeps its content from others.',
          layers: { ci: 'enforce', 'pre-commit': 'warn' },
          guardrail: false,
        },
      ],
      checks: [],
      not_in_effect: 1,
    });
    expect(controls[1]?.checks).toEqual([
      {
        tool: 'checkov',
        policy_id: 'checkov/CKV_AWS_133',
        strength: 'supporting',
        rationale: 'Another one.',
      },
      { tool: 'trivy', policy_id: 'trivy/AWS-0077', strength: 'supporting', rationale: 'Another one.' },
    ]);
    expect(controls[2]?.checks.map(({ rationale }) => rationale)).toEqual([
      'A database without a backup.',
      'A database without a backup.',
    ]);
  });

  it('puts each control once at each layer, under the strictest mode', async () => {
    const { layers } = await cover('2026-05-31');
    // box-sealed: ci enforce, pre-commit warn. team-label: ci warn. required-labels: admission enforce.
    expect(layers).toEqual([
      { layer: 'pre-commit', enforce: [], warn: ['soc2/cc6.1'], observe: [] },
      { layer: 'ci', enforce: ['soc2/cc6.1'], warn: ['soc2/cc8.1'], observe: [] },
      { layer: 'admission', enforce: ['soc2/cc8.1'], warn: [], observe: [] },
      { layer: 'runtime', enforce: [], warn: [], observe: [] },
      { layer: 'evidence', enforce: [], warn: [], observe: [] },
    ]);
  });

  it('never takes a framework’s word for automated', async () => {
    const folder = await writeFixture({ ...SMALL, 'controls/map.yaml': 'links: []\n' });
    const [soc2] = frameworkCoverage(await readRepository(folder, { opa }), '2026-05-31');
    expect(soc2?.controls[2]).toMatchObject({ stated: 'automated', coverage: 'not_mapped' });
    expect(soc2).toMatchObject({ automated: 2, manual: 1, not_mapped: 2 });
  });
});

describe('the frameworks that come with Exhibit', () => {
  // Counted in the standards, not in our files.
  const soc2 = 5 + 3 + 4 + 2 + 3 + 8 + 5 + 1 + 2 + (3 + 2 + 5) + (1 + 1 + 2 + 3 + 2 + 7 + 1 + 1);
  const clauses = 4 + 3 + 5 + 7 + 3 + 6 + 2;
  const annexA = 37 + 8 + 14 + 34;
  const annex2690 = 2 + 3 + 6 + 3 + 2 + 10 + 3 + 2 + 3 + 4 + 7 + 5 + 3;
  it('have every control of the standards', async () => {
    const repository = await readRepository(join(import.meta.dirname, '../../policies'), { opa });
    const coverage = frameworkCoverage(repository, '2026-11-30');
    const ids = (framework: string, pattern: RegExp) =>
      coverage
        .find((one) => one.framework === framework)
        ?.controls.filter(({ control }) => pattern.test(control)).length;
    expect(coverage.map(({ framework, total }) => [framework, total])).toEqual([
      ['eu-ai-act', 12 + 26 + 9],
      ['iso27001', clauses + annexA],
      ['nis2', 10 + 7 + annex2690],
      ['soc2', soc2],
    ]);
    expect([soc2, clauses, annexA, annex2690]).toEqual([61, 30, 93, 53]);
    expect(ids('soc2', /\/cc/)).toBe(33);
    expect([5, 6, 7, 8].map((part) => ids('iso27001', new RegExp(`/a\\.${part}\\.`)))).toEqual([
      37, 8, 14, 34,
    ]);
    expect(ids('nis2', /\/21\.2\.[a-j]$/)).toBe(10);
    expect(ids('eu-ai-act', /\/annex-iv\.[1-9]$/)).toBe(9);
    for (const { total, automated, manual, not_mapped, controls } of coverage) {
      expect(automated + manual + not_mapped).toBe(total);
      expect(controls.filter(({ coverage, stated }) => coverage !== stated)).toEqual([]);
    }
  });

  it('are mapped from more than 300 checks of twelve tools', async () => {
    const { control_map } = await readRepository(join(import.meta.dirname, '../../policies'), { opa });
    const checks = new Set(control_map.groups?.flatMap(({ policy_ids }) => policy_ids));
    expect(checks.size).toBeGreaterThan(300);
    const tools = new Set([...checks].map((id) => id.slice(0, id.indexOf('/'))));
    expect([...tools].sort()).toEqual([
      ...['aws-config', 'azure-policy', 'checkov', 'falco', 'gatekeeper', 'gcp-scc', 'guardduty', 'kics'],
      ...['kyverno', 'prowler', 'securityhub', 'trivy'],
    ]);
  });
});
