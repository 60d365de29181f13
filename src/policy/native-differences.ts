/**
 * What a call gives in the module of WebAssembly, where OPA's interpreter gives something else:
 * - undefined: no value, where the interpreter has one: a rule silently does not hold
 * - invented: a value, where the interpreter has none
 * - other: another value
 * - stops: the whole evaluation ends, so that the policy's verdict is error
 * - text: the same value with its set or object in another order, or its number in other digits
 */
export type Outcome = 'undefined' | 'invented' | 'other' | 'stops' | 'text';

export interface NativeDifference {
  /** Name of the built-in, or of the part of the language. */
  readonly name: string;
  readonly outcomes: readonly Outcome[];
  /** What is left with the replacements that a bundle has (replacements.ts). Without it there is none. */
  readonly rest?: readonly Outcome[];
  readonly when: string;
  readonly hint: string;
}

const SORT = 'Sort what becomes a list or a text.';
const DIGITS = 'Compare numbers, not their text; keep integers below 2^53.';
const WHOLE = 'Give integers: round() what was computed.';
const order = (name: string): NativeDifference => ({
  name,
  outcomes: ['text'],
  when: 'a set or an object has more than one member: its order is that of a hash',
  hint: SORT,
});
const digits = (name: string): NativeDifference => ({
  name,
  outcomes: ['text'],
  when: 'beyond 2^53 or 18 digits, below 1e-6, or minus zero: other digits',
  hint: DIGITS,
});
const bits = (name: string, outcomes: readonly Outcome[]): NativeDifference => ({
  name,
  outcomes,
  rest: [],
  when: 'an operand is written 1.0, as 0.5 + 0.5 is, or -0',
  hint: WHOLE,
});

/**
 * Where OPA 1.22's WebAssembly answers other than its interpreter. A test holds the list: it fails for one that is
 * missing here and for one that is gone.
 */
