import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { isExhibitError } from '../../record/index.ts';
import { type OidcSetting, settingsSchema } from '../settings.ts';
import { createOidc, type Oidc } from './oidc.ts';

type Claims = Readonly<Record<string, unknown>>;
const NOW = Date.parse('2026-11-25T12:00:00Z');
const SECONDS = NOW / 1_000;
const PAGE = new URL('../../../docs/how-to/run-the-server.md', import.meta.url);
const times = (life: number) => ({ iat: SECONDS, nbf: SECONDS - 5, exp: SECONDS + life });

/** @see https://docs.github.com/en/actions/reference/security/oidc, "OIDC token claims": every value is a text, numbers too */
const GITHUB: Claims = {
  jti: 'c1b8a5a4-7a4c-4a57-9b0c-1f3f0a4f2b11',
  iss: 'https://token.actions.githubusercontent.com',
  aud: 'exhibit',
  sub: 'repo:acme/shop:ref:refs/heads/main',
  ref: 'refs/heads/main',
  ref_type: 'branch',
  sha: '0123456789012345678901234567890123456789',
  check_run_id: '90001',
  repository: 'acme/shop',
  repository_id: '74',
  repository_owner: 'acme',
  repository_owner_id: '65',
  repository_visibility: 'private',
  run_id: '1001',
  run_number: '10',
  run_attempt: '2',
  runner_environment: 'github-hosted',
  actor: 'jo',
  actor_id: '12',
  workflow: 'evidence',
  workflow_ref: 'acme/shop/.github/workflows/evidence.yml@refs/heads/main',
  workflow_sha: '0123456789012345678901234567890123456789',
  job_workflow_ref: 'acme/shop/.github/workflows/evidence.yml@refs/heads/main',
  job_workflow_sha: '0123456789012345678901234567890123456789',
  event_name: 'push',
  head_ref: '',
  base_ref: '',
  ...times(300),
};
const PULL_REQUEST: Claims = {
  sub: 'repo:acme/shop:pull_request',
  event_name: 'pull_request',
  ref: 'refs/pull/7/merge',
  head_ref: 'main',
  base_ref: 'main',
  workflow_ref: 'acme/shop/.github/workflows/evidence.yml@refs/pull/7/merge',
  job_workflow_ref: 'acme/shop/.github/workflows/evidence.yml@refs/pull/7/merge',
};

/** @see https://docs.gitlab.com/ci/secrets/id_token_authentication/, "Token payload": ids are texts, but for the runner's */
const GITLAB: Claims = {
  jti: '235b3a54-b797-45c7-ae9a-f72d7bc6ef5b',
  iss: 'https://gitlab.example.com',
  aud: 'exhibit',
  sub: 'project_path:acme/shop:ref_type:branch:ref:main',
  namespace_id: '72',
  namespace_path: 'acme',
  project_id: '22',
  project_path: 'acme/shop',
  user_id: '1',
  user_login: 'jo',
  user_email: 'jo@example.com',
  user_access_level: 'maintainer',
  pipeline_id: '574',
  pipeline_source: 'push',
  job_id: '302',
  ref: 'main',
  ref_type: 'branch',
  ref_path: 'refs/heads/main',
  ref_protected: 'true',
  runner_id: 1,
  runner_environment: 'self-hosted',
  sha: '0123456789012345678901234567890123456789',
  project_visibility: 'private',
  ci_config_ref_uri: 'gitlab.example.com/acme/shop//.gitlab-ci.yml@refs/heads/main',
  ci_config_sha: '0123456789012345678901234567890123456789',
  ...times(300),
};
const MERGE_REQUEST: Claims = {
  pipeline_source: 'merge_request_event',
  ref_path: 'refs/merge-requests/7/head',
  ref_protected: 'false',
};

/** @see https://kubernetes.io/docs/reference/access-authn-authz/service-accounts-admin/, "Schema for service account private claims" */
const KUBERNETES: Claims = {
  jti: 'aed34954-b33a-4142-b1ec-389d6bbb4936',
  iss: 'https://kubernetes.default.svc.cluster.local',
  aud: ['exhibit'],
  sub: 'system:serviceaccount:shop:opa',
  'kubernetes.io': {
    namespace: 'shop',
    node: { name: 'node-1', uid: '646e7c5e-32d6-4d42-9dbd-e504e6cbe6b1' },
    pod: { name: 'opa-0', uid: '5e0bd49b-f040-43b0-99b7-22765a53f7f3' },
    serviceaccount: { name: 'opa', uid: '14ee3fa4-a7e2-420f-9f9a-dbc4507c3798' },
    warnafter: SECONDS + 3_607,
  },
  ...times(3_600),
};
const SUBJECT = (namespace: string, name: string): Claims => ({
  sub: `system:serviceaccount:${namespace}:${name}`,
});

