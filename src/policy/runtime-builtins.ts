/** Built-ins that OPA compiles into the WebAssembly module itself. @see OPA internal/compiler/wasm/wasm.go, 1.22 */
export const NATIVE_BUILTINS: readonly string[] = [
  ...['abs', 'all', 'and', 'any', 'array.concat', 'array.flatten', 'array.reverse', 'array.slice', 'assign'],
  ...['base64.decode', 'base64.encode', 'base64.is_valid', 'base64url.decode', 'base64url.encode'],
  ...['bits.and', 'bits.lsh', 'bits.negate', 'bits.or', 'bits.rsh', 'bits.xor', 'ceil', 'concat', 'contains'],
  ...[
    'count',
    'div',
    'endswith',
    'eq',
    'equal',
    'floor',
    'format_int',
    'glob.match',
    'graph.reachable',
    'gt',
  ],
  ...['gte', 'indexof', 'internal.member_2', 'internal.member_3', 'internal.template_string', 'intersection'],
  ...['is_array', 'is_boolean', 'is_null', 'is_number', 'is_object', 'is_set', 'is_string', 'json.filter'],
  ...['json.is_valid', 'json.marshal', 'json.remove', 'json.unmarshal', 'lower', 'lt', 'lte', 'max', 'min'],
  ...['minus', 'mul', 'neq', 'net.cidr_contains', 'net.cidr_intersects', 'net.cidr_overlap', 'numbers.range'],
  ...['object.filter', 'object.get', 'object.keys', 'object.remove', 'object.union', 'object.union_n', 'or'],
  ...[
    'plus',
    'product',
    're_match',
    'regex.find_all_string_submatch_n',
    'regex.is_valid',
    'regex.match',
    'rem',
  ],
  ...['replace', 'round', 'set_diff', 'sort', 'split', 'startswith', 'strings.replace_n', 'strings.reverse'],
  ...['substring', 'sum', 'to_number', 'trim', 'trim_left', 'trim_prefix', 'trim_right', 'trim_space'],
  ...['trim_suffix', 'type_name', 'union', 'upper', 'walk'],
];

/** Built-ins that the engine supplies. A test of src/engine holds this list and the engine's registry together. */
export const HOST_BUILTINS: readonly string[] = [
  ...['base64url.encode_no_pad', 'crypto.hmac.equal', 'crypto.hmac.md5', 'crypto.hmac.sha1'],
  ...['crypto.hmac.sha256', 'crypto.hmac.sha512', 'crypto.md5', 'crypto.sha1', 'crypto.sha256'],
  ...['glob.quote_meta', 'graph.reachable_paths', 'hex.decode', 'hex.encode', 'indexof_n'],
  ...['net.cidr_expand', 'net.cidr_is_valid', 'net.cidr_merge', 'numbers.range_step', 'object.subset'],
  ...['regex.find_n', 'regex.replace', 'regex.split', 'regex.template_match', 'semver.compare'],
  ...['semver.is_valid', 'sprintf', 'strings.any_prefix_match', 'strings.any_suffix_match', 'strings.count'],
  ...['time.add_date', 'time.clock', 'time.date', 'time.diff', 'time.format', 'time.now_ns'],
  ...['time.parse_duration_ns', 'time.parse_ns', 'time.parse_rfc3339_ns', 'time.weekday', 'trace'],
  ...['units.parse', 'units.parse_bytes', 'urlquery.decode', 'urlquery.decode_object', 'urlquery.encode'],
  ...['urlquery.encode_object'],
];

/**
 * Every built-in function that a policy may call. What is missing on purpose has no fixed answer for a fixed input
 * (http.send, rand.intn, opa.runtime, net.lookup_ip_addr, uuid.rfc4122), so a decision could not be performed again.
 */
export const RUNTIME_BUILTINS: readonly string[] = [...NATIVE_BUILTINS, ...HOST_BUILTINS].sort();
