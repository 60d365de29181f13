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
