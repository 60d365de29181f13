import { expect, it } from 'vitest';
import { findOpa, lintRepository, readRepository, testRepository } from '../index.ts';
import { FIXTURE, writeFixture } from '../testing/fixture.ts';
import { doorFiles, FOLDER } from './cedar/testing/door.ts';

const FRAMEWORK = `id: test
title: Test
version: "1"
source: a test
controls: [{id: one, title: One, summary: The only one., coverage: automated}]
`;
const SCP =
  '{"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Action": "organizations:LeaveOrganization", "Resource": "*"}]}\n';
const SIDE = (FIXTURE['policies/k8s/labels/policy.yaml'] ?? '')
  .replace('team-label', 'stay')
  .replace('{ci: warn}', '{runtime: enforce}')
  .replace('inputs: [kubernetes]\n', '');

async function repositoryWith(others: Readonly<Record<string, string | undefined>>) {
  const folder = await writeFixture({
    'overrides/bad.yaml': undefined,
    'frameworks/test.yaml': FRAMEWORK,
    ...doorFiles(),
    'policies/scp/scp.json': SCP,
    'policies/scp/policy.yaml': SIDE,
    ...others,
  });
  const opa = await findOpa(process.env);
  return { opa, repository: await readRepository(folder, { opa }) };
}

it('policies of all stacks stand in one repository, which lints clean and passes its tests', async () => {
  const { opa, repository } = await repositoryWith({});
  // The fixture's override has an approver who is only named.
  expect((await lintRepository(repository, { opa })).map(({ rule }) => rule)).toEqual(['override-approval']);
  expect(repository.policies.map(({ id, style }) => `${id} ${style}`)).toEqual([
    'box-sealed exhibit',
    'door-opened cedar',
    'required-labels gatekeeper',
    'stay scp',
    'team-label conftest',
  ]);
  const { failures, examples } = await testRepository(repository, { opa, environment: process.env });
  expect(failures).toEqual([]);
  expect(examples.filter(({ policy_id }) => policy_id === 'door-opened')).toHaveLength(3);
});

it('a Cedar policy needs examples, and a guardrail that nothing judges here has none', async () => {
  const { opa, repository } = await repositoryWith({
    [`${FOLDER}/examples/good-own.json`]: undefined,
    'policies/scp/examples/bad-leave.json': '{}',
  });
  const found = await lintRepository(repository, { opa });
  expect(found.map(({ severity, rule, message }) => `${severity} ${rule}: ${message}`)).toEqual([
    expect.stringMatching(/^warning override-approval: the override OV-1 names Grace/),
    'error no-example: door-opened has no good example',
    'warning example: nothing here judges an example of stay',
  ]);
});
