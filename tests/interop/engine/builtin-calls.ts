/** Calls of built-ins in Rego, one a line. Results that are sets are sorted, so that both sides print alike. */
// Numbers with a fraction in hexadecimal, binary or with # are refused with an error.
const RARE = /#|[xXb]"/;
const FRACTION = /^[\d.]+(?:\.|e)\d/;
const sprintf = [
  ...[
    '"%v"',
    '"%s"',
    '"%d"',
    '"%q"',
    '"%x"',
    '"%X"',
    '"%5v|"',
    '"%-8v|"',
    '"%08v|"',
    '"%+v"',
    '"%#v"',
    '"%T"',
    '"%.2v"',
  ],
  ...[
    '"%t"',
    '"%f"',
    '"%.1f"',
    '"%8.3f|"',
    '"%e"',
    '"%g"',
    '"%G"',
    '"%b"',
    '"%o"',
    '"%O"',
    '"%#x"',
    '"%c"',
    '"%U"',
  ],
  ...['"% d"', '"%+d"', '"%06d"', '"%-6d|"', '"%+q"', '"%#q"', '"% x"', '"%6.2f%%"', '"%z"', '"%F"', '"%E"'],
].flatMap((format) =>
  [
    ...[
      '1',
      '0',
      '-42',
      '3.5',
      '1.0',
      '1e3',
      '0.00001',
      '123456789012345678901234567890',
      '9007199254740993',
    ],
    ...[
      '"hé"',
      '""',
      '"a\\"b\\n\\u2028\\u0001😀"',
      'true',
      'null',
      '[1, "a", [true, null]]',
      '{"b": 1, "a": {2, 1}}',
    ],
    ...[
      '{"x", "a", 3}',
      'set()',
      '{}',
      '[]',
      '{1: [2]}',
      '1e21',
      '1e20',
      '1e6',
      '1234567.5',
      '123456.5',
      '100000000000000000000.5',
      '0.1',
      '65',
      '128512',
    ],
  ]
    .filter((value) => !(RARE.test(format) && FRACTION.test(value)))
    .map((value) => `sprintf(${format}, [${value}])`),
);

const formats = [
  ...['sprintf("no verbs", [])', 'sprintf("%d", [])', 'sprintf("%d", [1, 2, "x"])', 'sprintf("100%", [])'],
  ...[
    'sprintf("%!", [1])',
    'sprintf("%[2]d %[1]d", [1, 2])',
    'sprintf("%[3]d", [1])',
    'sprintf("%[x]d", [1])',
  ],
  ...[
    'sprintf("%*d|", [5, 1])',
    'sprintf("%-*d|", [5, 1])',
    'sprintf("%.*f", [2, 3.14159])',
    'sprintf("%*d", ["x", 1])',
  ],
  ...['sprintf("%s and %s", ["a", "b"])', 'sprintf("%v%%", [12])', 'sprintf("%s: %v > %d", ["x", {"a"}, 7])'],
  ...['sprintf("%5s|%-5s|%.1s", ["é", "é", "éa"])', 'sprintf("%[1]v %[1]v", ["a"])', 'sprintf("%é", [1])'],
];

const times = [
  ...['"2026-05-04T10:00:00Z"', '"2026-05-04T10:00:00.123456789+02:00"', '"1969-12-31T23:59:59.999999999Z"'],
  ...[
    '"2024-02-29T00:00:00Z"',
    '"2023-02-29T00:00:00Z"',
    '"2026-05-04"',
    '""',
    '"2262-04-11T23:47:16.854775807Z"',
  ],
  ...[
    '"2262-04-11T23:47:16.854775808Z"',
    '"1677-09-21T00:12:43Z"',
    '"2026-05-04t10:00:00z"',
    '"2026-13-01T00:00:00Z"',
  ],
  ...[
    '"2026-05-04T24:00:00Z"',
    '"2026-05-04T10:00:60Z"',
    '"2026-05-04T10:00:00,5Z"',
    '"2026-05-04 10:00:00Z"',
  ],
].map((text) => `time.parse_rfc3339_ns(${text})`);

