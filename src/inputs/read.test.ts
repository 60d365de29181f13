import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parseInput, type ReadOptions, readInputs } from './index.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'exhibit-inputs-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function put(name: string, content: string | Uint8Array = 'a: 1\n'): void {
  mkdirSync(dirname(join(folder, name)), { recursive: true });
  writeFileSync(join(folder, name), content);
}

/** Each file with the number of its documents, or with its problem. */
async function read(paths: string[], options: ReadOptions = {}): Promise<string[]> {
  const found: string[] = [];
  for await (const { file, documents, problems } of readInputs(paths, { cwd: folder, ...options })) {
    found.push(
      [
        file,
        ...problems.map(({ error }) => error.code),
        ...(documents.length > 0 ? [documents.length] : []),
      ].join(' '),
    );
  }
  return found;
}

it('a document names the other files that were asked for, also those that are not there', async () => {
  put('.gitlab-ci.yml', 'include: [{local: /part.yml}, {local: /none.yml}]\njob: {extends: .base}\n');
  put('part.yml', '.base: {script: [make]}\n');
  put('alone.yaml');
  const made: unknown[] = [];
  for await (const { documents } of readInputs(['.gitlab-ci.yml', 'alone.yaml'], { cwd: folder }))
    made.push(...documents.map(({ madeOf }) => madeOf));
  expect(made).toEqual([['part.yml', 'none.yml'], undefined]);
});

describe('folders', () => {
  it('and files that are found twice are read once, under the first name', async () => {
    for (const name of ['a/x.yaml', 'b.yaml']) put(name, '{"a": 1}');
    put('a/main.tf.json', '{"resource": {"aws_s3_bucket": {"a": {}}}}');
    const repeated: string[] = [];
    const options = { onRepeated: (file: string) => repeated.push(file) };
    expect(await read(['a', './a/', 'a/x.yaml', 'b.yaml', 'b.yaml', '.'], options)).toEqual([
      'a/x.yaml 1',
      'b.yaml 1',
    ]);
    expect(repeated).toEqual(['./a/x.yaml', 'a/x.yaml', 'b.yaml', 'a/x.yaml', 'b.yaml']);
    // Below the folder it is passed over; as itself it is read.
    expect(await read(['a', 'a/main.tf.json'])).toEqual(['a/x.yaml 1', 'a/main.tf.json INPUT_FORMAT']);
  });

  it('are walked in the order of names, without what tools keep there; other kinds are counted', async () => {
    for (const name of [
      'b.yaml',
      'a/z.json',
      'a/B.yml',
      'C.YAML',
      '.git/x.yaml',
      'node_modules/x.json',
      'a/.terraform/x.json',
    ])
      put(name, '{"a": 1}');
    for (const name of ['README.md', 'a/main.tf', '.yaml']) put(name);
    const ignored: string[] = [];
    expect(await read(['.'], { onIgnored: (file) => ignored.push(file) })).toEqual([
      'C.YAML 1',
      'a/B.yml 1',
      'a/z.json 1',
      'b.yaml 1',
    ]);
    expect(ignored).toEqual(['.yaml', 'README.md', 'a/.terraform/', 'a/main.tf', 'node_modules/']);
    expect(await read(['a/', 'b.yaml', './C.YAML'])).toEqual([
      'a/B.yml 1',
      'a/z.json 1',
      'b.yaml 1',
      './C.YAML 1',
    ]);
  });

  it('pass over the JSON syntax of Terraform as they do its source; named, it is a problem and never plain JSON', async () => {
    put('infra/main.tf.json', '{"resource": {"aws_db_instance": {"main": {"storage_encrypted": false}}}}');
    put('infra/x.json', '{"a": 1}');
    const ignored: string[] = [];
    expect(await read(['infra'], { onIgnored: (file) => ignored.push(file) })).toEqual(['infra/x.json 1']);
    expect(ignored).toEqual(['infra/main.tf.json']);
    expect(await read(['infra/main.tf.json'])).toEqual(['infra/main.tf.json INPUT_FORMAT']);
    // What it holds decides, not its name.
    put('infra/pod.tf.json', '{"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "a"}}');
    put('infra/broken.tf.json', '{');
    expect(await read(['infra'])).toEqual([
      'infra/broken.tf.json INPUT_SYNTAX',
      'infra/pod.tf.json 1',
      'infra/x.json 1',
    ]);
  });

  it('that hold nothing to judge are a problem', async () => {
    mkdirSync(join(folder, 'empty'));
    put('docs/README.md');
    expect(await read(['empty', 'docs'])).toEqual(['empty INPUT_EMPTY', 'docs INPUT_EMPTY']);
  });

  it('named like a file are walked', async () => {
    put('x.json/y.yaml');
    expect(await read(['.'])).toEqual(['x.json/y.yaml 1']);
  });

  it('with a symbolic link to themselves end', async () => {
    put('a/b.yaml');
    symlinkSync('..', join(folder, 'a/up'));
    symlinkSync('me', join(folder, 'me'));
    expect(await read(['.'])).toEqual(['a/b.yaml 1', 'a/up INPUT_UNREADABLE', 'me INPUT_UNREADABLE']);
  });

  it('do not lead out through a link, unless it is named; within they do', async () => {
    put('in/a.yaml');
    put('out/b.yaml');
    put('out/c.txt');
    symlinkSync('../out', join(folder, 'in/folder'));
    symlinkSync('../out/b.yaml', join(folder, 'in/file.yaml'));
    symlinkSync('../out/c.txt', join(folder, 'in/other'));
    symlinkSync('nowhere', join(folder, 'in/dead.yaml'));
    symlinkSync('a.yaml', join(folder, 'in/same.yaml'));
    expect(await read(['in'])).toEqual([
      'in/a.yaml 1',
      'in/dead.yaml INPUT_UNREADABLE',
      'in/file.yaml INPUT_UNREADABLE',
      'in/folder INPUT_UNREADABLE',
      'in/same.yaml 1',
    ]);
    expect(await read(['in/folder', 'in/file.yaml'])).toEqual(['in/folder/b.yaml 1', 'in/file.yaml 1']);
  });

  it('with too many files say where reading stopped', async () => {
    for (const name of ['a', 'b', 'c']) put(`${name}.yaml`);
    expect(await read(['.'], { limits: { files: 2 } })).toEqual([
      'a.yaml 1',
      'b.yaml 1',
      '. INPUT_TOO_LARGE',
    ]);
  });
});

