import { type Argument, json, rego, type Subject } from './both.ts';

const js = (...texts: string[]): Argument[] => texts.map(json);
const rs = (...texts: string[]): Argument[] => texts.map(rego);

const NUMBERS = js(
  ...[
    '0',
    '-0',
    '1',
    '-1',
    '1.0',
    '2',
    '3',
    '7',
    '-7',
    '0.1',
    '0.5',
    '-0.5',
    '1.5',
    '2.5',
    '-2.5',
    '0.30000000000000004',
  ],
  ...[
    '1e3',
    '1E2',
    '1e-7',
    '100',
    '2147483647',
    '2147483648',
    '-2147483648',
    '4294967296',
    '9007199254740993',
  ],
  ...['9223372036854775807', '9223372036854775808', '-9223372036854775808', '123456789012345678901234567890'],
  ...['1e21', '1e400', '3.14159265358979323846264338327950288', '64', '63', '10', '16', '36'],
);
const FEW_NUMBERS = js(
  ...[
    '0',
    '1',
    '-1',
    '1.0',
    '2',
    '-7',
    '0.1',
    '0.2',
    '2.5',
    '1e3',
    '2147483648',
    '9007199254740993',
    '9223372036854775807',
  ],
  ...['123456789012345678901234567890', '1e-7', '3', '64'],
);
// A shift by more than a few thousand, and a range over more, fill the memory on either side.
const SHIFTS = js('0', '1', '-1', '1.0', '2.5', '31', '32', '63', '64', '100');
const STRINGS = js(
  ...[
    '""',
    '"a"',
    '"abc"',
    '"ABC"',
    '" a b "',
    '"\\t\\n a\\u00a0\\u0085\\u2003"',
    '"é"',
    '"e\\u0301"',
    '"ß"',
    '"İ"',
    '"ǆ"',
    '"Σ"',
    '"ς"',
  ],
  ...[
    '"日本"',
    '"😀a😀"',
    '"\\u0000"',
    '"a\\u0000b"',
    '"\\ufffd"',
    '"a,b,,c"',
    '"aaa"',
    '"\\u2028<>&"',
    '"\\""',
    '"/\\\\"',
    '"\\uffee"',
    '"abcabc"',
    '"grüße 😀"',
    '"ÀÉÎ straße İ ǅ"',
    '"  x\\t\\n "',
    '"ﬀ"',
  ],
);
const FEW_STRINGS = js(
  '""',
  '"a"',
  '"aa"',
  '"abc"',
  '"é"',
  '"😀"',
  '"😀a😀"',
  '","',
  '"a\\u0000b"',
  '" "',
  '"\\u00a0"',
  '"ß"',
  '"c😀"',
);
const OTHERS = [
  ...js(
    'null',
    'true',
    'false',
    '[]',
    '{}',
    '[1]',
    '[1, [2, [3]]]',
    '["a", "b"]',
    '{"a": 1}',
    '{"a": {"b": null}}',
    '[null]',
  ),
  ...rs(
    'set()',
    '{1}',
    '{1, "a", null}',
    '{"a", "b"}',
    '{{1}, {2}}',
    '{1: 2}',
    '{{1}: {2}, null: 3}',
    '{[1], {"a": 1}}',
  ),
];
const SOME = [...js('0', '1', '1.0', '1.5', '"a"', '""', '"abc"', '-1', '9007199254740993'), ...OTHERS];
const WRONG = [...js('null', 'true', '1', '"a"', '[]', '{}', '{"a": 1}', '[1]'), ...rs('set()', '{1}')];
const ARRAYS = js(
  ...[
    '[]',
    '[1]',
    '[1, 2, 3]',
    '[3, 1, 2]',
    '["b", "a"]',
    '[null, true, 1, "a", [1], {"a": 1}]',
    '[1, 1.0, 1e0]',
    '[[1, [2]], 3]',
  ],
  ...[
    '[true, false]',
    '[true]',
    '[true, 1]',
    '[0.1, 0.2]',
    '[1e400]',
    '[9007199254740993, 9007199254740992]',
    '["a", 1]',
    '[null]',
    '[""]',
  ],
  ...['[[], [1], [1, 2]]', '[{}, {"a": 1}]', '["é", "z", "😀", "\\uffff"]', '[-0, 0]'],
);
const SETS = rs(
  ...[
    'set()',
    '{1}',
    '{3, 1, 2}',
    '{"b", "a"}',
    '{null, true, 1, "a", [1], {"a": 1}, {1}}',
    '{1, 1.0}',
    '{[1], [1, 2], []}',
  ],
  ...[
    '{true}',
    '{true, false}',
    '{0.1, 0.2}',
    '{{1}, {2}}',
    '{set()}',
    '{1.5, 2}',
    '{"é", "z", "😀"}',
    '{10, 9, 100}',
  ],
);
const OBJECTS = [
  ...js(
    '{}',
    '{"a": 1}',
    '{"a": 1, "b": 2}',
    '{"a": {"b": {"c": 1}}}',
    '{"a": {"b": 2, "d": 3}}',
    '{"a": [1, {"b": 2}]}',
    '{"b": 1, "a": null}',
  ),
  ...js('{"a": false}', '{"": 1}', '{"1": 1}', '{"é": 1, "a": {"x": []}}', '{"a": "x"}', '{"0": "zero"}'),
  ...rs('{1: "one"}', '{1: 1, "1": 2}', '{{1}: 2}', '{[1]: 2, null: 3}', '{"a": {1, 2}}', '{true: {"a": 1}}'),
];
const CIDRS = js(
  ...[
    '"10.0.0.0/8"',
    '"10.1.0.0/16"',
    '"10.0.0.1"',
    '"0.0.0.0/0"',
    '"::/0"',
    '"2001:db8::/32"',
    '"2001:db8::1"',
    '"::ffff:10.0.0.1"',
  ],
  ...[
    '"10.0.0.0/33"',
    '"10.0.0/8"',
    '"10.0.0.0/08"',
    '"010.0.0.0/8"',
    '""',
    '"a"',
    '"10.0.0.5/8"',
    '"::ffff:10.0.0.0/104"',
    '"10.0.0.0/-1"',
  ],
  ...[
    '"10.0.0.0/8 "',
    '"fe80::1%eth0"',
    '"FE80::/10"',
    '"1.2.3.4/32"',
    '"1.2.3.4/"',
    '"0.0.0.0"',
    '"255.255.255.255/32"',
    '"2001:db8::/129"',
    '"::/80"',
    '"2001:db8:1::/48"',
    '"::1"',
    '"10.0.0.0/7"',
    '"::ffff:0:0/96"',
  ],
);
const BASE64 = js(
  '"YWJj"',
  '"YWI="',
  '"YWI"',
  '"YQ=="',
  '"-_-_"',
  '"+/+/"',
  '"YW Jj"',
  '"YW\\nJj"',
  '"Y"',
  '"===="',
  '"YWJj="',
  '"/w=="',
  '"wyg="',
  '"AA=="',
  '"YR=="',
  '"/+=="',
  '"_-8="',
);
const NUMERALS = js(
  ...[
    '"1"',
    '"1.0"',
    '"-1"',
    '" 1"',
    '"1 "',
    '"0x1"',
    '"1e3"',
    '"1E400"',
    '"abc"',
    '"."',
    '"Infinity"',
    '"NaN"',
    '"Inf"',
  ],
  ...['"inf"', '"-"', '"-0"', '"1e"', '"12345678901234567890123"', '"0.1000"', '"1e-7"', '"true"', '"１"'],
);
/** The interpreter makes numbers of them that it can compare, but not print. */
const UNPRINTABLE = js(
  ...['"+1"', '".5"', '"5."', '"1_0"', '"00"', '"01"', '"0x1p4"', '"-0x1.8p-1"', '"0X_1P+2"'],
  ...['"+.5e-1"', '"1_000.5"', '"0x"', '"1__0"', '"_1"', '"1_"', '"1e1_0"'],
);
const DOCUMENTS = js(
  ...[
    '"{}"',
    '"[1,2]"',
    '"1"',
    '"1.0"',
    '"1e3"',
    '"null"',
    '" 1 "',
    '"{\\"a\\":1,\\"a\\":2}"',
    '"[1,]"',
    '"{a:1}"',
    '"nan"',
    '"\'a\'"',
    '"1 2"',
  ],
  ...[
    '"\\"\\\\u00e9\\\\ud83d\\\\ude00\\""',
    '"\\"\\\\ud800\\""',
    '"01"',
    '"-"',
    '"1."',
    '"[1"',
    '"tru"',
    '"{}x"',
    '"nul"',
    '"12345678901234567890"',
    '"\\u00a01"',
    '"\\"\\\\x\\""',
  ],
  ...[
    '"\\"a\\nb\\""',
    '"set()"',
    '"{1,2}"',
    '"{\\"a\\":{}}"',
    '"{1:2}"',
    '"// c\\n1"',
    '"\\ufeff1"',
    '"\\"\\\\/\\""',
    '"[]]"',
    '"-0"',
    '"+1"',
    '"1e400"',
  ],
);
const PATTERNS = js(
  ...[
    '""',
    '"a"',
    '"^a$"',
    '"a*"',
    '"(a)(b)?"',
    '"["',
    '"(?i)ABC"',
    '"\\\\d+"',
    '"\\\\pL+"',
    '"(?P<x>a)"',
    '"(?<x>a)"',
    '"."',
    '"^.$"',
    '"(?s).*"',
    '"a{2}"',
  ],
  ...[
    '"a{1001}"',
    '"(?=a)"',
    '"\\\\bé"',
    '"[[:alpha:]]+"',
    '"\\\\C"',
    '"\\\\Qa.b\\\\E"',
    '"x*"',
    '"(?U)a+"',
    '"\\\\z"',
    '"\\\\Z"',
    '"a**"',
    '"(?:a|ab)(?:c|bcd)"',
    '"\\\\p{Greek}"',
    '"[^a]"',
    '"\\u0000"',
    '"\\\\x{10FFFF}"',
    '"(a*)*"',
    '"^"',
    '"(?m)^b"',
    '"("',
    '"(?i)É"',
    '"\\\\bx\\\\b"',
    '"(?P<x>a)(?<y>b)?"',
  ],
);
const TEXTS = js(
  '""',
  '"a"',
  '"aa"',
  '"abcd"',
  '"ABC"',
  '"é"',
  '"日本"',
  '"😀"',
  '"a\\nb"',
  '"12 34"',
  '"Σ"',
  '"ab ab a"',
  '"a\\u0000b"',
  '"a.b"',
);
const GLOBS = js(
  ...[
    '""',
    '"*"',
    '"**"',
    '"a.*"',
    '"a.**"',
    '"*.com"',
    '"{a,b}"',
    '"{a,b}.c"',
    '"[abc]"',
    '"[!a]"',
    '"[a-c]"',
    '"?"',
    '"a?c"',
    '"\\\\*"',
    '"["',
    '"{"',
    '"a{"',
    '"*:*"',
  ],
  ...[
    '"[^a]"',
    '"é*"',
    '"{a*,b}"',
    '"{,a}"',
    '"a/**/b"',
    '"!a"',
    '"[]"',
    '"{a}"',
    '"{{a,b},c}"',
    '"\\\\"',
    '"[a-]"',
    '"(a)"',
    '"a|b"',
    '"a+"',
    '"*.example.com"',
    '"**.com"',
    '"{a,abc*}"',
    '"[a-c]x"',
    '"[!a]x"',
    '"{x,y}/*"',
    '"a*c"',
    '"{{a,b}*,**:b}"',
    '"[!a-c]*"',
    '"[\\\\]]"',
    '"a}b,c"',
    '"***"',
  ],
);
const DELIMITERS = js(
  'null',
  '[]',
  '["."]',
  '["/"]',
  '["."  , ":"]',
  '[""]',
  '["ab"]',
  '["é"]',
  '["a\\u0000"]',
  '"."',
  '[1]',
);
const GLOB_TEXTS = js(
  '""',
  '"a"',
  '"b"',
  '"a.b"',
  '"a.b.com"',
  '"a:b"',
  '"a/b"',
  '"a/x/y/b"',
  '"é"',
  '"abc"',
  '"a\\nb"',
  '"*"',
  '"b.c"',
  '"(a)"',
  '"aa"',
  '"!a"',
  '"a.example.com"',
  '"y/z"',
  '"bx"',
  '"é😀"',
  '"]"',
  '"a}b,c"',
);
const PATHS = [
  ...js(
    '[]',
    '["a"]',
    '["a/b"]',
    '["a/b/c"]',
    '[["a", "b"]]',
    '["/a/b"]',
    '["a", "a/b"]',
    '["a/1/b"]',
    '["a/0"]',
    '[""]',
    '["x"]',
    '[[]]',
    '["a~1b"]',
    '[1]',
    '[["a", 1]]',
    '[["a", "1"]]',
    '[null]',
  ),
  ...rs('set()', '{"a"}', '{"a/b", "a/d"}', '{["a", "b"]}', '{[1]}', '{1}'),
];
const KEYS = [
  ...js('[]', '["a"]', '["b", "zz"]', '{}', '{"a": 9}', '[1]', '[["a"]]', '[null]'),
  ...rs('set()', '{"a"}', '{1}', '{{1}}', '{"a", "b"}', '{1: 1}'),
];
const GET_KEYS = [
  ...js(
    '"a"',
    '"b"',
    '["a"]',
    '["a", "b"]',
    '["a", "b", "c"]',
    '["a", 1, "b"]',
    '["a", "zz"]',
    '[]',
    '1',
    'null',
    '["a", 0]',
    '"0"',
    '[1]',
    '["a", 1.0]',
  ),
  ...rs('{1}', '["a", 1]'),
];
const GRAPHS = [
  ...js(
    '{}',
    '{"a": ["b"], "b": ["c"], "c": []}',
    '{"a": ["a"]}',
    '{"a": ["b"], "b": ["a"]}',
    '{"a": null}',
    '{"a": ["x"]}',
    '{"a": {"b": 1}, "b": []}',
    '{"a": "b"}',
  ),
  ...rs('{"a": {"b"}, "b": set()}', '{1: {2}, 2: {1}}'),
];
const ROOTS = [
  ...js('[]', '["a"]', '["zz"]', '[1]', '["a", "b"]', '"a"', '{"a": 1}'),
  ...rs('set()', '{"a"}', '{1}'),
];

