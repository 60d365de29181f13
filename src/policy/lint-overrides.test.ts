import { expect, it } from 'vitest';
import { lintOverrides } from './lint-overrides.ts';
import type { Override, OverrideScope, WrittenOverride } from './types.ts';

const SIGNED = { by: 'signature', evidence: 'SHA256:abc' } as const;

const problems = (scope: OverrideScope, more: Partial<Override> = { approval: SIGNED }) =>
  lintOverrides({
    written_overrides: [
      {
        file: 'overrides/a.yaml',
        value: {},
        override: { id: 'a', approver: 'grace', scope, ...more } as Override,
      } as WrittenOverride,
    ],
  });

it('an approver who is only named is told', () => {
  expect(problems({ subjects: ['box/1'] }, {})).toEqual([
    expect.objectContaining({
      severity: 'warning',
      rule: 'override-approval',
      message: 'the override a names grace as its approver, and nothing shows that they approved it',
    }),
  ]);
  expect(problems({ subjects: ['box/1'] })).toEqual([]);
});

it.each([
  'aws_db_instance.main',
  'aws_db_instance.*',
  'module.shop.aws_db_instance.main["a"]',
  'data.aws_iam_policy_document.all',
])('a plan address without a repository may be of any project: %s', (address) => {
  expect(problems({ subjects: ['other', address] })).toEqual([
    expect.objectContaining({
      severity: 'warning',
      rule: 'override-scope',
      message: expect.stringContaining(address),
      location: { file: 'overrides/a.yaml', line: 1 },
    }),
  ]);
  expect(problems({ subjects: [address], files: ['infra/plan.json'] })).toHaveLength(1);
  expect(problems({ subjects: [address], repositories: ['github.com/example/shop'] })).toEqual([]);
  expect(problems({ subjects: [address], layers: ['runtime'] })).toEqual([]);
});

it.each(['Pod/production/shop/containers/web', 'arn:aws:rds:eu-west-1:1:db:main', 'box/1'])(
  'another id is not: %s',
  (id) => expect(problems({ subjects: [id] })).toEqual([]),
);