describe('bad files are problems, never a crash or a pass', () => {
  it.each([
    ['empty.json', '', 'INPUT_EMPTY'],
    ['blank.yaml', '\n  \n', 'INPUT_EMPTY'],
    ['comments.yaml', '# nothing\n---\n# else\n', 'INPUT_EMPTY'],
    ['cut.json', '{"a": [1', 'INPUT_SYNTAX'],
    ['wrong.yaml', 'a: [1\nb: 2\n', 'INPUT_SYNTAX'],
    ['latin.yaml', Uint8Array.of(0x61, 0x3a, 0x20, 0xe9, 0x0a), 'INPUT_ENCODING'],
    ['binary.json', Uint8Array.of(0x50, 0x4b, 3, 4, 0, 0), 'INPUT_ENCODING'],
    ['unmarked.json', Buffer.from('{"a": 1}', 'utf16le'), 'INPUT_ENCODING'],
    ['half.json', Uint8Array.of(0xff, 0xfe, 0x7b), 'INPUT_ENCODING'],
    ['notes.md', '# Notes\n', 'INPUT_FORMAT'],
  ])('%s', async (name, content, code) => {
    put(name, content);
    expect(await read([name])).toEqual([`${name} ${code}`]);
  });

  it('carry a place and a hint', async () => {
    put('a.yaml', 'x: 1\ny: 2\nx: 3\n');
    for await (const { problems } of readInputs(['a.yaml'], { cwd: folder })) {
      expect(problems[0]?.error).toMatchObject({
        code: 'INPUT_SYNTAX',
        location: { file: 'a.yaml', line: 3, column: 1 },
        hint: expect.stringMatching(/./),
      });
    }
  });

  it('that are too large are refused before they are read', async () => {
    put('huge.json');
    // 200 MiB without a byte on the disk.
    truncateSync(join(folder, 'huge.json'), 200 * 1024 * 1024);
    for await (const { problems } of readInputs(['huge.json'], { cwd: folder })) {
      expect(problems[0]?.error).toMatchObject({
        code: 'INPUT_TOO_LARGE',
        hint: expect.stringMatching(/(?=.*--max-input-size 209715200)(?=.*in memory)/),
      });
    }
    expect(parseInput('a.json', new Uint8Array(11), { fileBytes: 10 }).problems[0]?.error.code).toBe(
      'INPUT_TOO_LARGE',
    );
  });

  it.skipIf(process.platform === 'win32')('that are pipes or devices do not make it wait', async () => {
    execFileSync('mkfifo', [join(folder, 'pipe.yaml')]);
    expect(await read(['pipe.yaml'])).toEqual(['pipe.yaml INPUT_UNREADABLE']);
    expect(await read(['.', '/dev/zero'])).toEqual([
      'pipe.yaml INPUT_UNREADABLE',
      '/dev/zero INPUT_UNREADABLE',
    ]);
  });

  it('that are not there are named', async () => {
    put('a.yaml');
    expect(await read(['missing.yaml', 'a.yaml/x', 'a.yaml'])).toEqual([
      'missing.yaml INPUT_UNREADABLE',
      'a.yaml/x INPUT_UNREADABLE',
      'a.yaml 1',
    ]);
  });
});

describe('names and bytes', () => {
  it('keep a name as it is, whatever is in it', async () => {
    for (const name of ['line\nbreak.yaml', '%0A::set-output.yaml', '\u001b[31m.yaml', '-rf.yaml', 'é.yaml'])
      put(name);
    expect(await read(['.'])).toEqual([
      '\u001b[31m.yaml 1',
      '%0A::set-output.yaml 1',
      '-rf.yaml 1',
      'line\nbreak.yaml 1',
      'é.yaml 1',
    ]);
  });

  it('digest the bytes as they are on the disk', () => {
    // printf 'a: 1\n' | sha256sum
    expect(parseInput('a.yaml', new TextEncoder().encode('a: 1\n')).documents[0]?.raw_digest).toBe(
      'sha256:37b128c59f1f5097f73f82691cb519f1f568667faab5ced1b4ab979d36837eae',
    );
  });
});