const cross = (...lists: readonly (readonly Argument[])[]): Argument[][] =>
  lists.reduce<Argument[][]>((done, list) => done.flatMap((call) => list.map((one) => [...call, one])), [[]]);
const LETTERS = ['a', 'b', 'c', 'd'];

/** A call by name; the lists cross, and each argument in turn is of a wrong type. */
function fn(name: string, ...lists: (readonly Argument[])[]): Subject {
  const parameters = LETTERS.slice(0, lists.length).join(', ');
  const first = lists.map((list) => list[Math.min(1, list.length - 1)] ?? json('null'));
  const wrong = lists.flatMap((_list, i) =>
    WRONG.map((one) => first.map((right, k) => (k === i ? one : right))),
  );
  return { name, body: `result := ${name}(${parameters})`, calls: [...cross(...lists), ...wrong] };
}

/** An expression over its parameters. */
const ex = (name: string, expression: string, ...lists: (readonly Argument[])[]): Subject => ({
  name,
  body: `result := ${expression}`,
  calls: cross(...lists),
});
/** Statements that give `result`. */
const st = (name: string, body: string, ...lists: (readonly Argument[])[]): Subject => ({
  name,
  body,
  calls: cross(...lists),
});

const infix = (name: string, sign: string, left: readonly Argument[], right: readonly Argument[]): Subject =>
  ex(name, `a ${sign} b`, left, right);

