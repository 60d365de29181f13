import { expect, test } from 'vitest';
import { baseDocuments } from './pool.ts';

const bytes = (text: string) => new TextEncoder().encode(text);
const documents = (files: Record<string, string>) =>
  new TextDecoder().decode(
    baseDocuments(new Map(Object.entries(files).map(([name, text]) => [name, bytes(text)]))),
  );

test('the control map and the frameworks of the bundle are left out, and nothing else of that name', () => {
  const own = '{"control_map":{"a":1},"frameworks":[1],"overrides":[2],"policies":[{"frameworks":3}]}';
  const file = `{"control_map":4,"exhibit":{"bundle":${own},"control_map":5}}`;
  expect(JSON.parse(documents({ 'data.json': file }))).toEqual({
    control_map: 4,
    exhibit: { bundle: { overrides: [2], policies: [{ frameworks: 3 }] }, control_map: 5 },
  });
});

test('a number keeps its digits', () => {
  const text = '{"a":9007199254740993,"b":0.1,"c":1e400,"d":1.00000000000000000001}';
  expect(documents({ 'data.json': text })).toBe(text);
});

test('documents of folders are put together below their folders', () => {
  expect(JSON.parse(documents({ 'a/data.json': '{"x":1}', 'data.json': '{"a":{"y":2}}' }))).toEqual({
    a: { x: 1, y: 2 },
  });
});

test('no document is an empty object', () => {
  expect(documents({ 'a.rego': 'package a' })).toBe('{}');
});
