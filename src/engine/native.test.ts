import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Bundle } from '../policy/index.ts';
import { createEngine, type Engine } from './index.ts';
import { bundleOf, metadata, sideFile } from './testing/bundles.ts';
import { documentOf } from './testing/documents.ts';
import { describeWithOpa } from './testing/need-opa.ts';
import { compileRego, NOW, opaEvalMany } from './testing/opa.ts';

/** What holds in OPA's interpreter, and does not where OPA's own WebAssembly answers. Values come from the input, so that nothing is folded. */
const HOLDS: Readonly<Record<string, string>> = {
  'union-of-none': 'object.union_n(input.none) == {}',
  'joined-set': 'concat(",", {x | some x in input.names}) == "a,b,c,d,e"',
  'replaced-nothing': 'replace(input.text, "", "-") == "-a-b-"',
  'found-nothing': 'not indexof(input.text, input.empty)',
  'loose-json': 'not json.unmarshal(input.loose)',
  'loose-json-valid': 'json.is_valid(input.loose) == false',
  'sorted-json': 'json.marshal({"b": input.text, "a": "<"}) == `{"a":"\\u003c","b":"ab"}`',
  'loose-base64': 'base64.is_valid(input.text) == false',
  'empty-base64': 'base64.decode(input.empty) == ""',
  'glob-line-end': 'glob.match("*", null, input.lines)',
  'mapped-address': 'net.cidr_contains("10.0.0.0/8", input.mapped)',
  'named-group': 'regex.match("(?<x>a)", input.text)',
  'large-digits': 'format_int(input.large, 10) == "2147483648"',
  'point-bits': 'bits.and(json.unmarshal(input.one), 1) == 1',
  'point-slice': 'array.slice(input.names, 0, json.unmarshal(input.one)) == ["d"]',
  'point-path': 'object.get(input, ["names", json.unmarshal(input.one)], "none") == "e"',
  'empty-path': 'json.filter(input, ["", "text"]) == {"text": "ab"}',
  'no-number': 'not to_number(input.minus)',
  'signed-number': 'to_number(input.signed) == 1',
  'half-up': 'ceil(0 - input.half) == 1',
  'zero-by-zero': 'not input.zero / input.zero',
  // The module's own RE2, and the host's for a pattern that the module does not read.
  'linear-match': 'regex.match("(a+)+$", input.long) == false',
  'linear-match-of-host': 'regex.match("(?<x>(a+)+)$", input.long) == false',
  'below-a-function': 'below(input.none) == {}\n}\n\nbelow(xs) := merged(xs) if {\n\ttrue',
};
const INPUT = {
  none: [],
  names: ['d', 'e', 'b', 'a', 'c'],
  text: 'ab',
  empty: '',
  loose: '[1,]',
  lines: 'a\nb',
  mapped: '::ffff:10.1.2.3',
  large: 2 ** 31,
  half: 0.5,
  one: '1.0',
  minus: '-',
  long: `${'a'.repeat(20_000)}!`,
  signed: '+1',
  zero: 0,
};

const policy = (
  id: string,
  holds: string,
): string => `${metadata(id)}package exhibit.policies.${id.replaceAll('-', '_')}

import data.lib.merge.merged

population contains {"type": "x", "id": "x", "name": "x"}

violations contains {"subject": "x", "message": "it does not hold"} if not holds

holds if {
	${holds}
}
`;
const FILES: Readonly<Record<string, string>> = {
  ...Object.fromEntries(
    Object.entries(HOLDS).map(([id, holds]) => [`policies/t/${id}/policy.rego`, policy(id, holds)]),
  ),
  'lib/merge/merge.rego': 'package lib.merge\n\nmerged(xs) := object.union_n(xs)\n',
  // The other styles, and the syntax before Rego 1.0 with its deprecated built-ins.
  'policies/old/conftest/policy.rego':
    'package main\n\ndeny[msg] {\n  not re_match("(?<x>a)", input.text)\n  msg := "no match"\n}\n',
  'policies/old/conftest/policy.yaml': sideFile('conftest-style'),
  'policies/old/gatekeeper/policy.rego':
    'package k8sunion\n\nviolation[{"msg": msg}] {\n  not object.union_n(input.review.object.none)\n  msg := "no union"\n}\n',
  'policies/old/gatekeeper/policy.yaml': sideFile('gatekeeper-style'),
};
const CLASH = `${metadata('clash')}package exhibit.policies.clash

population contains {"type": "x", "id": value, "name": "x"} if input.clash

violations contains x if x := input.nothing

value := 1 if input.clash

value := 2 if input.clash
`;

describeWithOpa('built-ins that OPA compiles into the module', () => {
  let bundle: Bundle;
  let engine: Engine;
  beforeAll(async () => {
    bundle = await bundleOf({ ...FILES, 'policies/t/clash/policy.rego': CLASH });
    engine = await createEngine(bundle, { clock: () => NOW, limits: { evaluationMilliseconds: 10_000 } });
  });
  afterAll(() => engine?.close());
  const judge = async (input: unknown): Promise<Record<string, string>> => {
    const found = await engine.judge(documentOf('kubernetes', input), 'ci');
    return Object.fromEntries(
      found.map(({ policy_id, verdict, message }) => [policy_id, message ?? verdict]),
    );
  };
  const expected = Object.fromEntries(
    [...Object.keys(HOLDS), 'conftest-style', 'gatekeeper-style'].map((id) => [id, 'pass']),
  );
  const nothing = 'the document holds nothing that the policy applies to';

  test("give the interpreter's verdict in the bundle's module", async () => {
    const [theirs, gatekeeper] = await opaEvalMany(bundle.files, [
      { query: 'data.exhibit.entry.results_kubernetes', input: INPUT },
      { query: 'data.exhibit.entry.gatekeeper', input: { review: { object: INPUT }, parameters: {} } },
    ]);
    const said = theirs as Record<string, { violations?: unknown[]; deny?: unknown[] }>;
    const failing = Object.entries(said).filter(([, one]) => (one.violations ?? one.deny)?.length !== 0);
    expect(failing).toEqual([]);
    expect(gatekeeper).toEqual({ 'gatekeeper-style': [] });
    expect(await judge(INPUT)).toEqual({ ...expected, clash: nothing });
  });

  test('give it as well when each policy is judged by itself, because another ends in an error', async () => {
    const found = await judge({ ...INPUT, clash: true });
    expect(found).toEqual({ ...expected, clash: expect.stringContaining('conflict') });
  });

  test('half a surrogate pair in an input is U+FFFD, as OPA reads it, and an escaped backslash is none', async () => {
    const found = await judge({ ...INPUT, name: 'a\ud800', path: '\\ud800', '\udfff': 1 });
    expect(found).toEqual({ ...expected, clash: nothing });
  });

  test('a bundle of the earlier form, whose entry points are the rules themselves, is refused', async () => {
    const wasm = await compileRego('package exhibit.entry\n\nresults_json := {}\n', [
      'exhibit/entry/results_json',
    ]);
    await expect(createEngine({ ...bundle, wasm }, { clock: () => NOW })).rejects.toMatchObject({
      code: 'BUNDLE_INVALID',
      message: expect.stringContaining('earlier form'),
      hint: expect.stringContaining('exhibit policy build'),
    });
  });
});
