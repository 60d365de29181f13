import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildBundle, findOpa, type Opa, openBundle, type Release } from '../index.ts';
import { FIXTURE, writeFixture } from '../testing/fixture.ts';
import { commitFacts, type RawCommit, understood } from './index.ts';

let opa: Opa;
let home: string;
/** Public halves by name; the private ones lie in `home`. */
const ssh: Record<string, string> = {};
let gpgPublic: Buffer;

beforeAll(async () => {
  opa = await findOpa(process.env);
  home = await mkdtemp(join(tmpdir(), 'exhibit-keys-'));
  for (const name of ['ada', 'mallory']) {
    execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', name, '-f', join(home, name)]);
    ssh[name] = (await readFile(join(home, `${name}.pub`), 'utf8')).trim();
  }
  await mkdir(join(home, 'gnupg'), { mode: 0o700 });
  gpg('--quick-gen-key', 'Grace <grace@example.org>', 'ed25519', 'sign', 'never');
  gpgPublic = gpg('--armor', '--export', 'grace@example.org');
}, 60_000);
afterAll(() => {
  execFileSync('gpgconf', ['--homedir', join(home, 'gnupg'), '--kill', 'all']);
});

function gpg(...args: string[]): Buffer {
  const batch = [
    '--homedir',
    join(home, 'gnupg'),
    '--batch',
    '--pinentry-mode',
    'loopback',
    '--passphrase',
    '',
  ];
  return execFileSync('gpg', [...batch, ...args], { stdio: ['ignore', 'pipe', 'ignore'] });
}

const allowed = () => `ada@example.org namespaces="git" ${ssh.ada}\n`;

/** A repository with one commit, by Ada. */
class Repo {
  readonly folder: string;
  #date = '2026-11-01T12:00:00Z';
  private constructor(folder: string) {
    this.folder = folder;
  }

  static async of(changes: Record<string, string> = {}): Promise<Repo> {
    const repo = new Repo(await writeFixture(changes));
    repo.git('init', '-q', '-b', 'main');
    repo.git('add', '-A');
    repo.git('commit', '-qm', 'Policies');
    return repo;
  }

  at(date: string): this {
    this.#date = date;
    return this;
  }

  /** A change on a branch of its own, to be merged into main. */
  async topic(): Promise<void> {
    this.git('checkout', '-qb', 'topic');
    await writeFile(join(this.folder, 'controls/map.yaml'), 'links: []\n');
    this.git('commit', '-qam', 'Fewer links');
    this.git('checkout', '-q', 'main');
  }

  git(...args: string[]): string {
    const date = this.#date;
    const who = ['-c', 'user.name=Ada', '-c', 'user.email=ada@example.org', '-c', 'gpg.program=gpg'];
    return execFileSync('git', [...who, ...args], {
      cwd: this.folder,
      encoding: 'utf8',
      env: {
        PATH: process.env.PATH,
        HOME: home,
        GNUPGHOME: join(home, 'gnupg'),
        GIT_CONFIG_NOSYSTEM: '1',
        GIT_AUTHOR_DATE: date,
        GIT_COMMITTER_DATE: date,
      },
    });
  }

  tagSsh(name: string, key: string): void {
    this.git(
      '-c',
      'gpg.format=ssh',
      '-c',
      `user.signingkey=${join(home, key)}`,
      'tag',
      '-s',
      name,
      '-m',
      name,
    );
  }

  tagGpg(name: string): void {
    this.git('-c', 'user.signingkey=grace@example.org', 'tag', '-s', name, '-m', name);
  }

  async build(options: object = {}): Promise<{ release: Release | undefined; bytes: Buffer }> {
    const built = await buildBundle(this.folder, { opa, ...options });
    const bundle = openBundle(built.files, { keys: [], allowUnsigned: true });
    expect(bundle.release).toEqual(built.release);
    return { release: bundle.release, bytes: Buffer.from(built.tar) };
  }
}

const refused = (message: RegExp) =>
  expect.objectContaining({ code: 'TAG_REQUIRED', kind: 'denied', message: expect.stringMatching(message) });
