import { describe, expect, test } from 'vitest';
import type { Policy } from '../../policy/index.ts';
import { documentOf } from '../testing/documents.ts';
import type { Judgement } from '../types.ts';
import { judgeConftest } from './conftest.ts';
import { judgeExhibit } from './exhibit.ts';
import { judgeGatekeeper } from './gatekeeper.ts';
import { documentSubject } from './subject.ts';

const policy = (severity: Policy['severity'] = 'high'): Policy => ({
  id: 'p',
  title: 'P',
  description: 'P.',
  severity,
  owner: 'tests',
  controls: [],
  layers: { ci: 'enforce' },
  cadence: 'change',
  remediation: 'Fix it.',
  since: '2026-01-01',
  inputs: [],
  redact: [],
  style: 'conftest',
  package: 'main',
  file: 'policies/p/policy.rego',
});
const deployment = {
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'web', namespace: 'shop' },
};
const document = documentOf('kubernetes', deployment, 'deploy.yaml');

describe('subject of a document', () => {
  test.each([
    ['a Kubernetes object', 'kubernetes', deployment, 'Deployment', 'Deployment/shop/web'],
    ['one without namespace', 'kubernetes', { kind: 'Node', metadata: { name: 'n' } }, 'Node', 'Node/n'],
    [
      'an AdmissionReview',
      'kubernetes',
      { kind: 'AdmissionReview', request: { object: deployment } },
      'Deployment',
      'Deployment/shop/web',
    ],
    [
      'a DELETE',
      'kubernetes',
      { kind: 'AdmissionReview', request: { object: null, oldObject: deployment } },
      'Deployment',
      'Deployment/shop/web',
    ],
    ['an object without name', 'kubernetes', { kind: 'Pod', metadata: {} }, 'kubernetes', 'deploy.yaml'],
    ['a plan', 'terraform-plan', { format_version: '1.2' }, 'terraform-plan', 'deploy.yaml'],
    ['a text', 'json', 'x', 'json', 'deploy.yaml'],
  ] as const)('%s', (_name, kind, value, type, id) => {
    expect(documentSubject(documentOf(kind, value, 'deploy.yaml'))).toMatchObject({ type, id });
  });

  test('later documents of a file, and standard input, have ids of their own', () => {
    expect(documentSubject(documentOf('yaml', 1, 'a.yaml', 2)).id).toBe('a.yaml#2');
    expect(documentSubject(documentOf('yaml', 1, '')).id).toBe('stdin');
  });
});

describe('statements', () => {
  const population = [{ id: 's', type: 't', name: 's' }];
  const judged = (violations: unknown[]) =>
    judgeExhibit(policy(), document, { population, violations })[0] as Judgement;

  test('an edit stays what the rule gave, and nothing that reports or records show', () => {
    const edit = { path: ['a'], value: false };
    const found = judged([{ subject: 's', message: 'm', fix: 'f', edit }]);
    expect(found).toMatchObject({ verdict: 'fail', statements: [{ message: 'm', fix: 'f', edit }] });
    expect(found.details).toBeUndefined();
  });

  test.each([[null], ['text'], [{ path: 1 }], [[]]])(
    'an edit of no known form changes no verdict: %j',
    (edit) => {
      expect(judged([{ subject: 's', message: 'm', edit }])).toMatchObject({ verdict: 'fail', message: 'm' });
    },
  );

  test('each of several statements keeps its own place and fix', () => {
    const { statements } = judged([
      { subject: 's', message: 'b', path: ['y'], fix: 'second' },
      { subject: 's', message: 'a', path: ['x'] },
    ]);
    expect(statements).toEqual([
      { message: 'a', path: ['x'] },
      { message: 'b', path: ['y'], fix: 'second' },
    ]);
  });
});

describe('Conftest rules', () => {
  test('deny fails, no result passes, each named rule is judged by itself', () => {
    const found = judgeConftest(policy(), document, {
      deny: ['b', 'a'],
      deny_tag: [],
      violation: [{ msg: 'v', x: 1 }],
    });
    expect(found).toMatchObject([
      {
        rule_id: 'p/deny',
        verdict: 'fail',
        message: 'a',
        details: { violations: [{ message: 'a' }, { message: 'b' }] },
      },
      { rule_id: 'p/deny_tag', verdict: 'pass' },
      { rule_id: 'p/violation', verdict: 'fail', message: 'v', details: { x: 1 } },
    ]);
    expect(found.every(({ subject }) => subject.id === 'Deployment/shop/web')).toBe(true);
  });

  test('a package with one rule is judged as the policy', () => {
    expect(judgeConftest(policy(), document, { deny: [] })).toMatchObject([
      { rule_id: 'p', verdict: 'pass' },
    ]);
  });

  test('warn fails with severity low at most and never enforces', () => {
    const [found] = judgeConftest(policy('critical'), document, { warn: ['w'] });
    expect(found).toMatchObject({ verdict: 'fail', severity: 'low', at_most: 'warn' });
    expect(judgeConftest(policy('info'), document, { warn: ['w'] })[0]?.severity).toBe('info');
  });

  test('an exception makes the rule not applicable, whatever its results, and leaves the others', () => {
    const found = judgeConftest(policy(), document, {
      deny_run_as_root: ['root'],
      deny: ['x'],
      exception: [['run_as_root']],
    });
    expect(found).toMatchObject([
      { rule_id: 'p/deny', verdict: 'fail' },
      { rule_id: 'p/deny_run_as_root', verdict: 'not_applicable' },
    ]);
    expect(found[1]?.message).toContain('deny_run_as_root');
    expect(judgeConftest(policy(), document, { deny: ['x'], exception: [['']] })).toMatchObject([
      { verdict: 'not_applicable' },
    ]);
  });

  test('_loc says where', () => {
    const [found] = judgeConftest(policy(), document, {
      deny: [{ msg: 'm', _loc: { file: 'a.tf', line: 7 } }],
    });
    expect(found).toMatchObject({ message: 'm', location: { file: 'a.tf', line: 7 } });
    expect(found).not.toHaveProperty('details');
  });

  test.each([[{}], [{ other: ['x'] }], [undefined], [{ deny: [1] }], [{ deny: [{ message: 'm' }] }]])(
    '%j is an error',
    (result) => {
      expect(() => judgeConftest(policy(), document, result)).toThrow(
        expect.objectContaining({ code: 'ENGINE_ERROR' }) as Error,
      );
    },
  );
});

describe('Gatekeeper rules', () => {
  test('violations fail with message and details; none pass; an undefined rule is an error', () => {
    const details = { missing_labels: ['owner'] };
    expect(judgeGatekeeper(policy(), document, [{ msg: 'm', details }])).toMatchObject({
      verdict: 'fail',
      message: 'm',
      details: { details },
    });
    expect(judgeGatekeeper(policy(), document, [])).toMatchObject({ verdict: 'pass' });
    expect(() => judgeGatekeeper(policy(), document, undefined)).toThrow('the rule violation is undefined');
  });
});
