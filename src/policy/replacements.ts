/**
 * Built-ins that OPA compiles into the module of WebAssembly and that answer there otherwise than in OPA's interpreter
 * (native-differences.ts), and what is called instead. A replacement is put in by `with <built-in> as <other>` around a
 * rule: OPA's compiler then calls it wherever the rule, or a function below it, calls the built-in. Inside a replacement the
 * name means the built-in itself.
 */

/** What the names of our own functions begin with: `exhibit.json.unmarshal`. Policies cannot call them. */
const PREFIX = 'exhibit.';
export const COMPAT_FILE = 'exhibit/compat.rego';
const COMPAT = 'data.exhibit.compat';

/** Answered by the engine wholly. */
const BY_HOST: readonly string[] = [
  ...['bits.and', 'bits.lsh', 'bits.negate', 'bits.or', 'bits.rsh', 'bits.xor', 'format_int', 'glob.match'],
  ...['json.is_valid', 'json.marshal', 'json.unmarshal', 'net.cidr_contains', 'net.cidr_intersects'],
];

/** Answered by the engine where the replacement in Rego asks for it: the module's own form is faster. */
const IN_PART: readonly string[] = [
  'regex.find_all_string_submatch_n',
  'regex.is_valid',
  'regex.match',
  'to_number',
];

/** Built-ins of which the engine has a form of its own, under the name that `hostName` gives. */
export const HOST_REPLACEMENTS: readonly string[] = [...BY_HOST, ...IN_PART].sort();
export const hostName = (builtin: string): string => `${PREFIX}${builtin}`;

/** Names that modules in the syntax before Rego 1.0 may still call. */
const DEPRECATED: Readonly<Record<string, string>> = {
  re_match: `${COMPAT}.matches`,
  'net.cidr_overlap': hostName('net.cidr_contains'),
};

/** Replacements in Rego: the function's name, and its text with what it needs. */
const IN_REGO: Readonly<Record<string, { name: string; source: string }>> = {
  'object.union_n': {
    name: 'union_n',
    source: 'union_n(xs) := {} if { xs == [] } else := object.union_n(xs) if { is_array(xs) }',
  },
  concat: {
    name: 'join',
    source: 'join(d, xs) := concat(d, sort(xs)) if { is_set(xs) } else := concat(d, xs)',
  },
  replace: {
    name: 'replaced',
    source: `replaced(s, old, new) := replace(s, old, new) if { old != "" }
replaced("", "", new) := new if { is_string(new) }
replaced(s, "", new) := concat("", [new, concat(new, split(s, "")), new]) if { is_string(s); s != ""; is_string(new) }`,
  },
  indexof: { name: 'position', source: 'position(s, part) := indexof(s, part) if { part != "" }' },
  'base64.is_valid': {
    name: 'base64_valid',
    source: `base64_valid(s) := regex.match(\`^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$\`, unfolded(s)) if { is_string(s) } else := false
unfolded(s) := replace(replace(s, "\\n", ""), "\\r", "")`,
  },
  'base64.decode': {
    name: 'base64_text',
    source:
      'base64_text(s) := "" if { unfolded(s) == "" } else := base64.decode(unfolded(s)) if { base64_valid(s) }',
  },
  'base64url.decode': {
    name: 'base64url_text',
    source: `base64url_text(s) := base64_text(replace(replace(padded(s), "-", "+"), "_", "/")) if { not regex.match("[+/]", s) }
padded(s) := concat("", [s, {0: "", 2: "==", 3: "="}[count(s) % 4]])`,
  },
  ceil: { name: 'up', source: 'up(x) := 1 if { is_number(x); x > -1; x < 0 } else := ceil(x)' },
  floor: { name: 'down', source: 'down(x) := 0 if { is_number(x); x > -1; x < 0 } else := floor(x)' },
  div: { name: 'quotient', source: 'quotient(x, y) := x / y if { y != 0 }' },
  'array.slice': {
    name: 'slice',
    source: `slice(xs, from, to) := array.slice(xs, whole(from), whole(to))
whole(x) := y if { y := small[x] } else := 2147483647 if { is_number(x); x > 2147483647; int64(json.marshal(x)) } else := round(x) if { is_number(x); contains(json.marshal(x), ".0"); x == round(x) } else := x
small := numbers.range(0, 63)
int64(text) if { regex.match("^[0-9]{1,18}$", text) }
int64(text) if { regex.match("^[0-9]{19}$", text); text <= "9223372036854775807" }`,
  },
  substring: { name: 'part', source: 'part(s, from, length) := substring(s, whole(from), whole(length))' },
  'object.get': {
    name: 'got',
    // Texts, and paths of texts, are nearly all: numbers come before texts in the order of Rego.
    source: `got(x, key, other) := object.get(x, key, other) if { is_string(key) } else := object.get(x, key, other) if { is_string(min(key)) } else := object.get(x, [whole(part) | some part in key], other) if { is_array(key) } else := object.get(x, key, other)`,
  },
  'json.filter': {
    name: 'filtered',
    source: `filtered(x, paths) := json.filter(x, real(paths))
real(paths) := [path | some path in paths; not void(path)] if { is_array(paths) }
real(paths) := {path | some path in paths; not void(path)} if { is_set(paths) }
void([])
void(path) if { is_string(path); trim_left(path, "/") == "" }`,
  },
  'json.remove': { name: 'without', source: 'without(x, paths) := json.remove(x, real(paths))' },
  to_number: {
    name: 'number_of',
    source: `number_of(x) := to_number(x) if { numeral(x) } else := exhibit.to_number(x) if { is_string(x) }
numeral(x) if { not is_string(x) }
numeral(x) if { regex.match(\`^-?(0|[1-9][0-9]{0,14})([.][0-9]{1,15})?$\`, x) }`,
  },
  'regex.match': {
    name: 'matches',
    source: `matches(p, s) := regex.match(p, s) if { not peculiar(p) } else := exhibit.regex.match(p, s) if { peculiar(p) }
peculiar(p) if { contains(p, "(?<") }
peculiar(p) if { contains(p, "\\\\C") }
peculiar(p) if { contains(p, "\\u0000") }`,
  },
  'regex.is_valid': {
    name: 'pattern',
    source: 'pattern(p) := exhibit.regex.is_valid(p) if { peculiar(p) } else := regex.is_valid(p)',
  },
  'regex.find_all_string_submatch_n': {
    name: 'found',
    source: `found(p, s, n) := regex.find_all_string_submatch_n(p, s, n) if { not special(p, n) } else := exhibit.regex.find_all_string_submatch_n(p, s, n) if { special(p, n) }
special(p, n) if { peculiar(p) }
special(p, n) if { is_number(n); n < -1 }`,
  },
};

/** Every built-in that is replaced in the module of WebAssembly. */
export const REPLACED: readonly string[] = [
  ...BY_HOST,
  ...Object.keys(IN_REGO),
  ...Object.keys(DEPRECATED),
].sort();

/** The module of the replacements in Rego. */
export function compatModule(): string {
  const sources = Object.values(IN_REGO).map(({ source }) => source);
  return `package exhibit.compat\n\nimport rego.v1\n\n${sources.join('\n')}\n`;
}

/** The modifiers that put every replacement in. They name deprecated built-ins, so only the older syntax takes them. */
export function replacementModifiers(): string {
  const others = REPLACED.map((name) => {
    const rego = IN_REGO[name]?.name;
    return [name, DEPRECATED[name] ?? (rego === undefined ? hostName(name) : `${COMPAT}.${rego}`)] as const;
  });
  return others.map(([name, other]) => `with ${name} as ${other}`).join(' ');
}
