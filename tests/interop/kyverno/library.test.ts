import { beforeAll, describe, expect, test } from 'vitest';
import {
  findOpa,
  type Repository,
  readRepository,
  type TestReport,
  testRepository,
} from '../../../src/policy/index.ts';
import { why } from './workshop.ts';

describe.skipIf(why !== '')(`policies of Kyverno and of the API server in the starter library${why}`, () => {
  let repository: Repository;
  let report: TestReport;
  beforeAll(async () => {
    const opa = await findOpa(process.env);
    const whole = await readRepository('policies', { opa });
    const policies = whole.policies.filter(
      ({ style }) => style === 'kyverno' || style === 'admission-policy',
    );
    repository = { ...whole, policies };
    report = await testRepository(repository, { opa, environment: process.env });
  });
  const named = (id: string) => report.examples.filter(({ policy_id }) => policy_id === id);

  test('are judged as the names of their examples say', () => {
    expect(report.examples.filter(({ ok }) => !ok)).toEqual([]);
    expect(repository.policies.length).toBeGreaterThanOrEqual(9);
    for (const { id } of repository.policies) {
      expect(named(id).filter(({ expected }) => expected === 'good').length, id).toBeGreaterThan(0);
      expect(named(id).filter(({ expected }) => expected === 'bad').length, id).toBeGreaterThan(0);
    }
  });

  test('say what they would change', () => {
    expect(named('kyverno-token-mount-off').flatMap(({ changes = [] }) => changes)).toEqual([
      'Pod/shop/web: /spec/automountServiceAccountToken: absent -> false',
    ]);
    expect(named('kyverno-seccomp-defaulted').flatMap(({ changes = [] }) => changes)).toEqual([
      'Pod/shop/web: /spec/securityContext/seccompProfile: absent -> {"type":"RuntimeDefault"}',
    ]);
    expect(named('kyverno-namespace-closed').flatMap(({ changes = [] }) => changes)).toEqual([
      'NetworkPolicy/shop/closed-at-first: is made',
    ]);
  });
});
