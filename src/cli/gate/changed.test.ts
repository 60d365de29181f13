import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
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

const END = 'resource "x" "end" {\n  a = var.x\n}\n';

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

  it('what a tool rendered is new, and what was put together is as new as the files that it was put together from', () => {
    write('ci.yml', 'a: 1\n');
    write('part.yml', 'b: 1\n');
    write('gone.yml', 'c: 1\n');
    commit();
    write('part.yml', 'b: 2\n');
    rmSync(join(folder, 'gone.yml'));
    const { isUnchanged } = changesSince('main', folder);
    const made = (madeOf: string[] | 'rendered', file = 'ci.yml') =>
      isUnchanged({ file, line: 1, kind: 'gitlab-ci', own: 'ci.yml', madeOf });
    expect([made([]), made(['never.yml']), made(['ci.yml'])]).toEqual([true, true, true]);
    expect([made('rendered'), made(['part.yml']), made(['gone.yml'])]).toEqual([false, false, false]);
    // A place in a file that was there, of a pipeline that uses it only now.
    write('ci.yml', 'a: 2\n');
    write('part.yml', 'b: 1\n');
    expect(changesSince('main', folder).isUnchanged({ file: 'part.yml', line: 1, own: 'ci.yml' })).toBe(
      false,
    );
  });

  it('a link is as new as what it leads to', () => {
    write('real.yaml', 'a: 1\n');
    symlinkSync('real.yaml', join(folder, 'link.yaml'));
    symlinkSync('/etc/hostname', join(folder, 'out.yaml'));
    commit();
    const at = (file: string) => changesSince('main', folder).isUnchanged({ file, line: 1 });
    expect([at('link.yaml'), at('out.yaml')]).toEqual([true, false]);
    write('real.yaml', 'a: 2\n');
    expect(at('link.yaml')).toBe(false);
  });

  it('lines of a file that goes through a filter are not those that git compares', () => {
    git('config', 'filter.short.clean', 'sha256sum');
    git('config', 'filter.short.smudge', 'cat');
    write('.gitattributes', '*.yaml filter=short\n');
    write('a.yaml', 'a: 1\n---\nb: 1\n---\nc: 1\n');
    commit();
    write('a.yaml', 'a: 1\n---\nb: 1\n---\nc: 2\n');
    expect(changesSince('main', folder).isUnchanged({ file: 'a.yaml', line: 5 })).toBe(false);
  });

  it('a lone CR ends a line of YAML and none of git', () => {
    write('a.yaml', '# x\r# y\r# z\ra: 1\n---\nb: 1\n---\nc: 1\n');
    commit();
    write('a.yaml', '# x\r# y\r# z\ra: 1\n---\nb: 2\n---\nc: 1\n');
    // For YAML `b` stands in line 6, where for git `c` is near.
    expect(changesSince('main', folder).isUnchanged({ file: 'a.yaml', line: 6 })).toBe(false);
  });

  it('what git cannot tell is an error, not "nothing was changed"', () => {
    write('k8s/a.yaml', 'a: 1\n');
    commit();
    const tree = execFileSync('git', ['rev-parse', 'HEAD:k8s'], { cwd: folder, encoding: 'utf8' }).trim();
    write('k8s/a.yaml', 'a: 2\n');
    git('switch', '--quiet', '--create', 'change');
    commit();
    const object = join(folder, '.git', 'objects', tree.slice(0, 2));
    for (const name of readdirSync(object)) rmSync(join(object, name), { force: true });
    expect(() => changesSince('main', folder)).toThrow(/does not say what differs/);
  });

  it.each<[string, Record<string, string>, Record<string, string>]>([
    [
      'a variable that is set in',
      { 'main.tf': `${tf('a', 'b')} variable "x" {\n   default = true\n }\n${END}` },
      { 'main.tf': `${tf('a', 'b')} variable "x" {\n   default = false\n }\n${END}` },
    ],
    [
      'a variable behind a comment',
      { 'main.tf': `${tf('a', 'b')}/**/ variable "x" {\n   default = true\n }\n${END}` },
      { 'main.tf': `${tf('a', 'b')}/**/ variable "x" {\n   default = false\n }\n${END}` },
    ],
    [
      'a setting in a file that is one block for a here-document',
      { 'main.tf': END, 'x.tf': `${tf('a', 'b')}locals {\n  a = 1\n  b = <<E\nE\n}\n` },
      { 'main.tf': END, 'x.tf': `${tf('a', 'b')}locals {\n  a = 2\n  b = <<E\nE\n}\n` },
    ],
    ['a value that is set in and gone', { 'main.tf': END, 'a.tfvars': ' x = true\n' }, { 'a.tfvars': '' }],
    [
      'a file that it reads',
      {
        'main.tf': `locals {\n  a = yamldecode(file("\${path.module}/x.yaml"))\n}\n${END}`,
        'x.yaml': 'a: 1\n',
      },
      { 'x.yaml': 'a: 2\n' },
    ],
    [
      'a file whose name is put together',
      { 'main.tf': `locals {\n  a = file("\${var.a}.txt")\n}\n${END}`, 'x.txt': 'a' },
      { 'x.txt': 'b' },
    ],
  ])('a resource of Terraform is new with %s', (_, before, after) => {
    for (const [file, text] of Object.entries(before)) write(file, text);
    commit();
    const at = (before['main.tf'] ?? '').split('\n').indexOf('resource "x" "end" {') + 2;
    const end = () =>
      changesSince('main', folder).isUnchanged({ file: 'main.tf', line: at, kind: 'terraform-plan' });
    const indented = / variable/.test(before['main.tf'] ?? '');
    expect(end()).toBe(!indented);
    for (const [file, text] of Object.entries(after)) write(file, text);
    expect(end()).toBe(false);
  });

  it('a name in Terraform source is no pattern', () => {
    write('main.tf', tf('a', 'b'));
    write('x.tf', `resource "x" "(a+)+$" {\n}\nresource "y" "(" {\n  a = "${'a'.repeat(40)}!"\n}\n`);
    commit();
    write('x.tf', `resource "x" "(a+)+$" {\n  b = 1\n}\nresource "y" "(" {\n  a = "${'a'.repeat(40)}!"\n}\n`);
    const { isUnchanged } = changesSince('main', folder);
    expect(isUnchanged({ file: 'x.tf', line: 5, kind: 'hcl' })).toBe(true);
    expect(isUnchanged({ file: 'main.tf', line: 1, kind: 'hcl' })).toBe(true);
  });

  it('and not with a file that Terraform does not read', () => {
    write('main.tf', `locals {\n  a = file("\${path.module}/x.yaml")\n}\n${END}`);
    write('x.yaml', 'a: 1\n');
    write('readme.md', 'a\n');
    commit();
    write('readme.md', 'b\n');
    expect(changesSince('main', folder).isUnchanged({ file: 'main.tf', line: 5, kind: 'hcl' })).toBe(true);
  });

  it('a file that is gone has no name', () => {
    expect(readPatch('--- a/x\n+++ /dev/null\n@@ -1 +0,0 @@\n-x\n')).toEqual([]);
  });
});
