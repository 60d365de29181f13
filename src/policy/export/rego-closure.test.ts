import { describe, expect, test } from 'vitest';
import type { RegoPolicy, Repository } from '../types.ts';
import { askingServer, belowLib, closureOf, type Module, movedBelow } from './rego-closure.ts';

/** A repository of modules alone: name of the package and text behind its package line. */
function repositoryOf(modules: Readonly<Record<string, string>>, rego_v0: string[] = []) {
  const files = new Map(
    Object.entries(modules).map(([name, text]) => [
      `${name}.rego`,
      Buffer.from(`package ${name}\n\n${text}\n`),
    ]),
  );
  const packages = Object.keys(modules).map((name) => ({
    name,
    files: [`${name}.rego`],
    rules: [],
    style: undefined,
  }));
  return { files, packages, rego_v0 } as unknown as Repository;
}
const policy = { package: 'p' } as RegoPolicy;
const librariesOf = (modules: Readonly<Record<string, string>>, old: string[] = []) => {
  const closure = closureOf(policy, repositoryOf(modules, old));
  return typeof closure === 'string' ? closure : closure.libraries.map((one) => one.package).sort();
};

describe('what a policy refers to', () => {
  test.each<[string, Record<string, string>, string[] | string]>([
    ['nothing', { p: 'x := 1', 'lib.a': 'y := 1' }, []],
    [
      'an import and what that imports',
      { p: 'import data.lib.a', 'lib.a': 'import data.lib.b', 'lib.b': '' },
      ['lib.a', 'lib.b'],
    ],
    ['a package above a rule', { p: 'x := data.lib.a.y', 'lib.a': 'y := 1' }, ['lib.a']],
    [
      'a package below an import',
      { p: 'import data.lib.a\nx := a.b.y', 'lib.a': '', 'lib.a.b': '', 'lib.a.c': '' },
      ['lib.a', 'lib.a.b'],
    ],
    [
      'by another name',
      { p: 'import data.lib.a as q\nx := q.b.y', 'lib.a.b': '', 'lib.a.c': '' },
      ['lib.a.b'],
    ],
    ['only in a comment', { p: '# import data.lib.a', 'lib.a': '' }, []],
    ['itself in a circle', { p: 'import data.lib.a', 'lib.a': 'x := data.p.y' }, ['lib.a']],
    ['what is computed', { p: 'x := data[input.name]' }, 'p.rego computes which package it refers to'],
    [
      'what only the server shows',
      { p: 'import data.lib.a', 'lib.a': 'x := input.exhibit.attestation' },
      'it asks for what only exhibit server shows a policy (input.exhibit)',
    ],
  ])('%s', (_name, modules, expected) => {
    expect(librariesOf(modules)).toEqual(expected);
  });

  test('two versions of the syntax cannot go into one export', () => {
    expect(librariesOf({ p: 'import data.lib.a', 'lib.a': '' }, ['lib.a.rego'])).toContain('two versions');
  });
});

describe('packages that are moved', () => {
  const module = (name: string, text: string): Module => ({ path: `${name}.rego`, package: name, text });

  test('package line and references, not comments, names that only begin so, or what stands below lib', () => {
    const moved = belowLib([
      module(
        'p.one',
        '# data.p.one\npackage p.one\nimport data.lib.a\nx := data.p.one.y + data.p.ones + data.q.z',
      ),
      module('q', 'package q\nz := data.p.one.x'),
      module('lib.a', 'package lib.a\ny := data.q.z'),
    ]);
    expect(moved.map((one) => [one.package, one.text])).toEqual([
      [
        'lib.p.one',
        '# data.p.one\npackage lib.p.one\nimport data.lib.a\nx := data.lib.p.one.y + data.p.ones + data.lib.q.z',
      ],
      ['lib.q', 'package lib.q\nz := data.lib.p.one.x'],
      ['lib.a', 'package lib.a\ny := data.lib.q.z'],
    ]);
  });

  test('only those that are named', () => {
    const moved = movedBelow(
      'x',
      [module('main', 'package main\na := data.main.b'), module('q', 'package q')],
      (name) => name === 'main',
    );
    expect(moved.map((one) => one.text)).toEqual(['package x.main\na := data.x.main.b', 'package q']);
  });
});

test('policies that ask for what only the server shows are known by what their rules read', () => {
  const modules = {
    p: 'import data.lib.a',
    q: 'x := data.lib.b.y',
    r: '# input.exhibit\nx := input.exhibited',
    s: 'x := input.exhibit',
    t: 'x := data[input.name]\ny := data.lib.a.y',
    'lib.a': 'import data.lib.b\ny := b.y',
    'lib.b': 'y := input.exhibit.attestation.object.state',
  };
  const policies = ['p', 'q', 'r', 's', 't'].map((name) => ({ id: name, package: name }));
  const asking = askingServer([...policies, { id: 'of-another-stack' }], repositoryOf(modules).files);
  expect([...asking]).toEqual(['p', 'q', 's', 't']);
});