const required = (extra = '') => ({
  'exhibit.yaml': `${FIXTURE['exhibit.yaml']}release: {require_signed_tag: true${extra}}\n`,
});

describe('a signed tag', () => {
  it('of SSH is verified against the allowed signers, and stands in the bundle', async () => {
    const repo = await Repo.of();
    repo.tagSsh('v1', 'ada');
    const { release } = await repo.build({ requireSignedTag: true, trust: { allowedSigners: allowed() } });
    const fingerprint = execFileSync('ssh-keygen', ['-lf', join(home, 'ada.pub')], {
      encoding: 'utf8',
    }).split(' ')[1];
    expect(release).toEqual({
      author: 'Ada <ada@example.org>',
      authored_at: '2026-11-01T12:00:00.000Z',
      committer: 'Ada <ada@example.org>',
      committed_at: '2026-11-01T12:00:00.000Z',
      reviewers: [],
      require_signed_tag: true,
      tag: {
        name: 'v1',
        object: repo.git('rev-parse', 'v1').trim(),
        tagger: 'Ada <ada@example.org>',
        method: 'ssh',
        signer: 'ada@example.org',
        key: fingerprint,
        trust: 'given',
      },
    });
  });

  it('of GPG is verified against the keyring and no other', async () => {
    const repo = await Repo.of();
    repo.tagGpg('v1');
    const { release } = await repo.build({ requireSignedTag: true, trust: { keyring: gpgPublic } });
    const listed = gpg('--with-colons', '--fingerprint', 'grace@example.org').toString();
    expect(release?.tag).toMatchObject({
      method: 'gpg',
      signer: 'Grace <grace@example.org>',
      key: /^fpr:+([0-9A-F]+):/m.exec(listed)?.[1],
    });
    await expect(
      repo.build({ requireSignedTag: true, trust: { allowedSigners: allowed() } }),
    ).rejects.toThrow(refused(/v1: it is signed by a key that is not in the keyring/));
  });

  it('is asked for by exhibit.yaml: nothing is built without it', async () => {
    const repo = await Repo.of({ ...required(', allowed_signers: .signers'), '.signers': allowed() });
    await expect(repo.build()).rejects.toThrow(refused(/has no tag that an allowed signer signed\.$/));
    repo.git('tag', 'light');
    repo.git('tag', '-a', 'unsigned', '-m', 'x');
    repo.tagSsh('other', 'mallory');
    await expect(repo.build()).rejects.toThrow(refused(/light: it is a light tag/));
    await expect(repo.build()).rejects.toThrow(refused(/unsigned: it is not signed/));
    await expect(repo.build()).rejects.toThrow(refused(/other: it is signed by a key that is not among/));
    await expect(repo.build({ allowDirty: true })).rejects.toThrow(refused(/no tag/));
    repo.tagSsh('v1', 'ada');
    const { release } = await repo.build();
    expect(release?.tag).toMatchObject({ name: 'v1', trust: 'repository' });
    await writeFile(join(repo.folder, 'controls/map.yaml'), 'links: []\n');
    await expect(repo.build({ allowDirty: true })).rejects.toThrow(refused(/is no commit/));
    repo.git('commit', '-qam', 'Another one');
    await expect(repo.build()).rejects.toThrow(refused(/has no tag/));
  });

  it('is asked for in vain where nobody may sign, and outside of git', async () => {
    await expect((await Repo.of(required())).build()).rejects.toThrow(refused(/no tag/));
    const folder = await writeFixture(required());
    await expect(buildBundle(folder, { opa, revision: 'r' })).rejects.toThrow(refused(/is no commit/));
  });

  it('under another name than it was signed for does not count', async () => {
    const repo = await Repo.of();
    repo.tagSsh('v1', 'ada');
    repo.git('update-ref', 'refs/tags/v9', repo.git('rev-parse', 'v1').trim());
    const trust = { allowedSigners: allowed() };
    await expect(repo.build({ tag: 'v9', trust })).rejects.toThrow(refused(/v9: it was signed as v1/));
    await expect(repo.build({ tag: 'v2', trust })).rejects.toThrow(
      refused(/v2: it does not name this commit/),
    );
    expect((await repo.build({ tag: 'v1', trust })).release?.tag?.name).toBe('v1');
  });

  it('of a key that has ended does not count, nor with a date from before the commit', async () => {
    const trust = {
      allowedSigners: `ada@example.org namespaces="git",valid-before="20261030" ${ssh.ada}\n`,
    };
    const repo = await Repo.of();
    repo.tagSsh('v1', 'ada');
    await expect(repo.build({ requireSignedTag: true, trust })).rejects.toThrow(refused(/v1: /));
    repo.at('2026-10-15T12:00:00Z').tagSsh('v2', 'ada');
    await expect(repo.build({ requireSignedTag: true, trust })).rejects.toThrow(
      refused(/v2: it is dated before the commit that it names/),
    );
    // Two clocks may differ a little.
    repo.at('2026-11-01T11:30:00Z').tagSsh('v3', 'ada');
    const { release } = await repo.build({ tag: 'v3', trust: { allowedSigners: allowed() } });
    expect(release?.tag?.name).toBe('v3');
  });

  it('is not verified by a program that the repository names', async () => {
    const repo = await Repo.of();
    repo.tagSsh('ssh', 'mallory');
    repo.tagGpg('gpg');
    for (const name of ['gpg.program', 'gpg.ssh.program', 'gpg.openpgp.program'])
      repo.git('config', name, 'true');
    const own = join(repo.folder, '.git', 'own_signers');
    await writeFile(own, `mallory@example.org ${ssh.mallory}\n`);
    repo.git('config', 'gpg.ssh.allowedSignersFile', own);
    await expect(
      repo.build({ requireSignedTag: true, trust: { allowedSigners: allowed() } }),
    ).rejects.toThrow(refused(/no tag/));
  });

  it('changes nothing where it is not asked for: one commit, one bundle', async () => {
    const repo = await Repo.of();
    const { bytes } = await repo.build();
    repo.tagSsh('v1', 'ada');
    const again = await repo.build();
    expect(again.bytes.equals(bytes)).toBe(true);
    expect(again.release?.tag).toBeUndefined();
  });
});

