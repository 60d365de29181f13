import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { beforeAll, describe, expect, it } from 'vitest';
import { exhibit, ROOT, temporary, type Workshop, workshop } from './workshop.ts';

let shop: Workshop;
beforeAll(() => {
  shop = workshop();
});

interface Result {
  policy_id: string;
  verdict: string;
  file?: string;
  line?: number;
  column?: number;
}
const check = (...args: string[]) => exhibit(['check', ...args, ...shop.flags]);

describe('exhibit check over the examples', () => {
  it('names file, line and column of every fault of a real plan, in the .tf beside it', () => {
    const { code, stdout } = check('examples/shop/infra', '-o', 'json');
    expect(code).toBe(1);
    const { results } = JSON.parse(stdout) as { results: Result[] };
    const place = (policy: string) => {
      const found = results.filter((result) => result.policy_id === policy);
      return found.map(({ verdict, file, line }) => [verdict, file, line]);
    };
    // By counting lines in examples/shop/infra/main.tf: the blocks of the bucket, of the two instances, of their first disks.
    expect(place('bucket-not-public')).toEqual([['fail', 'examples/shop/infra/main.tf', 58]]);
    expect(place('instance-metadata-protected')).toEqual([
      ['not_evaluated', 'examples/shop/infra/main.tf', 9],
      ['not_evaluated', 'examples/shop/infra/main.tf', 25],
    ]);
  });

  it('places every violation of a plan without its sources in the plan itself', () => {
    const plan = 'src/inputs/testdata/terraform/example_plan.json';
    const { code, stdout } = check(plan, '-o', 'json');
    expect(code).toBe(1);
    const { results } = JSON.parse(stdout) as { results: (Result & { subject: { id: string } })[] };
    const faults = results.filter(({ verdict }) => verdict === 'fail');
    // In the plan, by hand: the bucket's `after` begins in line 654, and 656 has the name by which no other resource names it; the functions' `runtime` in 530 and 601.
    expect(faults.map(({ policy_id, line, column }) => [policy_id, line, column]).sort()).toEqual([
      ['bucket-access-lists-off', 654, 9],
      ['bucket-access-logged', 654, 9],
      ['bucket-encrypted-at-rest', 656, 11],
      ['bucket-not-public', 656, 11],
      ['bucket-versioned', 654, 9],
      ['function-runtime-supported', 530, 11],
      ['function-runtime-supported', 601, 11],
      ['store-transport-encrypted', 656, 11],
    ]);
    const instances = results.filter(({ verdict }) => verdict === 'not_evaluated');
    expect(new Set(instances.map(({ subject }) => subject.id))).toEqual(
      new Set(['aws_instance.web_app', 'aws_instance.zero_cost_instance']),
    );
    expect(instances.every(({ line }) => [264, 268, 388, 392].includes(line ?? 0))).toBe(true);
  });

  it('reads `privileged: yes` as the API server does', () => {
    const { code, stdout } = check('examples/shop/k8s/shop.yaml', '-o', 'json');
    expect(code).toBe(1);
    const { results } = JSON.parse(stdout) as { results: Result[] };
    expect(results.find((result) => result.policy_id === 'container-not-privileged')).toMatchObject({
      verdict: 'fail',
      line: 24,
      column: 13,
    });
  });

  it('exits 0 on the mended input, and prints the same bytes twice', () => {
    const first = check('examples/shop/infra-fixed', 'examples/shop/k8s-fixed', '-o', 'json');
    expect(first.code).toBe(0);
    expect(check('examples/shop/infra-fixed', 'examples/shop/k8s-fixed', '-o', 'json').stdout).toBe(
      first.stdout,
    );
  });

  it('prints JSON that fits the published schema', () => {
    const schema = JSON.parse(readFileSync(join(ROOT, 'schemas', 'check.schema.json'), 'utf8')) as object;
    const valid = new Ajv2020({ strict: false }).compile(schema);
    expect(valid(JSON.parse(check('examples/shop', '-o', 'json').stdout)), JSON.stringify(valid.errors)).toBe(
      true,
    );
  });

  it('gives the same exit code in every format, and writes files beside standard output', () => {
    const folder = temporary('formats');
    const formats = ['plain', 'json', 'ndjson', 'sarif', 'junit'];
    const { code, stdout } = check(
      'examples/shop/k8s',
      '-o',
      'table',
      ...formats.flatMap((format) => ['-o', `${format}=${join(folder, format)}`]),
    );
    expect(code).toBe(1);
    expect(stdout).toContain('✗ fail  critical  container-not-privileged');
    for (const format of formats)
      expect(readFileSync(join(folder, format), 'utf8')).toContain('container-not-privileged');
    for (const format of formats) expect(check('examples/shop/k8s', '-o', format).code).toBe(1);
  });

  it('--fail-on moves the threshold', () => {
    expect(check('examples/shop/k8s-override', '--fail-on', 'critical').code).toBe(1);
    expect(check('examples/shop/k8s-override', '--fail-on', 'none').code).toBe(0);
  });

  it('--effective-time is a simulation: nothing is enforced, and it says so', () => {
    const { code, stdout } = check(
      'examples/shop/k8s-override',
      '--effective-time',
      '2027-01-01T00:00:00Z',
      '-o',
      'json',
    );
    const report = JSON.parse(stdout) as { effective_time: string; results: { disposition: string }[] };
    expect(report.effective_time).toBe('2027-01-01T00:00:00.000Z');
    expect(new Set(report.results.map((result) => result.disposition))).toEqual(new Set(['none']));
    expect(code).toBe(1);
    expect(check('examples/shop/k8s', '--effective-time', '2027-01-01').code).toBe(2);
  });

  it('exits 3 where no policy applies: no data is never a pass', () => {
    const folder = temporary('nothing');
    writeFileSync(
      join(folder, 'limits.yaml'),
      'apiVersion: v1\nkind: LimitRange\nmetadata: {name: c}\nspec: {limits: []}\n',
    );
    const ended = check(folder);
    expect(ended.code).toBe(3);
    expect(ended.stdout).toContain('no policy applies');
  });
});

