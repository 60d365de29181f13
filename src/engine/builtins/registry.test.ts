import { expect, test } from 'vitest';
import { HOST_REPLACEMENTS, hostName } from '../../policy/replacements.ts';
import { HOST_BUILTINS, NATIVE_BUILTINS, RUNTIME_BUILTINS } from '../../policy/runtime-builtins.ts';
import { describeWithOpa } from '../testing/need-opa.ts';
import { capabilities, importsOf } from '../testing/opa.ts';
import { fromJson } from '../wasm/text.ts';
import { createBuiltins } from './registry.ts';

const call = (name: string, ...args: unknown[]): unknown =>
  createBuiltins(() => Date.parse('2026-05-04T10:00:00.000Z')).get(name)?.(args.map(fromJson));

test('the list of the host is what the registry has', () => {
  expect([...createBuiltins(() => 0).keys()].sort()).toEqual(
    [...HOST_BUILTINS, ...HOST_REPLACEMENTS.map(hostName)].sort(),
  );
});

// Expected values: Go's documentation of fmt and time, RFC 1321, RFC 6234, semver.org, by hand.
test.each([
  ['sprintf', ['%s is %d of %v', ['a', 3, true]], 'a is 3 of true'],
  ['sprintf', ['%v', [{ b: [1, null], a: 'x' }]], '{"a": "x", "b": [1, null]}'],
  ['sprintf', ['%d', ['x']], '%!d(string=x)'],
  ['sprintf', ['%d %d', [1]], '1 %!d(MISSING)'],
  ['sprintf', ['%5.2f|%-4d|%04d|%x', [2.7163, 7, 7, 255]], ' 2.72|7   |0007|ff'],
  ['crypto.md5', ['abc'], '900150983cd24fb0d6963f7d28e17f72'],
  ['crypto.sha256', ['abc'], 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad'],
  ['time.weekday', [0], 'Thursday'],
  ['time.format', [0], '1970-01-01T00:00:00Z'],
  ['semver.is_valid', ['1.0.0-alpha.1'], true],
  ['semver.is_valid', ['1.0'], false],
  ['regex.replace', ['seafood fool', 'foo(.?)', '<$1>'], 'sea<d> <l>'],
  ['regex.find_n', ['a*', 'baaac', -1], ['', 'aaa', '']],
  ['regex.split', ['a*', 'baaac', -1], ['b', 'c']],
  // RFC 8259, Go's encoding/json, gobwas/glob, RFC 4291, two's complement.
  ['exhibit.json.is_valid', ['{} x'], false],
  ['exhibit.json.is_valid', ['[1,]'], false],
  ['exhibit.json.unmarshal', ['01'], undefined],
  ['exhibit.json.unmarshal', ['"\\ud800"'], '\ufffd'],
  ['exhibit.json.marshal', [{ b: '<&>\u2028', a: [] }], '{"a":[],"b":"\\u003c\\u0026\\u003e\\u2028"}'],
  ['exhibit.glob.match', ['*.example.com', ['.'], 'a.b.example.com'], false],
  ['exhibit.glob.match', ['**.(com)', ['.'], 'a.b.(com)'], true],
  ['exhibit.glob.match', ['{a,b', [], 'a'], undefined],
  ['exhibit.glob.match', ['*', null, 'a\nb'], true],
  ['exhibit.net.cidr_contains', ['10.0.0.0/8', '::ffff:10.1.2.3'], true],
  ['exhibit.net.cidr_contains', ['10.0.0.0/8', '11.0.0.1'], false],
  ['exhibit.net.cidr_intersects', ['10.0.0.0/8 ', '10.1.0.0/16'], undefined],
  ['exhibit.format_int', [-(2 ** 31), 16], '-80000000'],
  ['exhibit.format_int', [15.9, 2], '1111'],
  ['exhibit.regex.match', ['(?<x>a)', 'bab'], true],
  [
    'exhibit.regex.find_all_string_submatch_n',
    ['(a)(b)?', 'ab a', -2],
    [
      ['ab', 'a', 'b'],
      ['a', 'a', ''],
    ],
  ],
] as const)('%s(%j)', (name, args, expected) => {
  expect(call(name, ...args)).toEqual(expected);
});

test('numbers of any size, and of numerals that JSON does not have', () => {
  expect(call('exhibit.bits.lsh', 1, 100)).toEqual({ text: '1267650600228229401496703205376' });
  expect(call('exhibit.bits.and', -1, 2 ** 32)).toEqual({ text: '4294967296' });
  expect(call('exhibit.bits.lsh', 1, -1)).toBeUndefined();
  expect(() => call('exhibit.bits.lsh', 1, 2 ** 40)).toThrow('more than');
  expect(call('exhibit.to_number', '+1_000')).toEqual({ text: '1000' });
  expect(Number((call('exhibit.to_number', '0x1.8p1') as { text: string }).text)).toBe(3);
  expect(call('exhibit.to_number', '1e400')).toBeUndefined();
});

test('globs with many stars take linear time', () => {
  expect(call('exhibit.glob.match', `${'{a,aa}*'.repeat(40)}b`, null, 'a'.repeat(2_000))).toBe(false);
});

test('text that JSON nests deeper than Go reads is none', () => {
  const nested = (depth: number) => '['.repeat(depth) + ']'.repeat(depth);
  expect(call('exhibit.json.is_valid', nested(10_000))).toBe(true);
  expect(call('exhibit.json.is_valid', nested(10_001))).toBe(false);
});

test('nanoseconds keep every digit', () => {
  expect(call('time.now_ns')).toEqual({ text: '1777888800000000000' });
  expect(call('time.parse_rfc3339_ns', '2026-05-04T10:00:00.123456789Z')).toEqual({
    text: '1777888800123456789',
  });
});

test('a wrong operand has no value; a text that has none here for certain is an error', () => {
  expect(call('crypto.md5', 1)).toBeUndefined();
  expect(call('regex.replace', 'a', '(', 'b')).toBeUndefined();
  expect(() => call('time.format', [0, 'Europe/Berlin', 'MST'])).toThrow('abbreviation');
  expect(() => call('time.format', [0, 'Local'])).toThrow('differs between machines');
  expect(() => call('numbers.range_step', 0, 1e12, 1)).toThrow('more than');
});

test('a pattern that takes exponential time elsewhere is linear here', () => {
  const text = 'a'.repeat(20_000);
  expect(call('regex.replace', `${text}!`, '(a+)+$', 'x')).toBe(`${text}!`);
});

describeWithOpa('run-time built-ins', () => {
  test('every name is a built-in of OPA; the module asks the host for exactly those that the host supplies', async () => {
    const known = await capabilities();
    const missing = RUNTIME_BUILTINS.filter((name) => !known.has(name));
    expect(missing).toEqual([]);
    // Operators have no call form of their own; deprecated names are for the older syntax.
    const operators =
      /^(and|assign|div|eq|equal|gte?|lte?|minus|mul|neq|or|plus|rem|set_diff|all|any|re_match|net\.cidr_overlap|internal\..*)$/;
    const called = RUNTIME_BUILTINS.filter((name) => !operators.test(name));
    const lines = called.map((name, i) => {
      const args = Array.from({ length: known.get(name) ?? 0 }, (_, at) => `input.a${at}`);
      return name === 'walk'
        ? `result["${i}"] := x if walk(input.a0, x)`
        : `result["${i}"] := ${name}(${args.join(', ')})`;
    });
    const imported = await importsOf(`package every\nimport rego.v1\n${lines.join('\n')}\n`, [
      'every/result',
    ]);
    expect(imported.sort()).toEqual([...HOST_BUILTINS].sort());
    expect(NATIVE_BUILTINS.filter((name) => imported.includes(name))).toEqual([]);
  });
});
