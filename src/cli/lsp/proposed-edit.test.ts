import { describe, expect, test } from 'vitest';
import { parseInput } from '../../inputs/index.ts';
import { applyChange, offsetAt, proposeEdit } from './proposed-edit.ts';

function edited(text: string, edit: unknown, file = 'a.yaml', index = 0): string {
  const { documents, problems } = parseInput(file, Buffer.from(text));
  const document = documents[index];
  if (document === undefined) throw new Error(problems[0]?.error.message);
  const found = proposeEdit(text, document, edit);
  return typeof found === 'string' ? `refused: ${found}` : applyChange(text, found.change);
}

describe('a value in YAML', () => {
  test.each([
    [
      'in place of a scalar, its comment stays',
      'a: true # why\nb: 1\n',
      ['a'],
      false,
      'a: false # why\nb: 1\n',
    ],
    ['in place of a quoted one', "a: 'true'\n", ['a'], false, 'a: false\n'],
    ['where nothing stands', 'a:\nb: 1\n', ['a'], false, 'a: false\nb: 1\n'],
    ['behind the last of a mapping', 'a:\n  b: 1\nc: 2\n', ['a', 'x'], true, 'a:\n  b: 1\n  x: true\nc: 2\n'],
    ['behind its comment', 'a:\n  b: 1 # b\nc: 2\n', ['a', 'x'], true, 'a:\n  b: 1 # b\n  x: true\nc: 2\n'],
    ['without a line end', 'a:\n  b: 1', ['a', 'x'], true, 'a:\n  b: 1\n  x: true'],
    ['with mappings that are missing', 'a:\n  b: 1\n', ['a', 'x', 'z'], 'v', 'a:\n  b: 1\n  x:\n    z: v\n'],
    [
      'in a list item',
      'l:\n  - n: 1\n    m: 2\n  - n: 3\n',
      ['l', 0, 'x'],
      1,
      'l:\n  - n: 1\n    m: 2\n    x: 1\n  - n: 3\n',
    ],
    ['in a mapping on one line', 'a: {b: 1}\n', ['a', 'x'], false, 'a: {b: 1, x: false}\n'],
    ['in an empty one', 'a: {}\n', ['a', 'x'], false, 'a: { x: false }\n'],
    ['below nothing', 'a: null\n', ['a', 'x'], false, 'a: { x: false }\n'],
    [
      'behind a block of text',
      'a:\n  b: |\n    t\n    u\nc: 1\n',
      ['a', 'x'],
      1,
      'a:\n  b: |\n    t\n    u\n  x: 1\nc: 1\n',
    ],
    [
      'with its line ends',
      'a:\r\n  b: 1\r\nc: 2\r\n',
      ['a', 'x'],
      true,
      'a:\r\n  b: 1\r\n  x: true\r\nc: 2\r\n',
    ],
    ['a text that YAML would take for something else', 'a: 1\n', ['a'], 'no', 'a: "no"\n'],
    [
      'beyond signs of several units',
      '# \u{1F600}\n"\u{1F600}": {b: 1}\n',
      ['\u{1F600}', 'b'],
      2,
      '# \u{1F600}\n"\u{1F600}": {b: 2}\n',
    ],
  ])('%s', (_name, text, path, value, after) => {
    expect(edited(text, { path, value })).toBe(after);
  });

  test('in one document of several, and in an object of a List', () => {
    const pod = (name: string) =>
      `apiVersion: v1\nkind: Pod\nmetadata:\n  name: ${name}\nspec:\n  hostPID: true\n`;
    const two = `${pod('a')}---\n${pod('b')}`;
    const edit = { path: ['spec', 'hostPID'], value: false };
    expect(edited(two, edit, 'a.yaml', 1)).toBe(`${pod('a')}---\n${pod('b').replace('true', 'false')}`);
    const list =
      'apiVersion: v1\nkind: List\nitems:\n  - {apiVersion: v1, kind: Pod, spec: {hostPID: true}}\n  - {apiVersion: v1, kind: Pod, spec: {}}\n';
    expect(edited(list, edit, 'a.yaml', 0)).toBe(list.replace('true', 'false'));
    expect(edited(list, edit, 'a.yaml', 1)).toBe(list.replace('spec: {}', 'spec: { hostPID: false }'));
  });

  test.each([
    ['an anchor that others use', 'a: &x {b: 1}\nc: *x\n', ['a', 'b'], 2],
    ['an alias', 'a: &x {b: 1}\nc: *x\n', ['c'], 2],
    ['a merged member', 'd: &d {b: 1}\na:\n  <<: *d\n', ['a', 'b'], 2],
    ['a block in place of a block', 'a:\n  b: 1\n', ['a'], 2],
    ['a member of a text', 'a: text\n', ['a', 'b'], 2],
    ['an item that is not there', 'a: [1]\n', ['a', 5], 2],
  ])('is refused where it would touch more, or cannot be written: %s', (_name, text, path, value) => {
    expect(edited(text, { path, value })).toMatch(/^refused: /);
  });
});

describe('a value in JSON', () => {
  test.each([
    [
      'in place of another',
      '{\n  "a": true,\n  "b": [1]\n}\n',
      ['a'],
      false,
      '{\n  "a": false,\n  "b": [1]\n}\n',
    ],
    [
      'inserted',
      '{\n  "a": {\n    "b": 1\n  }\n}\n',
      ['a', 'x'],
      false,
      '{\n  "a": {\n    "b": 1,\n    "x": false\n  }\n}\n',
    ],
    ['in a list item', '{"l": [{"n": 1}, {"n": 2}]}', ['l', 1, 'n'], 3, '{"l": [{"n": 1}, {"n": 3}]}'],
  ])('%s', (_name, text, path, value, after) => {
    expect(edited(text, { path, value }, 'a.json')).toBe(after);
  });

  test('long numbers elsewhere stay as they are', () => {
    const text = '{"n": 12345678901234567890, "a": 1}';
    expect(edited(text, { path: ['a'], value: 2 }, 'a.json')).toBe(text.replace(': 1}', ': 2}'));
  });
});

test.each([
  null,
  'x',
  {},
  { path: [] },
  { path: ['a'] },
  { path: ['a'], value: 1, more: 1 },
  { path: [-1], value: 1 },
])('an edit of no known form is refused: %j', (edit) => {
  expect(edited('a: 1\n', edit)).toMatch(/^refused: the edit has no known form/);
});

test('what a program made is not edited', () => {
  const plan = '{"format_version": "1.2", "terraform_version": "1.11.4", "resource_changes": []}';
  expect(edited(plan, { path: ['a'], value: 1 }, 'plan.json')).toBe(
    'refused: a file of kind terraform-plan is not edited',
  );
});

test('offsets are those of the readers', () => {
  expect(offsetAt('ab\r\nc\rd\ne', 4, 1)).toBe(8);
  expect(offsetAt('ab', 9, 9)).toBe(2);
});
