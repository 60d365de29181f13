/**
 * Calls of the built-ins that OPA compiles into the module, at their edges, one a line. `any` values go through
 * json.unmarshal, so that the compiler cannot refuse a call by its types.
 */
const any = (json: string): string => `json.unmarshal(${JSON.stringify(json)})`;

const texts = ['""', '"a"', '"abcabc"', '"grüße 😀"', '"ÀÉÎ straße İ ǅ"', '"  x\\t\\n "', '"a,b,,c"', '"ﬀ"'];
const perText = texts.flatMap((text) =>
  [
    ...[
      'lower',
      'upper',
      'strings.reverse',
      'trim_space',
      'count',
      'base64.encode',
      'base64url.encode',
      'to_number',
    ].map((name) => `${name}(${text})`),
    ...['json.is_valid', 'base64.is_valid', 'regex.is_valid', 'type_name', 'json.marshal'].map(
      (name) => `${name}(${text})`,
    ),
    ...[
      'split(#, "")',
      'split(#, ",")',
      'split(#, "b")',
      'indexof(#, "ß")',
      'indexof(#, "")',
      'contains(#, "")',
    ],
    ...[
      'substring(#, 0, -1)',
      'substring(#, 2, 3)',
      'substring(#, 1, 100)',
      'substring(#, -1, 2)',
      'substring(#, 100, 1)',
    ],
    ...[
      'replace(#, "", "-")',
      'replace(#, "a", "")',
      'replace(#, "b", "bb")',
      'trim(#, "a")',
      'trim(#, "")',
      'trim_left(#, "ag")',
    ],
    ...[
      'trim_right(#, "c😀")',
      'trim_prefix(#, "a")',
      'trim_suffix(#, "c")',
      'startswith(#, "")',
      'endswith(#, "😀")',
    ],
    ...[
      'concat(#, ["x", "y"])',
      'concat(#, {"y", "x"})',
      'concat(#, [])',
      'strings.replace_n({"a": "b", "b": "c"}, #)',
    ],
    ...[
      'regex.match("", #)',
      'regex.match("(?i)É", #)',
      'regex.match("^.$", #)',
      'regex.match("(", #)',
      'regex.match("\\\\bx\\\\b", #)',
    ],
    ...['regex.find_all_string_submatch_n("(a)(b)?", #, -1)', 'regex.find_all_string_submatch_n("x*", #, 3)'],
    ...[
      'glob.match("*", [], #)',
      'glob.match("*", null, #)',
      'glob.match("a*c", [","], #)',
      'glob.match("{a,abc*}", ["."], #)',
    ],
    ...['json.unmarshal(#)', 'base64.decode(#)', 'base64url.decode(#)'],
  ].map((call) => call.replaceAll('#', text)),
);

const numbers = [
  '0',
  '-0',
  '1',
  '-1.5',
  '2.5',
  '3.5',
  '-2.5',
  '1e3',
  '0.1',
  '9007199254740993',
  '123456789012345678901234567890',
  '1e30',
];
const perNumber = numbers.flatMap((number) => [
  ...['abs', 'round', 'ceil', 'floor', 'bits.negate', 'to_number', 'type_name', 'json.marshal'].map(
    (name) => `${name}(${number})`,
  ),
  ...[2, 8, 10, 16, 7].map((base) => `format_int(${number}, ${base})`),
  ...['# + 0.2', '# - 1', '# * 3', '# / 3', '# / 0', '# % 3', '# % 0', '# == 1', '# < 2'].map((call) =>
    call.replaceAll('#', number),
  ),
  ...['bits.lsh(#, 3)', 'bits.rsh(#, 1)', 'bits.and(#, 3)', 'bits.or(#, 4)', 'bits.xor(#, 1)'].map((call) =>
    call.replaceAll('#', number),
  ),
]);

const lists = [
  '[]',
  '[1]',
  '[3, 1, 2, 1]',
  '["b", "a"]',
  '[1, "a", null, true, [2], {"x": 1}]',
  'set()',
  '{2, 1}',
  '{1.0, 1}',
  '[1.5, 2]',
];
const perList = lists.flatMap((list) => {
  const given =
    list.includes('set') || list.startsWith('{')
      ? `{x | some x in ${list === 'set()' ? any('[]') : any(`[${list.slice(1, -1)}]`)}}`
      : any(list);
  const names = [
    'sort',
    'min',
    'max',
    'sum',
    'product',
    'count',
    'type_name',
    'json.marshal',
    'is_array',
    'is_set',
  ];
  const ordered = given.startsWith('{') ? [] : ['array.reverse', 'array.flatten'];
  return [...names, ...ordered].map((name) => `${name}(${given})`);
});

const objects = ['{}', '{"a": 1, "b": {"c": [1, {"d": 2}]}}', '{"": 0, "a/b": 1, "~": 2}'];
const perObject = objects.flatMap((object) =>
  [
    ...[
      'object.keys(#)',
      'count(#)',
      'json.marshal(#)',
      'object.get(#, "a", 7)',
      'object.get(#, ["b", "c", 1, "d"], 7)',
      'object.get(#, [], 7)',
    ],
    ...[
      'object.get(#, ["b", "c", 9], 7)',
      'object.remove(#, ["a"])',
      'object.remove(#, {"a": 1})',
      'object.filter(#, ["a", "x"])',
    ],
    ...[
      'object.union(#, {"a": {"z": 1}})',
      'object.union({"b": {"q": 1}}, #)',
      'object.union_n([#])',
      'object.union_n([#, {"a": 2}])',
    ],
    ...[
      'json.filter(#, ["b/c/1"])',
      'json.filter(#, [["a"]])',
      'json.filter(#, [])',
      'json.remove(#, ["b/c/0"])',
      'json.remove(#, [["b"]])',
    ],
    ...[
      'json.remove(#, ["a~1b"])',
      'json.filter(#, ["a~1b"])',
      'json.remove(#, [])',
      'sort([x | walk(#, [p, v]); x := [p, v]])',
    ],
  ].map((call) => call.replaceAll('#', any(object))),
);