/** @see OpenID Connect Core 1.0, section 2; `groups` as Keycloak, Okta and Entra ID write it: a list of texts */
const PERSON: Claims = {
  iss: 'https://login.example.com/realms/acme',
  aud: ['exhibit', 'account'],
  sub: '248289761001',
  azp: 'exhibit',
  auth_time: SECONDS - 60,
  email: 'jo@example.com',
  email_verified: true,
  preferred_username: 'jo',
  groups: ['everybody', 'policy-engineers'],
  ...times(300),
};

let folder: string;
let oidc: Oidc;
let sign: (claims: Claims) => Promise<string>;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'exhibit-makers-'));
  const { privateKey, publicKey } = await generateKeyPair('RS256', { extractable: true });
  const jwks_file = join(folder, 'keys.json');
  await writeFile(
    jwks_file,
    JSON.stringify({ keys: [{ ...(await exportJWK(publicKey)), kid: 'one', alg: 'RS256' }] }),
  );
  sign = (claims) =>
    new SignJWT({ ...claims }).setProtectedHeader({ alg: 'RS256', kid: 'one', typ: 'JWT' }).sign(privateKey);
  // The issuers' own keys are theirs: the documented settings are taken as they stand, with keys of this test.
  oidc = createOidc(
    (await documented()).map((setting) => ({ ...setting, jwks_file })),
    () => NOW,
  );
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** The examples of the page, each read as a configuration of its own. */
async function documented(): Promise<OidcSetting[]> {
  const blocks = (await readFile(PAGE, 'utf8')).matchAll(/```yaml\n(auth:\n[\s\S]*?)```/g);
  const settings = [...blocks].flatMap(
    ([, text = '']) => settingsSchema.parse({ evidence: 'evidence', ...(parse(text) as object) }).auth.oidc,
  );
  expect(settings.map(({ issuer }) => issuer)).toEqual([GITHUB.iss, GITLAB.iss, KUBERNETES.iss, PERSON.iss]);
  return settings;
}

/** Roles and emitters of a token, or the code with which it is refused. */
async function outcome(claims: Claims): Promise<unknown> {
  try {
    const { identity } = await oidc.verify(await sign(claims));
    return { roles: identity.roles, emitters: identity.emitters, name: identity.name };
  } catch (error) {
    if (!isExhibitError(error)) throw error;
    return error.code;
  }
}

const granted = (role: string, claims: Claims, ...emitters: string[]) => ({
  roles: [role],
  emitters,
  name: `${claims.iss} ${claims.sub}`,
});
const emitter = (claims: Claims, ...emitters: string[]) => granted('emitter', claims, ...emitters);

describe.each<[string, Claims, string[], string?]>([
  ['GitHub Actions', GITHUB, ['ci/shop']],
  ['GitLab', GITLAB, ['ci/shop']],
  ['Kubernetes', KUBERNETES, ['opa/shop']],
  ['a person', PERSON, ['people/engineers'], 'engineer'],
])('a token of %s, with the configuration of the page', (_, token, emitters, role = 'emitter') => {
  it('has the roles and names of its grant', async () => {
    expect(await outcome(token)).toEqual(granted(role, token, ...emitters));
  });
  it.each<[string, Claims]>([
    ['for another audience', { aud: 'sts.amazonaws.com' }],
    ['for several others', { aud: ['https://kubernetes.default.svc', 'vault'] }],
    ['for none', { aud: undefined }],
    ['that has expired', { exp: SECONDS - 31 }],
    ['that never expires', { exp: undefined }],
    ['that does not hold yet', { nbf: SECONDS + 31 }],
    ['of another issuer', { iss: 'https://gitlab.example.org' }],
    ['without a subject', { sub: undefined }],
  ])('but not one %s', async (__, claims) => {
    expect(await outcome({ ...token, ...claims })).toBe('AUTH_INVALID');
  });
});