export const NATIVE_DIFFERENCES: readonly NativeDifference[] = [
  ...['abs', 'round', 'plus', 'minus', 'mul', 'max', 'min', 'product'].map(digits),
  ...['ceil', 'floor'].map((name) => ({
    name,
    outcomes: ['other', 'text'] as const,
    rest: ['text'] as const,
    when: 'between -1 and 0: the interpreter says ceil(-0.5) = 1 and floor(-0.5) = 0',
    hint: 'Round to an integer with round().',
  })),
  {
    name: 'div',
    outcomes: ['stops', 'text'],
    rest: ['text'],
    when: '0 / 0; and digits beyond the 18th',
    hint: 'Ask for a divisor other than 0 first.',
  },
  bits('bits.negate', ['undefined']),
  ...['bits.and', 'bits.or', 'bits.xor'].map((name) => bits(name, ['undefined', 'stops'])),
  bits('bits.lsh', ['undefined']),
  bits('bits.rsh', ['undefined', 'other']),
  {
    name: 'array.slice',
    outcomes: ['undefined'],
    rest: [],
    when: 'a position is written 1.0, or is beyond 2^53',
    hint: WHOLE,
  },
  {
    name: 'substring',
    outcomes: ['undefined'],
    rest: [],
    when: 'a position is written 1.0, or is beyond 2^53',
    hint: WHOLE,
  },
  {
    name: 'format_int',
    outcomes: ['other', 'stops'],
    rest: [],
    when: 'the number has more than 20 binary digits in base 2, is -2^31, or is 2^31 and more',
    hint: 'Use sprintf("%d", [x]).',
  },
  {
    name: 'base64.decode',
    outcomes: ['undefined', 'invented'],
    rest: [],
    when: 'the text is empty, or no strict base64',
    hint: 'Check the text with regex.match first.',
  },
  {
    name: 'base64.is_valid',
    outcomes: ['other'],
    rest: [],
    when: 'the text is empty, or no strict base64: true for "abc"',
    hint: 'Check the text with regex.match.',
  },
  {
    name: 'base64url.decode',
    outcomes: ['undefined', 'invented'],
    rest: [],
    when: 'the text is empty, or no base64url',
    hint: 'Check the text with regex.match first.',
  },
  {
    name: 'concat',
    outcomes: ['other'],
    rest: [],
    when: 'it joins a set of two and more',
    hint: 'concat(d, sort(xs))',
  },
  {
    name: 'indexof',
    outcomes: ['invented'],
    rest: [],
    when: 'the empty text is searched: 0 instead of undefined',
    hint: 'Ask for a text that is not empty first.',
  },
  {
    name: 'replace of nothing',
    outcomes: ['stops'],
    rest: [],
    when: 'the empty text is replaced: it never ends',
    hint: 'Ask for a text that is not empty first.',
  },
  {
    name: 'object.union_n',
    outcomes: ['undefined', 'invented'],
    rest: [],
    when: 'of no objects: undefined instead of {}; of a set of objects: a value instead of undefined',
    hint: 'object.union_n(array.concat([{}], xs))',
  },
  ...['json.filter', 'json.remove'].map((name) => ({
    name,
    outcomes: ['stops'] as const,
    rest: [] as const,
    when: 'a path is empty',
    hint: 'Leave empty paths out.',
  })),
  {
    name: 'to_number',
    outcomes: ['invented', 'stops'],
    rest: [],
    when: 'the text is ".", "-" or ends in e: no number; 1E400, which is none of the interpreter',
    hint: 'Check the text with regex.match first.',
  },
  {
    name: 'to_number compared',
    outcomes: ['undefined'],
    rest: [],
    when: '+1, 1_0, 0x1p4: numerals of Go that JSON does not have',
    hint: 'Check the text with regex.match first.',
  },
  {
    name: 'json.is_valid',
    outcomes: ['other', 'stops'],
    rest: [],
    when: 'text behind the value, a comma before ] or }, 01, 1., a lone surrogate',
    hint: 'Give the document itself as input.',
  },
  {
    name: 'json.unmarshal',
    outcomes: ['invented', 'stops'],
    rest: [],
    when: 'text behind the value, a comma before ] or }, 01, 1., a lone surrogate',
    hint: 'Give the document itself as input.',
  },
  {
    name: 'json.marshal',
    outcomes: ['other'],
    rest: [],
    when: 'keys are not sorted; <, >, & and U+2028 are not escaped; 1 and "1" are two keys',
    hint: 'Compare values, not their JSON text.',
  },
  {
    name: 'glob.match',
    outcomes: ['other', 'invented'],
    rest: [],
    when: 'the pattern has ( or ), the text has a line end, or the pattern is cut short: "{"',
    hint: 'Use regex.match.',
  },
  ...['net.cidr_contains', 'net.cidr_intersects', 'net.cidr_overlap'].map((name) => ({
    name,
    outcomes: ['other', 'invented'] as const,
    rest: [] as const,
    when: 'IPv4 in IPv6 (::ffff:10.0.0.1), or a blank behind the length',
    hint: 'Check both with net.cidr_is_valid and refuse ::ffff: first.',
  })),
  {
    name: 'regex.match',
    outcomes: ['undefined', 'invented', 'other'],
    rest: [],
    when: 'the pattern has (?<name>, \\C or U+0000',
    hint: 'Write (?P<name>.',
  },
  {
    name: 're_match',
    outcomes: ['undefined', 'invented', 'other'],
    rest: [],
    when: 'the pattern has (?<name>, \\C or U+0000',
    hint: 'Use regex.match.',
  },
  {
    name: 'regex.is_valid',
    outcomes: ['other'],
    rest: [],
    when: 'the pattern has (?<name> or \\C',
    hint: 'Write (?P<name>.',
  },
  {
    name: 'regex.find_all_string_submatch_n',
    outcomes: ['undefined', 'invented', 'other'],
    rest: [],
    when: 'the count is below -1, or the pattern has (?<name>, \\C or U+0000',
    hint: 'Write -1 for all, and (?P<name>.',
  },
  {
    name: 'internal.template_string',
    outcomes: ['other'],
    when: 'it shows a set of two and more',
    hint: SORT,
  },
  {
    name: 'object.get',
    outcomes: ['other', 'text'],
    rest: ['text'],
    when: 'a path has a position that is written 1.0: the default instead of the member',
    hint: WHOLE,
  },
  ...['and', 'or', 'set_diff', 'graph.reachable', 'object.keys', 'assign', 'walk'].map(order),
  ...['index', 'truth of index', 'index of array by number'].map((name) => ({
    name,
    outcomes: (name === 'index' ? ['undefined', 'text'] : ['undefined']) as readonly Outcome[],
    when: 'a list is indexed by a number that is written 1.0',
    hint: WHOLE,
  })),
  {
    name: 'not index',
    outcomes: ['invented'],
    when: 'a list is indexed by a number that is written 1.0',
    hint: WHOLE,
  },
  ...[
    'some in',
    'some in value',
    'wildcard',
    'set comprehension',
    'object comprehension in conflict',
    'unify both',
    'with input whole',
    'set of rule',
    'default rule',
    'order of an object',
    'order of a set',
    'order of a made set',
    'order of a made object',
    'nested comprehension',
  ].map(order),
  { ...digits('sprintf'), outcomes: ['other'] },
  { ...digits('sprintf of made'), outcomes: ['other'] },
  { ...digits('text of sums'), outcomes: ['other', 'stops'], rest: ['other'] },
];