describe('exhibit check over the real files of other projects', () => {
  const fixtures = join(ROOT, '..', 'shared', 'fixtures');
  const there = (() => {
    try {
      return readFileSync(join(fixtures, 'SOURCES.tsv')).length > 0;
    } catch {
      return false;
    }
  })();
  it.skipIf(!there)(
    'judges every Terraform and Kubernetes fixture without a crash (skipped where the fixtures are not beside the checkout)',
    () => {
      const { code, stdout, stderr } = check(
        join(fixtures, 'terraform'),
        join(fixtures, 'k8s'),
        '-o',
        'json',
      );
      expect(stderr).not.toContain('INTERNAL');
      expect([1, 3]).toContain(code);
      const { results } = JSON.parse(stdout) as { results: Result[] };
      const unread = results
        .filter((result) => result.policy_id === 'exhibit/input')
        .map((result) => result.file?.split('/').at(-1));
      // A state file is not a plan: it is told apart, and it is the only one.
      expect(unread).toEqual(['corrupted-tfplan.json']);
    },
  );
});

describe('a time that somebody chose', () => {
  it('shows the override at work before its sunset, and gone after it, and enforces nothing', () => {
    const { flags } = overridden();
    const at = (time: string) => {
      const args = ['examples/shop/k8s-override', ...flags, '--effective-time', time, '-o', 'json'];
      const { code, stdout } = exhibit(['check', ...args]);
      const { results, summary } = JSON.parse(stdout) as {
        results: (Result & { disposition: string; would?: { disposition: string; override_id?: string } })[];
        summary: { waived: number };
      };
      const one = results.find(({ policy_id }) => policy_id === 'container-not-privileged');
      return { code, waived: summary.waived, disposition: one?.disposition, would: one?.would };
    };
    const would = { disposition: 'waived', override_id: 'web-privileged' };
    expect(at('2031-12-31T23:59:59Z')).toEqual({ code: 0, waived: 1, disposition: 'none', would });
    expect(at('2032-01-01T00:00:00Z')).toEqual({
      code: 1,
      waived: 0,
      disposition: 'none',
      would: { disposition: 'enforced' },
    });
  });

  it('a job that only writes files still says how it ended', () => {
    const out = join(temporary('sarif'), 'out.sarif');
    const { code, stdout, stderr } = check('examples/shop/k8s', '-o', `sarif=${out}`);
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toMatch(/verdicts: \d+ fail.*\n.*exit 1: /s);
  });
});

/** The starter library with an override that holds in December 2031. */
function overridden(): Workshop {
  return workshop(1_763_000_000, {
    'overrides/web.yaml': `id: web-privileged
policy: container-not-privileged
scope:
  subjects: ["Deployment/production/shop/**"]
owner: ada@example.com
approver: grace@example.com
reason: The kernel module of the card reader needs it until its vendor ships the fix.
ticket: https://tickets.example.com/SHOP-417
created: 2031-12-02
sunset: 2031-12-31
compensating_control: The node pool runs nothing else.
`,
  });
}

describe('in a pipeline', () => {
  const env = { CI: 'true', EXHIBIT_BUNDLE_KEYS: '' };

  it('a bundle and a key that lie in what is judged are not believed', () => {
    const { repository } = shop;
    const args = ['check', join(ROOT, 'examples/shop/k8s-fixed/shop.yaml')];
    const { code, stderr } = exhibit(args, { cwd: repository, env });
    expect(code).toBe(2);
    expect(stderr.replaceAll(/\s+/g, ' ')).toContain('in a pipeline the key of the bundle must be named');
    const named = { ...env, EXHIBIT_BUNDLE_KEYS: shop.key };
    expect(exhibit(args, { cwd: repository, env: named }).code).toBe(0);
  });

  it('what was passed over by its name is said', () => {
    const folder = temporary('names');
    writeFileSync(join(folder, 'pod.yaml.tpl'), 'kind: Pod\n');
    writeFileSync(join(folder, 'good.yaml'), readFileSync(join(ROOT, 'examples/shop/k8s-fixed/shop.yaml')));
    const { code, stderr } = check(folder);
    expect(code).toBe(0);
    expect(stderr).toContain('not judged, by name: 1 file or folder');
    expect(stderr).toContain('pod.yaml.tpl');
  });
});