describe('GitHub Actions: who does not come in', () => {
  it.each<[string, Claims]>([
    ['a pull request, of a fork too: it runs in the repository', PULL_REQUEST],
    ['a pull request of a fork into the environment', { ...PULL_REQUEST, environment: 'production' }],
    [
      'pull_request_target, which has the branch of the base',
      { event_name: 'pull_request_target', head_ref: 'main', base_ref: 'main' },
    ],
    [
      'pull_request_target into the environment',
      { event_name: 'pull_request_target', environment: 'production' },
    ],
    ['the fork itself', { repository: 'mallory/shop', repository_id: '99', repository_owner: 'mallory' }],
    ['another repository of the owner', { repository: 'acme/shop-2', repository_id: '75' }],
    ['a new repository under the old name', { repository_id: '100' }],
    ['another branch', { ref: 'refs/heads/feature' }],
    ['a tag of the name of the branch', { ref: 'refs/tags/main', ref_type: 'tag' }],
    ['another workflow', { workflow_ref: 'acme/shop/.github/workflows/other.yml@refs/heads/main' }],
    [
      'the workflow of another branch',
      { workflow_ref: 'acme/shop/.github/workflows/evidence.yml@refs/heads/x' },
    ],
    ['a token without the claim', { repository_id: undefined }],
  ])('%s', async (_, claims) => {
    expect(await outcome({ ...GITHUB, ...claims })).toBe('AUTH_DENIED');
  });

  const deploy = (claims: Claims): Claims => ({
    ...GITHUB,
    sub: 'repo:acme/shop:environment:production',
    environment: 'production',
    workflow_ref: 'acme/shop/.github/workflows/release.yml@refs/heads/main',
    job_workflow_ref: 'acme/workflows/.github/workflows/deploy.yml@refs/heads/main',
    ...claims,
  });
  it('a deployment by the reusable workflow has the names of its environment', async () => {
    expect(await outcome(deploy({}))).toEqual(emitter(deploy({}), 'deploy/shop'));
  });
  it.each<[string, Claims]>([
    ['another environment', { environment: 'staging' }],
    [
      'another reusable workflow',
      { job_workflow_ref: 'acme/workflows/.github/workflows/x.yml@refs/heads/main' },
    ],
    [
      'the workflow at a branch of its own',
      { job_workflow_ref: 'acme/workflows/.github/workflows/deploy.yml@refs/heads/x' },
    ],
    ['a pull request', PULL_REQUEST],
    ['pull_request_target', { event_name: 'pull_request_target' }],
    ['the environment of that name in a fork', { repository: 'mallory/shop', repository_id: '99' }],
  ])('a deployment: %s', async (_, claims) => {
    expect(await outcome(deploy(claims))).toBe('AUTH_DENIED');
  });

  it.each([
    ['with numbers', 'repo:acme@65/shop@74:ref:refs/heads/main'],
    ['that was chosen', 'repository_id:74:event_name:push'],
  ])('a subject %s changes nothing: other claims say who it is', async (_, sub) => {
    expect(await outcome({ ...GITHUB, sub })).toEqual(emitter({ ...GITHUB, sub }, 'ci/shop'));
  });
});

describe('GitLab: who does not come in', () => {
  it.each<[string, Claims]>([
    ['a merge request of the project', MERGE_REQUEST],
    // The project's claims are the fork's, even where the pipeline runs in the target. @see gitlab-org/gitlab work item 563038
    [
      'a merge request of a fork',
      { ...MERGE_REQUEST, project_path: 'mallory/shop', project_id: '99', namespace_path: 'mallory' },
    ],
    [
      'the same from an older GitLab, which names the target, whose branch has our name',
      { ...MERGE_REQUEST, ref: 'main' },
    ],
    ['the fork itself, protected by its own owner', { project_path: 'mallory/shop', project_id: '99' }],
    ['another project of the group', { project_path: 'acme/other', project_id: '23' }],
    ['a project of a subgroup', { project_path: 'acme/shop/shop', project_id: '24' }],
    ['a new project under the old name', { project_id: '100' }],
    ['another branch', { ref: 'feature', ref_path: 'refs/heads/feature' }],
    ['a tag of the name of the branch', { ref_type: 'tag', ref_path: 'refs/tags/main' }],
    ['a branch that is not protected', { ref_protected: 'false' }],
    ['a trigger from outside', { pipeline_source: 'trigger' }],
  ])('%s', async (_, claims) => {
    expect(await outcome({ ...GITLAB, ...claims })).toBe('AUTH_DENIED');
  });
});

describe('Kubernetes: who does not come in', () => {
  it.each<[string, Claims]>([
    ['another namespace', SUBJECT('other', 'opa')],
    ['a namespace whose name begins so', SUBJECT('shop-2', 'opa')],
    ['another account', SUBJECT('shop', 'default')],
    ['an account whose name begins so', SUBJECT('shop', 'opa-2')],
    ['a user of that name', { sub: 'shop:opa' }],
  ])('%s', async (_, claims) => {
    expect(await outcome({ ...KUBERNETES, ...claims })).toBe('AUTH_DENIED');
  });
});

describe('People', () => {
  it.each<[string, unknown, string[], string[]]>([
    ['an auditor', ['auditors'], ['auditor'], []],
    [
      'who is in two groups',
      ['compliance', 'policy-engineers'],
      ['engineer', 'approver'],
      ['people/engineers', 'people/compliance'],
    ],
    ['a group that is a text', 'compliance', ['approver'], ['people/compliance']],
  ])('%s', async (_, groups, roles, emitters) => {
    const name = `${PERSON.iss} ${PERSON.sub}`;
    expect(await outcome({ ...PERSON, groups })).toEqual({ roles, emitters, name });
  });
  it.each<[string, Claims]>([
    ['another group', { groups: ['everybody'] }],
    ['no group', { groups: [] }],
    ['groups that are left out', { groups: undefined }],
    ['a group whose name begins so', { groups: ['auditors-of-old', 'policy-engineers/x'] }],
    ['a group of that name in an object', { groups: { name: 'auditors' } }],
    ['a group of that name in a list within', { groups: [['auditors']] }],
    ['a role of that name', { groups: ['everybody'], roles: ['auditors'], preferred_username: 'auditors' }],
  ])('who does not come in: %s', async (_, claims) => {
    expect(await outcome({ ...PERSON, ...claims })).toBe('AUTH_DENIED');
  });
});