const layouts = [
  ...['"RFC822"', '"RFC822Z"', '"RFC850"', '"RFC1123"', '"RFC1123Z"', '"ANSIC"', '"UnixDate"', '"RubyDate"'],
  ...[
    '"RFC3339"',
    '"RFC3339Nano"',
    '"2006-01-02"',
    '"Jan _2 2006 at 3:04pm (MST)"',
    '"02/01/06 15h04"',
    '"002 2006"',
  ],
  ...[
    '"__2 Monday January"',
    '"15:04:05.000"',
    '"15:04:05,999"',
    '"Z0700 -07 Z07:00:00"',
    '"Mondays 2nd _2006 0.0"',
  ],
];
const moments = [
  ...[
    '1777888800123456789',
    '0',
    '-1',
    '1582977600000000000',
    '9223372036854775807',
    '-9223372036854775808',
    '1.5',
    '1e18',
  ],
  ...[
    '9223372036854775808',
    '[1777888800000000000, "America/New_York"]',
    '[1777888800000000000, "Asia/Kolkata"]',
  ],
  ...[
    '[1774746000000000000, "Europe/Berlin"]',
    '[1777888800000000000, ""]',
    '[1777888800000000000, "Nowhere/None"]',
  ],
];
/** The same value without a type that the compiler could refuse. */
const untyped = (json: string): string => `json.unmarshal(${JSON.stringify(json)})`;
const clocks = [
  ...moments.flatMap((at) => [
    `time.date(${at})`,
    `time.clock(${at})`,
    `time.weekday(${at})`,
    `time.format(${at})`,
  ]),
  ...layouts.map((layout) => `time.format([1777888800120000000, "UTC", ${layout}])`),
  ...layouts.map(
    (layout) => `time.parse_ns(${layout}, time.format([1777888800120000000, "UTC", ${layout}]))`,
  ),
  ...['time.format([1777888800120000000, "Asia/Kolkata", "2006-01-02T15:04:05Z07:00"])'],
  ...['time.parse_ns("2006-01-02 15:04", "2026-02-30 10:00")', 'time.parse_ns("3:04PM", "12:30AM")'],
  ...['time.parse_ns("2 Jan 06", "4 may 26")', 'time.parse_ns("2006-01-02", "2026-05-04x")'],
  ...[
    'time.parse_ns("2006-01-02", "226-05-04")',
    'time.parse_ns("RFC1123", "Mon, 04 May 2026 10:00:00 GMT")',
  ],
  ...moments.flatMap((at) => [
    `time.add_date(${untyped(at)}, 1, 1, 1)`,
    `time.add_date(${untyped(at)}, 0, -3, -40)`,
  ]),
  ...[
    `time.add_date(${untyped('[1774659600000000000, "Europe/Berlin"]')}, 0, 0, 1)`,
    'time.add_date(1709164800000000000, 1, 0, 0)',
  ],
  ...['time.diff(1777888800000000000, 1582977600000000000)', 'time.diff(0, 1777888800123000000)'],
  ...['time.diff([1777888800000000000, "America/New_York"], [1582977600000000000, "Asia/Kolkata"])'],
  ...['time.diff(1740700800000000000, 1743379199000000000)', 'time.diff(1e18, 1e18)'],
  ...[
    '"1h"',
    '"1h30m"',
    '"-1.5h"',
    '"300ms"',
    '"1us"',
    '"1µs"',
    '"1d"',
    '"2w3d"',
    '"1y"',
    '"0"',
    '""',
    '"1"',
    '"1x"',
    '".5s"',
  ].map((text) => `time.parse_duration_ns(${text})`),
  ...['"+5s"', '"1h1h"', '"1.d"', '"1.5d"', '"-"', '"9999999h"', '"0.000000001s"', '"1 h"'].map(
    (text) => `time.parse_duration_ns(${text})`,
  ),
];

const versions = [
  '1.2.3',
  'v1.2.3',
  '1.2',
  '1.2.3-alpha.1',
  '1.2.3-alpha.beta',
  '1.2.3+build',
  '01.2.3',
  '1.2.3-01',
];
const more = [
  ' 1.2.3',
  '=1.2.3',
  'V1.2.3',
  '1.2.3-',
  '10.0.0',
  '1.2.3-alpha',
  '2.0.0-rc.1+x',
  '1.2.3-2',
  '1.2.3-10',
  '',
];
const semver = [...versions, ...more].flatMap((a) => [
  `semver.is_valid("${a}")`,
  ...['1.2.3', '1.2.3-alpha.1', '1.2.3-9', 'x'].map((b) => `semver.compare("${a}", "${b}")`),
]);

