/**
 * Functions that give the same answer in Athena engine 3 (a Trino) and in DuckDB, by themselves or through the macros.
 * Left out on purpose: approximate ones (no evidence), date_parse (DuckDB wants a constant format), concat, split_part and
 * regexp_extract (NULL differs), any_value and arbitrary (any row), the clock and randomness (no two runs alike), all that reads files.
 */
export const FUNCTIONS: ReadonlySet<string> = new Set([
  // aggregates
  ...[
    'count',
    'count_if',
    'sum',
    'avg',
    'min',
    'max',
    'min_by',
    'max_by',
    'array_agg',
    'bool_and',
    'bool_or',
  ],
  // windows
  ...['row_number', 'rank', 'dense_rank', 'lag', 'lead', 'first_value', 'last_value', 'ntile'],
  // conditions and conversions
  ...['cast', 'try_cast', 'coalesce', 'nullif', 'greatest', 'least', 'if'],
  // text
  ...['lower', 'upper', 'trim', 'ltrim', 'rtrim', 'length', 'replace', 'substr', 'strpos', 'split'],
  ...['starts_with', 'reverse', 'lpad', 'rpad', 'regexp_like'],
  // numbers
  ...['abs', 'ceil', 'floor', 'round', 'sqrt', 'mod', 'power'],
  // dates and times
  ...[
    'date',
    'date_trunc',
    'date_diff',
    'date_add',
    'date_format',
    'extract',
    'year',
    'month',
    'week',
    'hour',
  ],
  ...['minute', 'second', 'day_of_week', 'to_unixtime', 'from_iso8601_timestamp'],
  // JSON and arrays
  ...['json_extract_scalar', 'json_parse', 'json_format', 'cardinality', 'element_at', 'array_join'],
  ...['arrays_overlap', 'contains', 'sequence', 'unnest'],
]);

/** Words before a parenthesis that are no function. */
export const OPENERS: ReadonlySet<string> = new Set([
  ...[
    'in',
    'and',
    'or',
    'not',
    'as',
    'over',
    'filter',
    'exists',
    'values',
    'using',
    'on',
    'where',
    'from',
    'join',
  ],
  ...[
    'select',
    'distinct',
    'by',
    'when',
    'then',
    'else',
    'having',
    'union',
    'intersect',
    'except',
    'all',
    'any',
  ],
  ...['sets', 'rollup', 'cube', 'with', 'between', 'like', 'is', 'row', 'array', 'map', 'decimal', 'varchar'],
  ...[
    'char',
    'timestamp',
    'time',
    'case',
    'limit',
    'offset',
    'some',
    'ordinality',
    'cross',
    'lateral',
    'interval',
  ],
]);

const CLOCK = 'the clock makes two runs differ: pass the day as a parameter';
const ASKER = 'the answer must not depend on who asks';

/** Functions that need no parenthesis, with why they are refused. DuckDB takes their names in quotes as well. */
export const ENVIRONMENT: ReadonlyMap<string, string> = new Map([
  ...['current_date', 'current_timestamp', 'current_time', 'localtimestamp', 'localtime'].map(
    (word): [string, string] => [word, CLOCK],
  ),
  ...['current_user', 'session_user', 'user', 'current_role', 'current_schema', 'current_catalog'].map(
    (word): [string, string] => [word, ASKER],
  ),
]);

/** Words that end the lint at once, with why. */
export const FORBIDDEN: ReadonlyMap<string, string> = new Map([
  ...[
    'insert',
    'update',
    'delete',
    'merge',
    'copy',
    'attach',
    'detach',
    'install',
    'load',
    'pragma',
    'call',
  ].map((word): [string, string] => [word, 'a query only reads']),
  ...['create', 'drop', 'alter', 'export', 'import', 'vacuum', 'truncate', 'into', 'prepare', 'execute'].map(
    (word): [string, string] => [word, 'a query only reads'],
  ),
  ...['table', 'show', 'describe', 'explain', 'set', 'reset'].map((word): [string, string] => [
    word,
    'a query is made of SELECT only',
  ]),
  ['for', 'a query reads what the manifests name, not a version of a table'],
  ['ilike', 'Athena has no ILIKE: compare lower(...) LIKE ...'],
  ['qualify', 'Athena has no QUALIFY: filter in an outer SELECT'],
  ['pivot', 'Athena has no PIVOT'],
  ['unpivot', 'Athena has no UNPIVOT'],
  ['summarize', 'Athena has no SUMMARIZE'],
  ['asof', 'Athena has no ASOF JOIN'],
  ['positional', 'Athena has no POSITIONAL JOIN'],
  ['semi', 'Athena has no SEMI JOIN: use EXISTS or IN'],
  ['anti', 'Athena has no ANTI JOIN: use NOT EXISTS'],
  ['tablesample', 'sampling is not reproducible: draw a sample with a recorded seed'],
  ['match_recognize', 'DuckDB has no MATCH_RECOGNIZE'],
  ['glob', 'Athena has no GLOB'],
  ['similar', 'the engines differ on SIMILAR TO: use regexp_like'],
  ['isnull', 'Athena has no ISNULL: write IS NULL'],
  ['notnull', 'Athena has no NOTNULL: write IS NOT NULL'],
  ['now', CLOCK],
  ...ENVIRONMENT,
]);

/** What a query can read: the views of docs/reference/lake.md. */
export const VIEWS: readonly string[] = [
  'fact',
  'daily_counts',
  'evidence',
  'control_map',
  'framework_controls',
  'policy',
  'policy_version',
  'manifest',
];

/** Names that a WITH may not take: where it is out of scope, they would be tables of the engine or of our own. */
export const TAKEN = /^(?:duckdb_|pragma_|sqlite_|pg_|information_schema$|raw_|record$|bridge$)/;

/** Columns that are timestamps: comparing them with a plain string works in one engine only. */
export const TIMESTAMPS: ReadonlySet<string> = new Set(['observed_at', 'recorded_at']);
