/**
 * Replacements in Rego for built-ins whose native form answers otherwise than OPA's interpreter. They are put in by
 * `with <built-in> as data.exhibit.compat.<name>` around a rule: OPA's compiler then calls the replacement wherever the
 * rule, or a function below it, calls the built-in; inside the replacement the name means the built-in itself.
 */
export const SHIMS: Readonly<Record<string, { name: string; source: string }>> = {
  'object.union_n': {
    name: 'union_n',
    source: `union_n(xs) := {} if { xs == [] } else := object.union_n(xs) if { is_array(xs) }`,
  },
  concat: {
    name: 'join',
    source: `join(d, xs) := concat(d, sort(xs)) if { is_set(xs) } else := concat(d, xs)`,
  },
  replace: {
    name: 'replaced',
    source: `replaced(s, old, new) := replace(s, old, new) if { old != "" }
replaced("", "", new) := new if { is_string(new) }
replaced(s, "", new) := concat("", [new, concat(new, split(s, "")), new]) if { is_string(s); s != ""; is_string(new) }`,
  },
  indexof: { name: 'position', source: `position(s, part) := indexof(s, part) if { part != "" }` },
  'base64.is_valid': {
    name: 'base64_valid',
    source: `base64_valid(s) := regex.match(\`^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$\`, unfolded(s)) if { is_string(s) } else := false
unfolded(s) := replace(replace(s, "\\n", ""), "\\r", "")`,
  },
  'base64.decode': {
    name: 'base64_text',
    source: `base64_text(s) := "" if { unfolded(s) == "" } else := base64.decode(unfolded(s)) if { base64_valid(s) }`,
  },
  'base64url.decode': {
    name: 'base64url_text',
    source: `base64url_text(s) := base64_text(replace(replace(padded(s), "-", "+"), "_", "/")) if { not regex.match("[+/]", s) }
padded(s) := concat("", [s, {0: "", 2: "==", 3: "="}[count(s) % 4]])`,
  },
  ceil: { name: 'up', source: `up(x) := 1 if { is_number(x); x > -1; x < 0 } else := ceil(x)` },
  floor: { name: 'down', source: `down(x) := 0 if { is_number(x); x > -1; x < 0 } else := floor(x)` },
  div: { name: 'quotient', source: `quotient(x, y) := x / y if { y != 0 }` },
  'array.slice': {
    name: 'slice',
    source: `slice(xs, from, to) := array.slice(xs, whole(from), whole(to))
whole(x) := round(x) if { contains(json.marshal(x), ".0"); x == round(x) } else := x`,
  },
  substring: { name: 'part', source: `part(s, from, length) := substring(s, whole(from), whole(length))` },
  format_int: {
    name: 'digits',
    source: `digits(x, base) := sprintf(verb, [truncated(x)]) if { format_int(1, base); verb := {2: "%b", 8: "%o", 10: "%d", 16: "%x"}[base] }
truncated(x) := floor(x) if { x >= 0 } else := ceil(x) if { x <= -1 } else := 0 if { is_number(x) }`,
  },
  'json.filter': {
    name: 'filtered',
    source: `filtered(x, paths) := json.filter(x, real(paths))
real(paths) := [path | some path in paths; not void(path)] if { is_array(paths) }
real(paths) := {path | some path in paths; not void(path)} if { is_set(paths) }
void([])
void(path) if { is_string(path); trim_left(path, "/") == "" }`,
  },
  'json.remove': { name: 'without', source: `without(x, paths) := json.remove(x, real(paths))` },
  to_number: {
    name: 'number_of',
    source: `number_of(x) := to_number(x) if { not broken(x) }
broken(x) if { is_string(x); regex.match(\`^[-+]?\\.?$|[eE][-+]?$\`, x) }`,
  },
};

export const SHIM_MODULE = `package exhibit.compat
import rego.v1
${Object.values(SHIMS)
  .map(({ source }) => source)
  .join('\n')}
`;
export const SHIM_MODIFIERS = Object.entries(SHIMS)
  .map(([builtin, { name }]) => `with ${builtin} as data.exhibit.compat.${name}`)
  .join(' ');