const amounts = [
  '1',
  '0',
  '10K',
  '10Ki',
  '1.5Gi',
  '100m',
  '1M',
  '1m',
  '200MB',
  '1.1kb',
  '0.1Ki',
  '1e3',
  '1E',
  '1Ei',
];
const odd = [
  '1e3k',
  '',
  'k',
  '-5',
  '+5Mi',
  '1 k',
  '\\"12\\"',
  '.5k',
  '5.',
  '1..2',
  '1kib',
  '1MiB',
  '1e',
  '3.7tb',
  '12345678901234567890',
  '0.001',
];
const units = [...amounts, ...odd].flatMap((text) => [
  `units.parse("${text}")`,
  `units.parse_bytes("${text}")`,
]);

const texts = ['""', '"abc"', '"grüße 😀 \\n"', '"a&b=c+d/e?f~-_.!*\'()"'];
const encodings = [
  ...texts.flatMap((text) => [
    ...[
      'hex.encode',
      'base64url.encode_no_pad',
      'urlquery.encode',
      'crypto.md5',
      'crypto.sha1',
      'crypto.sha256',
    ].map((name) => `${name}(${text})`),
    ...['md5', 'sha1', 'sha256', 'sha512'].map((name) => `crypto.hmac.${name}(${text}, "key ü")`),
    `urlquery.decode(urlquery.encode(${text}))`,
    `hex.decode(hex.encode(${text}))`,
  ]),
  ...[
    'hex.decode("zz")',
    'hex.decode("abc")',
    'hex.decode("414A")',
    'urlquery.decode("%zz")',
    'urlquery.decode("a+b%20c")',
  ],
  ...[
    'urlquery.encode_object({"b": "x y", "a": ["1", "2"], "c": {"z", "é"}})',
    `urlquery.encode_object(${untyped('{"a": 1}')})`,
  ],
  ...[
    'urlquery.decode_object("a=1&b=2&a=3&c&=d&e=%41")',
    'urlquery.decode_object("a;b")',
    'urlquery.decode_object("")',
  ],
  ...['crypto.hmac.equal("a", "a")', 'crypto.hmac.equal("a", "ab")', 'trace("note")'],
];

const patterns = [
  'a+',
  'a*',
  '',
  'x*',
  '(a)(b)?',
  '^a',
  'a$',
  '(?i)B',
  '[a-c]+',
  '\\\\bfoo\\\\b',
  'é|😀',
  '(?m)^.',
  'a|ab',
  '(?s).',
  '(',
  '\\\\d{2,3}?',
  '(?P<y>a)(?P<z>.)',
  '(a|ab)(c|bcd)(d*)',
  'a{0}',
];
const subjects = [
  '""',
  '"aab"',
  '"xabcabx"',
  '"foo foobar foo"',
  '"é😀é"',
  '"l1\\nl2"',
  '"12345"',
  '"abcd"',
  '"baaac"',
];
const regex = patterns.flatMap((pattern) =>
  subjects.flatMap((text) => [
    `regex.find_n("${pattern}", ${text}, -1)`,
    `regex.find_n("${pattern}", ${text}, 2)`,
    `regex.split("${pattern}", ${text})`,
    `regex.replace(${text}, "${pattern}", "<$0|\${1}|$z|$$|$1x>")`,
  ]),
);
const templates = [
  'regex.template_match("urn:foo:{.*}", "urn:foo:bar:baz", "{", "}")',
  'regex.template_match("urn:foo:{[a-z]+}.x", "urn:foo:bar.x", "{", "}")',
  'regex.template_match("urn:foo:{[a-z]+}.x", "urn:foo:barzx", "{", "}")',
  'regex.template_match("<[0-9]+>-<a|b>", "12-b", "<", ">")',
  'regex.template_match("{a", "a", "{", "}")',
  'regex.template_match("{a}", "a", "{{", "}")',
];