describe('a merge', () => {
  it('names who merged, verified where the merge is signed, and the change', async () => {
    const repo = await Repo.of();
    await repo.topic();
    const merge = [
      'merge',
      '-q',
      '--no-ff',
      'topic',
      '-m',
      'Merge pull request #12 from ada/topic\n\nReviewed-by: Grace <grace@example.org>\n',
    ];
    repo.git(
      '-c',
      'gpg.format=ssh',
      '-c',
      `user.signingkey=${join(home, 'ada')}`,
      ...merge.toSpliced(1, 0, '-S'),
    );
    repo.tagSsh('v1', 'ada');
    const { release } = await repo.build({ requireSignedTag: true, trust: { allowedSigners: allowed() } });
    expect(release?.merged).toEqual({ id: '#12', source: 'merge-commit' });
    expect(release?.reviewers).toEqual([
      { name: 'Grace <grace@example.org>', source: 'trailer', assurance: 'stated', independent: true },
      { name: 'Ada <ada@example.org>', source: 'merge', assurance: 'verified', independent: false },
    ]);
    const stated = (await repo.build()).release?.reviewers.map(({ assurance }) => assurance);
    expect(stated).toEqual(['stated', 'stated']);
  });
});

describe('a merge that names somebody else', () => {
  it('is not verified as hers, whoever signed it', async () => {
    const repo = await Repo.of();
    await repo.topic();
    // Ada signs with her own key, and writes Grace's name into the commit.
    const merge = [
      ...['-c', 'gpg.format=ssh', '-c', `user.signingkey=${join(home, 'ada')}`],
      ...['-c', 'committer.name=Grace', '-c', 'committer.email=grace@example.org'],
      ...['merge', '-S', '-q', '--no-ff', 'topic', '-m', 'Merge pull request #12 from ada/topic'],
    ];
    repo.git(...merge);
    repo.tagSsh('v1', 'ada');
    const trust = { allowedSigners: `${allowed()}grace@example.org ${ssh.mallory}\n` };
    const { release } = await repo.build({ requireSignedTag: true, trust });
    expect(release?.reviewers).toEqual([
      { name: 'Grace <grace@example.org>', source: 'merge', assurance: 'stated', independent: true },
    ]);
  });
});

