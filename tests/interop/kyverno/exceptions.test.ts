import { describe, expect, test } from 'vitest';
import { exportKyverno, type Override, type StackPolicy } from '../../../src/policy/index.ts';
import { applied, folderOf, repositoryOf, why } from './workshop.ts';

const HOUR = 3_600_000;
const at = (offset: number) => new Date(Date.now() + offset).toISOString();
const POD = (name: string) =>
  `apiVersion: v1\nkind: Pod\nmetadata: {name: ${name}, namespace: shop}\nspec: {containers: [{name: a, image: "a:latest"}]}\n`;
const note = 'annotations: {exhibit/policy: "{}"}';
const POLICIES = {
  'classic/kyverno.yaml': `apiVersion: kyverno.io/v1
kind: ClusterPolicy
metadata: {name: classic, ${note}}
spec:
  rules:
    - name: tag
      match: {any: [{resources: {kinds: [Pod]}}]}
      validate: {failureAction: Enforce, message: no version, pattern: {spec: {containers: [{image: "!*:latest"}]}}}
`,
  'cel/kyverno.yaml': `apiVersion: policies.kyverno.io/v1
kind: ValidatingPolicy
metadata: {name: cel, ${note}}
spec:
  validationActions: [Deny]
  matchConstraints: {resourceRules: [{apiGroups: [""], apiVersions: [v1], operations: [CREATE], resources: [pods]}]}
  validations: [{expression: "object.spec.containers.all(c, !c.image.endsWith(':latest'))", message: no version}]
`,
};

const override = (policy: string, created: number, sunset: number): Override => ({
  id: `OV-${policy}`,
  policy,
  scope: { subjects: ['Pod/shop/web-*'] },
  owner: 'ada@example.com',
  approver: 'grace@example.com',
  reason: 'The vendor ships the fix in its next release.',
  ticket: 'https://tickets.example.com/1',
  created: at(created),
  sunset: at(sunset),
  digest: `sha256:${'ab'.repeat(32)}`,
});

/** What the real CLI says of a pod in the scope and of one outside of it, with the exported exceptions. */
async function judged(created: number, sunset: number) {
  const { files } = await repositoryOf(POLICIES);
  const policies = ['classic', 'cel'].map(
    (id) => ({ id, style: 'kyverno', file: `policies/${id}/kyverno.yaml` }) as StackPolicy,
  );
  const overrides = ['classic', 'cel'].map((id) => override(id, created, sunset));
  const made = await exportKyverno({ policies, files }, overrides);
  expect(made.overrides).toEqual({ carried: ['OV-classic', 'OV-cel'], left_out: [] });
  const folder = folderOf({
    ...Object.fromEntries(made.files),
    'in.yaml': POD('web-1'),
    'out.yaml': POD('other'),
  });
  const exceptions = [...made.files.keys()].filter((path) => path.startsWith('exceptions/'));
  return applied(folder, ['policies/classic.yaml', 'policies/cel.yaml'], ['in.yaml', 'out.yaml'], exceptions);
}

describe.skipIf(why !== '')(`an override as a PolicyException in the real kyverno${why}`, () => {
  const outside = { 'classic Pod/shop/other': 'fail', 'cel Pod/shop/other': 'fail' };

  test('in force: what it is for is skipped, which is no pass, and nothing else is', async () => {
    expect(await judged(-HOUR, HOUR)).toEqual({
      'classic Pod/shop/web-1': 'skip',
      'cel Pod/shop/web-1': 'skip',
      ...outside,
    });
  });

  test.each([
    ['after its sunset', -2 * HOUR, -2_000],
    ['before its creation', HOUR, 2 * HOUR],
  ])('%s nothing is skipped, though the exception is still there', async (_when, created, sunset) => {
    expect(await judged(created, sunset)).toEqual({
      'classic Pod/shop/web-1': 'fail',
      'cel Pod/shop/web-1': 'fail',
      ...outside,
    });
  });
});