const strings = [
  ...['strings.any_prefix_match("abc", "ab")', 'strings.any_prefix_match(["x", "abc"], ["q", "ab"])'],
  ...['strings.any_prefix_match({"x"}, {"y"})', 'strings.any_suffix_match(["a.tf", "b"], {".tf", ".json"})'],
  ...['strings.any_suffix_match([], ["a"])', 'strings.count("cheese", "e")', 'strings.count("aaaa", "aa")'],
  ...[
    'strings.count("ab", "")',
    'strings.count("é😀", "")',
    'indexof_n("sad dad", "ad")',
    'indexof_n("aaaa", "aa")',
  ],
  ...['indexof_n("é😀é", "é")', 'indexof_n("a", "")', 'indexof_n("abc", "x")'],
  ...['glob.quote_meta("*.exhibit.dev")', 'glob.quote_meta("a?[b]{c,d}\\\\-!,")'],
];

const collections = [
  ...[
    'object.subset({"a": {"b": 1, "c": {1, 2}}, "d": 2}, {"a": {"b": 1}})',
    'object.subset({"a": {1, 2}}, {"a": {1}})',
  ],
  ...[
    'object.subset({"a": 1}, {"a": 2})',
    'object.subset([1, 2, 3], [2, 3])',
    'object.subset([1, 1, 2], [1, 2])',
  ],
  ...[
    'object.subset([1, 2], {2, 1})',
    'object.subset([], set())',
    'object.subset({1, 2}, {2})',
    'object.subset([1], [2, 3])',
  ],
  ...['object.subset({"a": [1, 2]}, {"a": [2]})', 'object.subset({"a": {"b": [1]}}, {"a": {"b": [1, 2]}})'],
  ...[
    'numbers.range_step(0, 10, 3)',
    'numbers.range_step(10, 0, 4)',
    'numbers.range_step(1, 1, 1)',
    'numbers.range_step(1, 5, 0)',
  ],
  ...['numbers.range_step(-5, 5, 5)', 'numbers.range_step(9007199254740992, 9007199254740995, 1)'],
  ...['sort(graph.reachable_paths({"a": {"b", "c"}, "b": {"d"}, "c": {"d"}, "d": set()}, {"a"}))'],
  ...[
    'sort(graph.reachable_paths({"a": ["b"], "b": ["a"]}, ["a"]))',
    'sort(graph.reachable_paths({"a": ["x"], "b": []}, ["a", "b", "q"]))',
  ],
  ...['sort(graph.reachable_paths({"a": ["a", "b"], "b": ["c"], "c": ["a", "z"]}, {"a"}))'],
];

const net = [
  ...[
    'sort(net.cidr_expand("192.168.1.0/29"))',
    'sort(net.cidr_expand("10.0.0.7/32"))',
    'sort(net.cidr_expand("2001:db8::/125"))',
  ],
  ...[
    'sort(net.cidr_expand("::ffff:1.2.3.0/126"))',
    'sort(net.cidr_expand("x"))',
    'sort(net.cidr_expand("10.0.0.0/33"))',
  ],
  ...[
    'sort(net.cidr_merge(["192.0.128.0/24", "192.0.129.0/24"]))',
    'sort(net.cidr_merge({"10.0.0.0/8", "10.1.0.0/16"}))',
  ],
  ...[
    'sort(net.cidr_merge(["10.0.0.0/24", "10.0.1.0/24", "10.0.2.0/24", "10.0.9.0/24"]))',
    'sort(net.cidr_merge(["192.168.1.5"]))',
  ],
  ...[
    'sort(net.cidr_merge(["2001:db8::/33", "2001:db8:8000::/33", "10.0.0.0/9", "10.128.0.0/9"]))',
    'sort(net.cidr_merge(["::1"]))',
  ],
  ...['sort(net.cidr_merge([]))', 'sort(net.cidr_merge(["fe80::/10", "fe80:0:0:1::/64"]))'],
  ...['net.cidr_is_valid("10.0.0.0/8")', 'net.cidr_is_valid("10.0.0.0")', 'net.cidr_is_valid("10.0.0.0/08")'],
  ...[
    'net.cidr_is_valid("2001:db8::1/64")',
    'net.cidr_is_valid("010.0.0.0/8")',
    'net.cidr_is_valid("::/129")',
    'net.cidr_is_valid("fe80::1%eth0/64")',
  ],
];

export const CALLS: readonly string[] = [
  ...[...sprintf, ...formats, ...times, ...clocks, ...semver, ...units, ...encodings],
  ...[...regex, ...templates, ...strings, ...collections, ...net],
];