const ALL = [...NUMBERS.slice(0, 16), ...STRINGS.slice(0, 8), ...OTHERS];

/** A deprecated built-in, which only modules in the syntax before Rego 1.0 can call. @see OLD_RULES */
function old(name: string, ...lists: (readonly Argument[])[]): Subject {
  const parameters = LETTERS.slice(0, lists.length).join(', ');
  return { name, body: `result := data.old.${oldRule(name)}(${parameters})`, calls: cross(...lists) };
}
const oldRule = (name: string): string => `call_${name.replace('.', '_')}`;

export const BUILTINS: readonly Subject[] = [
  ...['abs', 'ceil', 'floor', 'round', 'bits.negate'].map((name) => fn(name, NUMBERS)),
  ...['bits.and', 'bits.or', 'bits.xor'].map((name) => fn(name, NUMBERS, FEW_NUMBERS)),
  ...['bits.lsh', 'bits.rsh'].map((name) => fn(name, NUMBERS, SHIFTS)),
  ...[
    ['plus', '+'],
    ['minus', '-'],
    ['mul', '*'],
    ['div', '/'],
    ['rem', '%'],
  ].map(([name = '', sign = '']) => infix(name, sign, [...NUMBERS, ...OTHERS], [...FEW_NUMBERS, ...OTHERS])),
  ...[
    ['equal', '=='],
    ['neq', '!='],
    ['lt', '<'],
    ['lte', '<='],
    ['gt', '>'],
    ['gte', '>='],
  ].map(([name = '', sign = '']) =>
    infix(name, sign, [...SOME, ...NUMBERS, ...STRINGS], [...SOME, ...FEW_NUMBERS, ...STRINGS]),
  ),
  st('eq', 'a = b\nresult := true', SOME, SOME),
  st('assign', 'x := a\nx == b\nresult := x', SOME, SOME),
  ...[
    ['and', '&'],
    ['or', '|'],
    ['set_diff', '-'],
  ].map(([name = '', sign = '']) => infix(name, sign, [...SETS, ...WRONG], [...SETS, ...WRONG])),
  ...['max', 'min', 'sort', 'sum', 'product', 'count'].map((name) =>
    fn(name, [...ARRAYS, ...SETS, ...OBJECTS, ...STRINGS]),
  ),
  ...['intersection', 'union'].map((name) =>
    fn(name, [...SETS, ...rs('{{1, 2}, {2, 3}}', '{{1}, 2}', '{{1}, set()}', '{[1]}')]),
  ),
  fn('array.concat', ARRAYS, ARRAYS.slice(0, 4)),
  ...['array.flatten', 'array.reverse'].map((name) => fn(name, [...ARRAYS, ...rs('[{1}, [{2}]]')])),
  fn('array.slice', ARRAYS.slice(0, 4), FEW_NUMBERS, FEW_NUMBERS),
  ...['base64.decode', 'base64.encode', 'base64.is_valid', 'base64url.decode', 'base64url.encode'].map(
    (name) => fn(name, [...STRINGS, ...BASE64]),
  ),
  fn('concat', FEW_STRINGS, [...ARRAYS, ...SETS]),
  ...[
    'contains',
    'startswith',
    'endswith',
    'indexof',
    'split',
    'trim',
    'trim_left',
    'trim_right',
    'trim_prefix',
    'trim_suffix',
  ].map((name) => fn(name, STRINGS, FEW_STRINGS)),
  ...['lower', 'upper', 'trim_space', 'strings.reverse'].map((name) => fn(name, STRINGS)),
  fn('replace', STRINGS, FEW_STRINGS.slice(1), FEW_STRINGS.slice(0, 6)),
  // The module never ends; each call costs the whole time limit.
  ex('replace of nothing', 'replace(a, b, c)', js('"abc"'), js('""'), js('"x"')),
  ex('text with a lone surrogate', 'count(a)', js('"\\ud800"')),
  fn(
    'strings.replace_n',
    [
      ...js(
        '{}',
        '{"a": "b"}',
        '{"a": "b", "b": "c"}',
        '{"aa": "x", "a": "y"}',
        '{"": "x"}',
        '{"a": 1}',
        '{"é": "e", "😀": ""}',
        '{"abc": "1", "ab": "2"}',
      ),
      ...rs('{1: "a"}'),
    ],
    STRINGS,
  ),
  fn('substring', STRINGS, FEW_NUMBERS, FEW_NUMBERS),
  fn('format_int', NUMBERS, js('2', '8', '10', '16', '3', '0', '10.0', '36')),
  fn('glob.match', GLOBS, DELIMITERS, GLOB_TEXTS),
  fn('graph.reachable', GRAPHS, ROOTS),
  ex('internal.member_2', 'a in b', SOME, SOME),
  st('internal.member_2 as a condition', 'a in b\nresult := true', SOME, SOME),
  ex('internal.member_3', 'a, b in c', SOME, SOME.slice(0, 9), OTHERS),
  ex('internal.template_string', '$"<{a}>"', [...ALL, ...NUMBERS]),
  ...['array', 'boolean', 'null', 'number', 'object', 'set', 'string'].map((type) =>
    ex(`is_${type}`, `is_${type}(a)`, ALL),
  ),
  st('is_* as a condition', 'is_string(a)\nresult := true', ALL),
  fn('type_name', ALL),
  ...['json.filter', 'json.remove'].map((name) => fn(name, OBJECTS, PATHS)),
  ...['json.is_valid', 'json.unmarshal'].map((name) => fn(name, [...DOCUMENTS, ...STRINGS])),
  fn('json.marshal', [...ALL, ...NUMBERS, ...STRINGS, ...OBJECTS, ...SETS, ...ARRAYS]),
  ...['net.cidr_contains', 'net.cidr_intersects'].map((name) => fn(name, CIDRS, CIDRS)),
  fn(
    'numbers.range',
    js('0', '1', '-1', '3', '1.0', '1.5', '1e2'),
    js('0', '1', '-3', '3', '2.0', '1.5', '98'),
  ),
  ex(
    'numbers.range of large numbers',
    'numbers.range(a, a + b)',
    js('2147483647', '9007199254740993', '9223372036854775807', '123456789012345678901234567890'),
    js('0', '2', '-2'),
  ),
  ...['object.filter', 'object.remove'].map((name) => fn(name, OBJECTS, KEYS)),
  fn('object.get', [...OBJECTS, ...js('[1, 2]', '"a"')], GET_KEYS, [...js('0', 'null'), ...rs('set()')]),
  fn('object.keys', OBJECTS),
  fn('object.union', OBJECTS, OBJECTS),
  fn('object.union_n', [
    ...js(
      '[]',
      '[{}]',
      '[{"a": 1}]',
      '[{"a": 1}, {"a": 2}]',
      '[{"a": {"b": 1}}, {"a": {"c": 2}}]',
      '[{"a": 1}, {"a": {"c": 2}}]',
      '[{"a": {"b": 1}}, {"a": 2}, {"a": {"c": 3}}]',
      '[{"a": 1}, 1]',
      '[1]',
      '[{}, {}, {}]',
      '[null]',
    ),
    ...rs('[{1: 2}, {"1": 3}]', '{{"a": 1}}'),
  ]),
  ...['regex.match'].map((name) => fn(name, PATTERNS, TEXTS)),
  fn('regex.is_valid', PATTERNS),
  fn('regex.find_all_string_submatch_n', PATTERNS, TEXTS, js('-1', '0', '1', '2', '1.5', '-2')),
  fn('to_number', [...NUMERALS, ...NUMBERS, ...OTHERS, ...STRINGS]),
  st('to_number compared', 'x := to_number(a)\nresult := [x == b, x < b, x + b == b, x > 0]', UNPRINTABLE, [
    ...NUMBERS.slice(0, 16),
    ...js('16', '-0.75', '4', '0.05', '1000.5', '10'),
  ]),
  st('walk', 'result := [[p, v] | walk(a, [p, v])]', [...SOME, ...OBJECTS, ...ARRAYS, ...SETS]),
  st('walk with a known path', 'result := [v | walk(a, [["a"], v])]', [...OBJECTS, ...ARRAYS]),
  ...['any', 'all'].map((name) => old(name, [...ARRAYS, ...SETS])),
  old('net.cidr_overlap', CIDRS, CIDRS),
  old('re_match', PATTERNS, TEXTS),
];