describe('what a commit says of itself', () => {
  const raw = (more: Partial<RawCommit>): RawCommit => ({
    ...{ author: 'Ada <ada@example.org>', authored: 0, committer: 'Ada <ada@example.org>', committed: 0 },
    ...{ parents: 'a', trailers: '', message: 'x' },
    ...more,
  });

  // The forms of GitHub, GitLab, Azure DevOps, Bitbucket; a squash; Node.js's and Gerrit-like trailers.
  it.each<[Partial<RawCommit>, object | undefined]>([
    [
      { message: 'Merge pull request #7 from x/y\n\nTitle', parents: 'a b' },
      { id: '#7', source: 'merge-commit' },
    ],
    [
      {
        message: "Merge branch 'x' into 'main'\n\nTitle\n\nSee merge request group/policies!31\n",
        parents: 'a b',
      },
      { id: 'group/policies!31', source: 'merge-commit' },
    ],
    [{ message: 'Merged PR 88: Title' }, { id: '88', source: 'subject' }],
    [
      { message: 'Merged in topic (pull request #5)\n\nTitle', parents: 'a b' },
      { id: '#5', source: 'merge-commit' },
    ],
    [{ message: 'Seal boxes (#9)\n\nMore' }, { id: '#9', source: 'subject' }],
    [
      { trailers: 'PR-URL: https://git.example.org/a/b/pull/44\n' },
      { id: '#44', url: 'https://git.example.org/a/b/pull/44', source: 'trailer' },
    ],
    [
      { message: 'Seal boxes (#9)', trailers: 'PR-URL: https://git.example.org/a/b/pulls/9' },
      { id: '#9', url: 'https://git.example.org/a/b/pulls/9', source: 'subject' },
    ],
    [{ message: 'As in #9 and (#8) below' }, undefined],
    [{ message: 'Plain\n\nBody (#8)' }, undefined],
    [{ trailers: 'PR-URL: javascript:alert(1)' }, undefined],
  ])('%j: %j', (commit, merged) => {
    expect(commitFacts(raw(commit)).merged).toEqual(merged);
  });

  it('nobody reviews his own change, however his name is written', () => {
    const trailers =
      'Reviewed-by: ADA+work@example.org\nApproved-by: Grace <grace@example.org>\nSigned-off-by: X <x@example.org>';
    expect(commitFacts(raw({ trailers })).reviewers).toEqual([
      { name: 'ADA+work@example.org', source: 'trailer', assurance: 'stated', independent: false },
      { name: 'Grace <grace@example.org>', source: 'trailer', assurance: 'stated', independent: true },
    ]);
  });
});

describe('what gpg says', () => {
  const good = '[GNUPG:] GOODSIG 0123456789ABCDEF Grace <grace@example.org>';
  const valid = `[GNUPG:] VALIDSIG ${'A'.repeat(40)} 2026-11-01 1793534400 0 4 0 22 8 00 ${'B'.repeat(40)}`;

  it('counts only whole', () => {
    expect(understood(0, `${good}\n${valid}\n`)).toEqual({
      method: 'gpg',
      signer: 'Grace <grace@example.org>',
      key: 'B'.repeat(40),
    });
    expect(understood(0, good)).toEqual(expect.any(String));
    expect(understood(1, `${good}\n${valid}`)).toEqual(expect.any(String));
    for (const bad of ['EXPKEYSIG', 'REVKEYSIG', 'EXPSIG'])
      expect(understood(0, `[GNUPG:] ${bad} 0123456789ABCDEF Grace\n${good}\n${valid}`)).toEqual(
        expect.any(String),
      );
    expect(understood(0, '')).toBe('it is not signed');
  });
});
