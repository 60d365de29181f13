import { describe, expect, it } from 'vitest';
import { parseInput } from './index.ts';

const read = (file: string, text: string) => parseInput(file, Buffer.from(text));
const first = (file: string, text: string) => {
  const { documents, problems } = read(file, text);
  if (documents[0] === undefined) throw new Error(problems[0]?.error.message);
  return documents[0];
};

// What Conftest gives for the same files is compared in tests/interop/inputs.
describe('TOML', () => {
  const text = 'a = 1\n[t.u]\nv = [1, {z = true}]\n[[arr]]\nq = 1\n[[arr]]\n  q = 2\n';

  it('has a place for each key and item', () => {
    const { kind, value, locate } = first('x.toml', text);
    expect(kind).toBe('toml');
    expect(value).toEqual({ a: 1, t: { u: { v: [1, { z: true }] } }, arr: [{ q: 1 }, { q: 2 }] });
    expect(locate(['t', 'u', 'v', 1, 'z'])).toEqual({ file: 'x.toml', line: 3, column: 10 });
    expect(locate(['arr', 1, 'q'])).toEqual({ file: 'x.toml', line: 7, column: 3 });
  });

  it('keeps integers that a double cannot hold, and names as data', () => {
    expect(JSON.stringify(first('x.toml', 'a = 9223372036854775807\n__proto__ = {b = 1}\n').value)).toBe(
      '{"a":9223372036854775807,"__proto__":{"b":1}}',
    );
  });

  it.each([
    ['a = ', 'INPUT_SYNTAX'],
    ['a = 1\na = 2\n', 'INPUT_SYNTAX'],
    ['a = inf\n', 'INPUT_FORMAT'],
    ['# c\n', 'INPUT_EMPTY'],
    [`a = ${'['.repeat(2_000)}${']'.repeat(2_000)}`, 'INPUT_TOO_LARGE'],
    [`a = ${'['.repeat(100_000)}`, 'INPUT_SYNTAX'],
    [`${'a.'.repeat(20_000)}a = 1`, 'INPUT_TOO_LARGE'],
  ])('that is none is a problem: %#', (bad, code) => {
    expect(read('x.toml', bad).problems.map(({ error }) => error.code)).toEqual([code]);
  });
});

describe('INI, properties and variables', () => {
  it('have a place for each key', () => {
    expect(first('x.ini', '[a]\n; c\n  k = 1\n').locate(['a', 'k'])).toEqual({
      file: 'x.ini',
      line: 3,
      column: 3,
    });
    expect(first('x.properties', '# c\n k = 1\n').locate(['k'])).toEqual({
      file: 'x.properties',
      line: 2,
      column: 2,
    });
    expect(first('.env', 'A=1\nexport B="x\ny"\n').locate(['B'])).toEqual({
      file: '.env',
      line: 2,
      column: 1,
    });
  });

  it('lose nothing that Conftest leaves out', () => {
    expect(first('x.ini', 'top = 1\nflag\n[a]\nb = T\n').value).toEqual({
      DEFAULT: { top: 1, flag: true },
      a: { b: true },
    });
  });

  it('do not take a variable from the environment', () => {
    expect(first('prod.env', `A=$HOME\nB=\${PATH}\nC=1\nD=$C\n`).value).toEqual({
      A: '$HOME',
      B: `\${PATH}`,
      C: '1',
      D: '1',
    });
  });

  it.each([
    ['x.ini', '[a\n', 'INPUT_SYNTAX'],
    ['x.ini', '[a]\nk = """x\ny"""\n', 'INPUT_SYNTAX'],
    ['x.ini', '; c\n', 'INPUT_EMPTY'],
    ['x.properties', 'k = \\u12', 'INPUT_SYNTAX'],
    ['x.properties', 'k\\', 'INPUT_SYNTAX'],
    ['x.properties', 'k = \\ud800\n', 'INPUT_SYNTAX'],
    ['.env', 'A="x\n', 'INPUT_SYNTAX'],
    ['.env', 'not a variable\n', 'INPUT_SYNTAX'],
    ['.env', `A=${'x'.repeat(1_000)}\n${'A=$A$A\n'.repeat(20)}`, 'INPUT_TOO_LARGE'],
  ])('that are none are a problem: %s %#', (file, bad, code) => {
    expect(read(file, bad).problems.map(({ error }) => error.code)).toEqual([code]);
  });
});

describe('pipelines, playbooks and templates', () => {
  const kind = (file: string, text: string) => read(file, text).documents.map((one) => one.kind);

  it('are known by their place and by what they hold', () => {
    expect(kind('.github/workflows/a.yml', 'on: push\njobs: {a: {steps: []}}\n')).toEqual([
      'github-workflow',
    ]);
    expect(kind('a.yaml', '"on": push\njobs: {a: {}}\n')).toEqual(['github-workflow']);
    expect(kind('x/action.yml', 'runs: {using: node24, main: a.js}\n')).toEqual(['github-workflow']);
    expect(kind('.gitlab-ci.yml', 'include: [a.yml]\n')).toEqual(['gitlab-ci']);
    expect(kind('b.yml', 'test: {script: [make, [x, y]]}\n')).toEqual(['gitlab-ci']);
    expect(kind('site.yml', '- hosts: all\n  tasks: [{name: x}]\n')).toEqual(['ansible']);
    expect(kind('roles/a/tasks/main.yml', '- name: x\n  command: y\n')).toEqual(['ansible']);
    expect(kind('main.yml', '- name: x\n  command: y\n')).toEqual(['yaml']);
    const schema = 'https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#';
    expect(kind('a.json', JSON.stringify({ $schema: schema, resources: [] }))).toEqual(['arm']);
    expect(
      kind(
        'a.json',
        JSON.stringify({ $schema: 'https://example.com/deploymentTemplate.json', resources: [] }),
      ),
    ).toEqual(['json']);
  });

  it('of which one is told by its place and is none are a problem', () => {
    expect(read('.github/workflows/a.yml', 'name: x\n').problems.map(({ error }) => error.code)).toEqual([
      'INPUT_FORMAT',
    ]);
    expect(read('.gitlab-ci.yml', '- a\n').problems.map(({ error }) => error.code)).toEqual(['INPUT_FORMAT']);
  });

  it('have the key `on` as readers of YAML 1.1 see it', () => {
    const { value, locate } = first('.github/workflows/a.yml', 'on: push\njobs:\n  a: {}\n');
    expect(value).toEqual({ true: 'push', jobs: { a: {} } });
    expect(locate(['true'])).toEqual({ file: '.github/workflows/a.yml', line: 1, column: 1 });
  });

  it('stay Kubernetes objects where they are such', () => {
    expect(kind('a.yaml', 'apiVersion: v1\nkind: A\njobs: {}\non: push\n')).toEqual(['kubernetes']);
  });
});
