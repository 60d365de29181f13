import { describe, expect, it } from 'vitest';
import { codeOwners, isNamed } from './codeowners.ts';

const owners = (file: string, text: string, path: string) =>
  codeOwners(new Map([[file, Buffer.from(text)]]), path)?.map(({ owner }) => owner);

/** The example of GitHub's page "About code owners", shortened to its rules. */
const GITHUB = `# This is a comment.
*       @global-owner1 @global-owner2
*.js    @js-owner #This is an inline comment.
*.go docs@example.com
*.txt @octo-org/octocats
/build/logs/ @doctocat
docs/* docs@example.com
apps/ @octocat
/docs/ @doctocat
/scripts/ @doctocat @octocat
**/logs @octocat
/apps/ @octocat
/apps/github
`;

describe('CODEOWNERS as GitHub reads it', () => {
  it.each([
    ['README.md', ['@global-owner1', '@global-owner2']],
    ['src/a/b.js', ['@js-owner']],
    ['a.go', ['docs@example.com']],
    ['build/logs/a/b', ['@octocat']],
    ['deeply/nested/logs', ['@octocat']],
    ['docs/getting-started.md', ['@doctocat']],
    ['other/apps/x/y', ['@octocat']],
    ['scripts/x', ['@doctocat', '@octocat']],
    ['apps/github', []],
    ['apps/github/deeper', []],
  ])('%s', (path, expected) => {
    expect(owners('.github/CODEOWNERS', GITHUB, path)).toEqual(expected);
  });

  it('docs/* reaches no deeper, a folder does, and what GitHub does not know matches nothing', () => {
    const at = (pattern: string, path: string) => owners('CODEOWNERS', `${pattern} @a\n`, path);
    expect(at('docs/*', 'docs/build-app/troubleshooting.md')).toEqual([]);
    expect(at('docs/*', 'docs/a.md')).toEqual(['@a']);
    expect(at('docs', 'x/docs/build-app/a.md')).toEqual(['@a']);
    expect(at('/docs', 'x/docs/a.md')).toEqual([]);
    expect(at('overrides/**/x.yaml', 'overrides/x.yaml')).toEqual(['@a']);
    expect(at('overrides/**/x.yaml', 'overrides/a/b/x.yaml')).toEqual(['@a']);
    expect(at('!overrides', 'overrides/x.yaml')).toEqual([]);
    expect(at('overrides/[a-z].yaml', 'overrides/x.yaml')).toEqual([]);
    expect(at('over.ides', 'overrides')).toEqual([]);
    expect(at('with\\ space/', 'with space/x')).toEqual(['@a']);
    expect(at(`${'*a'.repeat(200)}b`, 'a'.repeat(2_000))).toEqual([]);
  });
});

describe('CODEOWNERS as GitLab reads it', () => {
  const TEXT = `* @everyone
[Documentation][2] @docs
docs/
README.md @writer

^[Overrides] @risk @audit/leads
/overrides/
/overrides/special.yaml @special
!/overrides/readme.md

[DOCUMENTATION]
/docs/private.md @private
`;
  it.each([
    ['a.ts', ['@everyone']],
    ['docs/x/y.md', ['@everyone', '@docs']],
    ['docs/private.md', ['@everyone', '@private']],
    ['sub/README.md', ['@everyone', '@writer']],
    ['overrides/a.yaml', ['@everyone', '@risk', '@audit/leads']],
    ['overrides/special.yaml', ['@everyone', '@special']],
    ['overrides/readme.md', ['@everyone']],
    // A name without a slash at its end is a file there.
    ['x/overrides/a.yaml', ['@everyone']],
  ])('%s: the last line of each section', (path, expected) => {
    expect(owners('.gitlab/CODEOWNERS', TEXT, path)?.toSorted()).toEqual([...expected].sort());
  });

  it('a folder needs its slash, and stars stay within a segment', () => {
    const at = (pattern: string, path: string) => owners('.gitlab/CODEOWNERS', `${pattern} @a\n`, path);
    expect(at('overrides', 'overrides/a.yaml')).toEqual([]);
    expect(at('/overrides/*', 'overrides/a/b.yaml')).toEqual([]);
    expect(at('/overrides/**/*.yaml', 'overrides/a/b.yaml')).toEqual(['@a']);
    expect(at('/overrides/**/*.yaml', 'overrides/b.yaml')).toEqual(['@a']);
  });
});

it('without the file there are no code owners to speak of; the line is named', () => {
  expect(codeOwners(new Map(), 'overrides/a.yaml')).toBeUndefined();
  expect(codeOwners(new Map([['CODEOWNERS', Buffer.from('\n*.yaml @a\n')]]), 'overrides/a.yaml')).toEqual([
    { owner: '@a', line: 'CODEOWNERS:2' },
  ]);
});

// GitHub: .github, the root, docs. GitLab: the root, docs, .gitlab (FILE_PATHS of lib/gitlab/code_owners.rb). Each passes over the other's folder.
it.each<[string, Record<string, string>, string[]]>([
  ['the root goes before .gitlab', { CODEOWNERS: '* @risk', '.gitlab/CODEOWNERS': '* @eve' }, ['@risk']],
  ['docs goes before .gitlab', { 'docs/CODEOWNERS': '* @risk', '.gitlab/CODEOWNERS': '* @eve' }, ['@risk']],
  ['GitLab does not look in .github', { CODEOWNERS: '* @risk', '.github/CODEOWNERS': '* @eve' }, []],
  ['neither host reads both', { '.gitlab/CODEOWNERS': '* @risk', '.github/CODEOWNERS': '* @eve' }, []],
  ['the root goes before docs', { CODEOWNERS: '* @risk', 'docs/CODEOWNERS': '* @eve' }, ['@risk']],
  ['both hosts say so', { CODEOWNERS: '* @eve @risk', '.github/CODEOWNERS': '* @RISK @ada' }, ['@RISK']],
])('of several files an owner is one by that of each host: %s', (_name, texts, expected) => {
  const files = new Map(Object.entries(texts).map(([name, text]) => [name, Buffer.from(text)]));
  expect(codeOwners(files, 'overrides/a.yaml')?.map(({ owner }) => owner)).toEqual(expected);
});

it.each([
  ['@Grace', '@grace', true],
  ['grace@example.com', 'Grace@Example.com', true],
  ['Grace Hopper <grace@example.com>', 'grace@example.com', true],
  ['grace', '@grace', false],
  ['grace@example.com', '@grace', false],
  ['grace+x@example.com', 'grace@example.com', false],
])('%s is the owner %s: %s', (person, owner, expected) => {
  expect(isNamed(person, owner)).toBe(expected);
});
