import { describe, expect, it } from 'vitest';
import { repositoryName } from './attribution.ts';

const cloned = (remote: string | undefined) => repositoryName({}, () => remote);

describe('the repository of what is judged', () => {
  it.each([
    'https://github.com/example/shop.git',
    'https://github.com/example/shop',
    'https://github.com/example/shop/',
    'https://x-access-token:secret@github.com/example/shop.git',
    'git@github.com:example/shop.git',
    'ssh://git@github.com/example/shop.git',
    'ssh://git@github.com:22/example/shop',
    'https://GitHub.com:443/example/shop',
  ])('is one name, however it was cloned: %s', (remote) => {
    expect(cloned(remote)).toBe('github.com/example/shop');
  });

  it('is what the pipeline says, as it is where it was cloned', () => {
    const never = () => 'https://github.com/somebody/else';
    const github = { GITHUB_ACTIONS: 'true', GITHUB_SERVER_URL: 'https://github.com' };
    expect(repositoryName({ ...github, GITHUB_REPOSITORY: 'example/shop' }, never)).toBe(
      'github.com/example/shop',
    );
    const gitlab = { GITLAB_CI: 'true', CI_PROJECT_URL: 'https://gitlab.example.com/group/shop' };
    expect(repositoryName(gitlab, never)).toBe('gitlab.example.com/group/shop');
  });

  it('keeps a port that says which host it is, and a path as it is', () => {
    expect(cloned('https://git.example.com:8443/shop.git')).toBe('git.example.com:8443/shop');
    expect(cloned('/srv/git/shop.git')).toBe('/srv/git/shop');
    expect(cloned('C:\\git\\shop')).toBe('C:\\git\\shop');
  });

  it('is unknown where there is none', () => {
    expect(cloned(undefined)).toBeUndefined();
    expect(cloned('')).toBeUndefined();
  });
});
