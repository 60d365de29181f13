import { mkdtempSync, readdirSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { actorReference } from './actors.ts';
import { attribution, withoutCredentials } from './attribution.ts';

const noGit = () => undefined;
const random = (length: number) => crypto.getRandomValues(new Uint8Array(length));

describe('attribution', () => {
  it('reads GitHub Actions', () => {
    const env = {
      GITHUB_ACTIONS: 'true',
      GITHUB_SERVER_URL: 'https://github.com',
      GITHUB_REPOSITORY: 'acme/infra',
      GITHUB_SHA: 'c0ffee',
      GITHUB_RUN_ID: '42',
      GITHUB_ACTOR: 'mona',
    };
    expect(attribution(env, noGit)).toEqual({
      repository: 'https://github.com/acme/infra',
      commit: 'c0ffee',
      change: 'https://github.com/acme/infra/actions/runs/42',
      person: 'mona',
    });
  });

  it('reads a git checkout, without the token in its remote', () => {
    const answers: Record<string, string> = {
      'config --get remote.origin.url': 'https://mona:ghp_secret@example.com/acme/infra.git',
      'rev-parse --verify --quiet HEAD': 'c0ffee',
      'config --get user.email': 'mona@example.com',
    };
    expect(attribution({}, (...args) => answers[args.join(' ')])).toEqual({
      repository: 'https://example.com/acme/infra.git',
      commit: 'c0ffee',
      person: 'mona@example.com',
    });
  });

  it('leaves a remote without credentials as it is', () => {
    expect(withoutCredentials('git@example.com:acme/infra.git')).toBe('git@example.com:acme/infra.git');
    expect(withoutCredentials('ssh://git@example.com/x')).toBe('ssh://example.com/x');
  });
});

describe('the remote of a checkout', () => {
  // A token may stand in any part of a remote but the host and the path.
  it.each([
    ['https://u:p@ss@host/x.git', undefined],
    ['https://u:p/q@host/x', undefined],
    ['https://host/x.git?private_token=SECRET', 'https://host/x.git'],
    ['https://host/x.git#token=SECRET', 'https://host/x.git'],
    ['https://u:p%40@host:8443/x', 'https://host:8443/x'],
    ['https://TOKEN@host/x', 'https://host/x'],
    ['HTTPS://u:p@Host/x', 'https://host/x'],
    ['//u:p@host/x', undefined],
    ['oauth2:TOKEN@host:x.git', undefined],
    ['TOKEN@host:group/x.git', 'host:group/x.git'],
    ['git@host:group/x.git', 'git@host:group/x.git'],
    ['git@host:group/x.git?private_token=SECRET', 'git@host:group/x.git'],
    ['ssh://git:p@host:22/~/x', 'ssh://host:22/~/x'],
    ['https://host/u:SECRET@other/x', undefined],
    ['https://host/%75%3ASECRET%40x', undefined],
    ['git::https://u:SECRET@host/x', undefined],
    [`https://host/ghp_${'a1B2'.repeat(9)}/x`, undefined],
    ['https://host/x\nhttps://u:p@host/y', undefined],
    ['https://u:p\\@host/x', undefined],
    ['/srv/git/x.git', '/srv/git/x.git'],
    ['../x.git', '../x.git'],
    ['file:///srv/git/x.git', 'file:///srv/git/x.git'],
    ['C:\\git\\x.git', 'C:\\git\\x.git'],
  ])('%j is recorded as %j', (remote, expected) => {
    expect(withoutCredentials(remote)).toBe(expected);
  });

  it('is left out where it cannot be read, and so is a change with a token', () => {
    const remote = (...args: string[]) => (args[0] === 'config' ? 'https://u:p@ss@host/x' : undefined);
    expect(attribution({}, remote)).not.toHaveProperty('repository');
    const env = {
      GITLAB_CI: 'true',
      CI_PROJECT_URL: 'https://u:SECRET@host/x',
      CI_PIPELINE_URL: 'https://u:SECRET@host/x/1',
    };
    expect(attribution(env, noGit)).toEqual({ repository: 'https://host/x', change: 'https://host/x/1' });
  });
});

describe('actors', () => {
  it('gives one person one reference that does not hold the name, in files that only the owner reads', () => {
    const folder = mkdtempSync(join(tmpdir(), 'exhibit-actors-'));
    const first = actorReference(folder, 'mona@example.com', random);
    expect(first).toMatch(/^actor:[0-9a-f]{24}$/);
    expect(actorReference(folder, 'mona@example.com', random)).toBe(first);
    expect(actorReference(folder, 'hubot@example.com', random)).not.toBe(first);
    const actors = join(folder, 'private', 'actors');
    expect(readdirSync(actors)).toHaveLength(2);
    for (const file of readdirSync(actors)) expect(statSync(join(actors, file)).mode & 0o077).toBe(0);
  });
});
