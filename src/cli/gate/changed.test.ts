import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { changesSince } from './changed.ts';
import { readPatch } from './patch.ts';

let folder: string;
const git = (...args: string[]) =>
  execFileSync('git', ['-c', 'user.name=t', '-c', 'user.email=t@example.com', ...args], {
    cwd: folder,
    env: { ...process.env, GIT_CONFIG_GLOBAL: '/dev/null' },
    stdio: 'ignore',
  });
const write = (file: string, text: string) => {
  mkdirSync(dirname(join(folder, file)), { recursive: true });
  writeFileSync(join(folder, file), text);
};
const commit = () => {
  git('add', '--all');
  git('commit', '--quiet', '--message', 'x');
};
const tf = (a: string, b: string, more = '') =>
  `resource "aws_s3_bucket" "a" {\n  bucket = "${a}"\n}\n\nresource "aws_s3_bucket" "b" {\n  bucket = "${b}"\n}\n${more}`;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'exhibit-changed-'));
  git('init', '--quiet', '--initial-branch=main');
});

describe('what git says was changed', () => {
  it('a document of a YAML file is as a whole changed or not; another file, and one that git does not know, is new', () => {
    write('k8s/a.yaml', 'a: 1\n---\nb: 1\nc: 1\n---\nd: 1\n');
    write('k8s/b.yaml', 'a: 1\n');
    write('data.json', '{"a": 1}\n');
    commit();
    write('k8s/a.yaml', 'a: 1\n---\nb: 1\nc: 2\n---\nd: 1\n');
    write('data.json', '{"a": 2}\n');
    write('k8s/new.yaml', 'a: 1\n');
    const { isUnchanged } = changesSince('main', folder);
    const at = (file: string, line: number) => isUnchanged({ file, line, kind: 'kubernetes' });
    expect([1, 3, 4, 6].map((line) => at('k8s/a.yaml', line))).toEqual([true, false, false, true]);
    expect([at('k8s/b.yaml', 1), at('data.json', 1), at('k8s/new.yaml', 1)]).toEqual([true, false, false]);
    expect(isUnchanged({ file: 'k8s/a.yaml' })).toBe(false);
    expect(isUnchanged({})).toBe(false);
  });

  it('a line that was only taken away changes the document around it', () => {
    write('a.yaml', 'a: 1\nb: 1\n---\nc: 1\n');
    commit();
    write('a.yaml', 'a: 1\n---\nc: 1\n');
    expect(changesSince('main', folder).isUnchanged({ file: 'a.yaml', line: 1 })).toBe(false);
  });

  it('counts from where the change started, not from where the branch is now', () => {
    write('a.yaml', 'a: 1\n');
    write('b.yaml', 'b: 1\n');
    commit();
    git('switch', '--quiet', '--create', 'change');
    write('b.yaml', 'b: 2\n');
    commit();
    git('switch', '--quiet', 'main');
    write('a.yaml', 'a: 2\n');
    commit();
    git('switch', '--quiet', 'change');
    const { isUnchanged } = changesSince('main', folder);
    expect([isUnchanged({ file: 'a.yaml', line: 1 }), isUnchanged({ file: 'b.yaml', line: 1 })]).toEqual([
      true,
      false,
    ]);
  });

  it('a resource of Terraform is unchanged where neither it nor what it names nor what names it was changed', () => {
    const plan = (line: number) =>
      changesSince('main', folder).isUnchanged({ file: 'main.tf', line, kind: 'terraform-plan' });
    write('main.tf', tf('one', 'two'));
    commit();
    write('main.tf', tf('other', 'two'));
    expect([plan(2), plan(5)]).toEqual([false, true]);
    write('main.tf', tf('one', 'two', 'resource "x" "y" {\n  bucket = aws_s3_bucket.b.id\n}\n'));
    expect([plan(2), plan(5)]).toEqual([true, false]);
    write('main.tf', tf('one', 'two'));
    write('variables.tf', 'variable "x" {\n}\n');
    git('add', '--all');
    expect([plan(2), plan(5)]).toEqual([false, false]);
  });

  it('refuses what git does not know, and says what a shallow clone lacks', () => {
    write('a.yaml', 'a: 1\n');
    commit();
    for (const ref of ['nosuch', '--output=x', ''])
      expect(() => changesSince(ref, folder)).toThrow(/git knows no commit/);
  });

  it('names with spaces, quotes and other letters, and lines that look like heads', () => {
    const odd = 'ü "x"\ty z.yaml';
    write(odd, 'a: 1\n---\nb: 1\n');
    write('p.yaml', 'a: 1\nb: 1\n---\nc: 1\n');
    commit();
    write(odd, 'a: 2\n---\nb: 1\n');
    write('p.yaml', '++ b/x\n@@ -1 +1,99 @@\n---\nc: 1\n');
    const { isUnchanged } = changesSince('main', folder);
    expect([1, 3].map((line) => isUnchanged({ file: odd, line }))).toEqual([false, true]);
    expect([1, 4].map((line) => isUnchanged({ file: 'p.yaml', line }))).toEqual([false, true]);
  });

  it('a file that is gone has no name', () => {
    expect(readPatch('--- a/x\n+++ /dev/null\n@@ -1 +0,0 @@\n-x\n')).toEqual([]);
  });
});