const singles = [
  ...[
    'object.union_n([])',
    'union(set())',
    'union({set()})',
    'intersection(set())',
    'intersection({{1}, {2}})',
    'sort(union({{2}, {1}}))',
  ],
  ...[
    'sort({1, 2} | {3})',
    'sort({1, 2} & {2})',
    'sort({1, 2} - {2})',
    'array.concat([], [])',
    'array.slice([1, 2, 3], 1, 2)',
  ],
  ...[
    'array.slice([1, 2, 3], -1, 9)',
    'array.slice([1, 2, 3], 2, 1)',
    'array.slice([], 0, 1)',
    'numbers.range(1, 3)',
    'numbers.range(3, 1)',
  ],
  ...[
    'numbers.range(1, 1)',
    'numbers.range(9007199254740992, 9007199254740994)',
    '"a" in ["a"]',
    '1 in {"k": 1}',
    '"k", 1 in {"k": 1}',
  ],
  ...[
    'net.cidr_contains("10.0.0.0/8", "10.1.2.3")',
    'net.cidr_contains("10.0.0.0/8", "10.0.0.0/7")',
    'net.cidr_contains("::/0", "::1")',
  ],
  ...[
    'net.cidr_contains("10.0.0.0/8", "::1")',
    'net.cidr_contains("x", "y")',
    'net.cidr_intersects("10.0.0.0/8", "10.1.0.0/16")',
  ],
  ...[
    'net.cidr_intersects("10.0.0.0/8", "11.0.0.0/8")',
    'net.cidr_contains("10.0.0.0/8", "10.1.0.0/33")',
    'net.cidr_contains("::/80", "::/80")',
  ],
  ...[
    'net.cidr_contains("2001:db8::/32", "2001:db8:1::/48")',
    'net.cidr_contains("0.0.0.0/0", "1.2.3.4/32")',
    'net.cidr_contains("10.0.0.5/8", "10.0.0.1")',
  ],
  ...[
    'sort(graph.reachable({"a": ["b"], "b": []}, ["a"]))',
    'sort(graph.reachable({}, {"a"}))',
    'sort(graph.reachable({"a": ["c"]}, {"a"}))',
  ],
  ...[
    'glob.match("*.example.com", ["."], "a.example.com")',
    'glob.match("*.example.com", ["."], "a.b.example.com")',
    'glob.match("**.com", ["."], "a.b.com")',
  ],
  ...[
    'glob.match("a?c", [], "abc")',
    'glob.match("[a-c]x", [], "bx")',
    'glob.match("[!a]x", [], "bx")',
    'glob.match("a*", null, "a.b")',
    'glob.match("a*", [], "a.b")',
  ],
  ...[
    'glob.match("{x,y}/*", ["/"], "y/z")',
    'glob.match("[", [], "a")',
    'glob.match("\\\\*", [], "*")',
    'glob.match("é*", [], "é😀")',
  ],
  ...[
    'to_number("0x10")',
    'to_number("1e3")',
    'to_number(" 1")',
    'to_number("-")',
    'to_number("NaN")',
    'to_number("Inf")',
  ],
  ...[
    'to_number(null)',
    'to_number(true)',
    'to_number(false)',
    'json.unmarshal("[1,")',
    'json.unmarshal("{\\"a\\":1,\\"a\\":2}")',
    'json.unmarshal("1 2")',
    'json.unmarshal("nul")',
  ],
  ...[
    'json.unmarshal("9007199254740993")',
    'json.unmarshal("\\"\\\\ud83d\\\\ude00\\"")',
    'json.unmarshal("01")',
    'json.unmarshal("1.0")',
    'json.is_valid("{}x")',
    'json.is_valid("[1,]")',
  ],
  ...[
    'json.marshal("<é\\u2028\\u0001>")',
    'json.marshal({"b": 1, "a": {2, 1}})',
    'json.marshal({1: "x"})',
    'json.marshal(1.0)',
    'json.marshal(1e3)',
    'base64.decode("YQ")',
    'base64.decode("YQ==")',
  ],
  ...[
    'base64.decode("/+==")',
    'base64url.decode("YQ")',
    'base64url.decode("_-8=")',
    'base64.is_valid("YQ=")',
    'base64.encode("é")',
  ],
  ...[
    '[x | some x in {3, 1, 2}]',
    '[x | some x in {"b", "a", "c"}]',
    '[k | some k, _ in {"b": 1, "a": 2, "c": 3}]',
    '[x | x := {"b": 1, "a": 2}[_]]',
  ],
  ...[
    'sort([x | some x in {"b", "a"}])',
    '{x | some x in [2, 1]} == {1, 2}',
    '{"a": 1} == {"a": 1.0}',
    '1 == 1.0',
    '[1] < [1, 2]',
    '{1} < {2}',
    'null < false',
    '"a" < "B"',
    '"é" < "z"',
    '"\\uffee" < "😀"',
  ],
  ...[
    '$"x {1 + 1} y"',
    '$"{["a", {"b", "a"}]}"',
    '$"{1.0} {null} {"q"}"',
    'type_name(null)',
    'is_null(null)',
  ],
];

export const NATIVE_CALLS: readonly string[] = [
  ...perText,
  ...perNumber,
  ...perList,
  ...perObject,
  ...singles,
];