export const LANGUAGE: readonly Subject[] = [
  ex('index', 'a[b]', [...OTHERS, ...js('"abc"', '1')], SOME),
  ex('index by path', 'a.a.b', [...OBJECTS, ...SOME]),
  st('some in', 'result := [[k, v] | some k, v in a]', SOME),
  st('some in value', 'result := [v | some v in a]', SOME),
  st('wildcard', 'result := [v | v := a[_]]', SOME),
  st('every', 'every x in a { x == b }\nresult := true', OTHERS, SOME),
  st('every key', 'every k, x in a { k != x }\nresult := true', OTHERS),
  st('not', 'not a\nresult := true', SOME),
  st('not index', 'not a[b]\nresult := true', OTHERS, SOME),
  st('not equal', 'not a == b\nresult := true', SOME, SOME),
  st('truth', 'a\nresult := true', SOME),
  st('truth of index', 'a[b]\nresult := true', OTHERS, SOME),
  st('set comprehension', 'result := {x | some x in a}', [...SOME, ...ARRAYS, ...SETS]),
  st('object comprehension', 'result := {k: v | some k, v in a}', [...SOME, ...ARRAYS, ...SETS]),
  st('object comprehension by value', 'result := {v: 1 | some v in a}', [...SOME, ...ARRAYS, ...SETS]),
  st('object comprehension in conflict', 'result := {1: v | some v in a}', [...SOME, ...ARRAYS]),
  st('unify array', '[x, "b"] = a\nresult := x', SOME),
  st('unify object', '{"a": x} = a\nresult := x', [...SOME, ...OBJECTS]),
  st('unify nested', '{"a": {"b": x}} = a\nresult := x', [...SOME, ...OBJECTS]),
  st('unify both', '[a, x] = [y, b]\nresult := [x, y]', SOME, js('1')),
  st('with input', 'result := count(input.x) with input.x as a', SOME),
  st('with input whole', 'result := [v | v := input] with input as a', SOME),
  st('with built-in', 'result := ceil(a) with ceil as abs', SOME),
  st('else', 'result := chosen(a)', SOME),
  st('default function', 'result := fallback(a)', SOME),
  st('conflict of rules', 'result := twice(a)', SOME),
  st('set of rule', 'result := made with input.x as a', SOME),
  st('object of rule', 'result := mapped with input.x as a', SOME),
  st('default rule', 'result := usual with input.x as a', SOME),
  st('nested reference', 'result := tree.a[b].c with input.x as a', SOME, js('"x"', '1')),
  st('number as key', 'o := {1: "one", "1": "text", 1.5: "x"}\nresult := o[a]', [...NUMBERS, ...SOME]),
  st('number in set', 's := {1, 2.5, 100, "1"}\ns[a]\nresult := true', [...NUMBERS, ...SOME]),
  st('index of array by number', 'result := ["x", "y", "z"][a]', [...NUMBERS, ...SOME]),
  st('order of an object', 'result := [k | some k, _ in a]', [
    ...OBJECTS,
    ...js('{"b": 1, "a": 2, "C": 3, "10": 4, "9": 5, "é": 6, "": 7, "aa": 8}'),
  ]),
  st('order of a set', 'result := [x | some x in a]', SETS),
  st('order of a made set', 's := {x | some x in a}\nresult := [x | some x in s]', [
    ...ARRAYS,
    ...js('[10, 9, 8, 7, 6, 5, 4, 3, 2, 1, "z", "y", "b", "a", null, [2], [1]]'),
  ]),
  st('order of a made object', 'o := {x: 1 | some x in a}\nresult := [k | some k, _ in o]', [
    ...ARRAYS,
    ...js('[10, 9, 8, 7, 6, 5, 4, 3, 2, 1, "z", "y", "b", "a", null, [2], [1]]'),
  ]),
  st('sprintf', 'result := sprintf("%v|%v", [a, b])', [...ALL, ...NUMBERS], js('1.0')),
  st('sprintf of made', 'result := sprintf("%v", [[a + 0, a * 1, a / 1]])', NUMBERS),
  st('text of sums', 'result := json.marshal([a + b, a - b, a * b, a / b])', FEW_NUMBERS, FEW_NUMBERS),
  st('and then', 'x := a.a\ny := x.b\nresult := [x, y]', [...SOME, ...OBJECTS]),
  st('count of nothing', 'result := count([1 | a.zz])', SOME),
  st('nested comprehension', 'result := [[y | some y in x] | some x in a]', [...ARRAYS, ...SETS]),
];

/** Rules that the subjects of the language call. */
export const RULES = `
chosen(x) := "one" if { x == 1 } else := "null" if { x == null } else := x if { is_string(x) }
default fallback(_) := "none"
fallback(x) := x.a
twice(x) := 1 if { is_number(x) }
twice(x) := 2 if { x == 1 }
made contains y if { some y in input.x }
mapped[k] := v if { some k, v in input.x }
default usual := "none"
usual := input.x if { input.x }
tree.a[x].c := 1 if { some x in ["x", "y"]; input.x }
tree.a[1].c := 2
`;

/** A module in the older syntax: deprecated built-ins under other names. */
export const OLD_RULES = `package old
${['any', 'all'].map((name) => `${oldRule(name)}(a) = ${name}(a)`).join('\n')}
${['net.cidr_overlap', 're_match'].map((name) => `${oldRule(name)}(a, b) = ${name}(a, b)`).join('\n')}
`;
