/**
 * Athena's spellings on DuckDB. Three of them shadow or mend a function that exists in both and means another thing: date_diff counts whole
 * units in Athena and crossed borders in DuckDB; greatest and least of a NULL are NULL in Athena; date_format has MySQL's letters.
 */
export const MACROS: readonly string[] = [
  `json_extract_scalar(j, p) AS json_extract_string(j, p)`,
  `json_parse(j) AS CAST(j AS JSON)`,
  `json_format(j) AS CAST(j AS VARCHAR)`,
  `cardinality(a) AS len(a)`,
  `element_at(a, i) AS a[i]`,
  `array_join(a, s) AS array_to_string(a, s)`,
  `arrays_overlap(a, b) AS list_has_any(a, b)`,
  `regexp_like(s, p) AS regexp_matches(s, p)`,
  `to_unixtime(t) AS epoch(t)`,
  `from_iso8601_timestamp(s) AS CAST(s AS TIMESTAMPTZ)`,
  `day_of_week(t) AS isodow(t)`,
  `date_diff(u, a, b) AS date_sub(u, a, b)`,
  `date_format(t, f) AS strftime(t, replace(replace(replace(f, '%M', '%B'), '%i', '%M'), '%s', '%S'))`,
  `date_add(u, n, t) AS t + (CASE u WHEN 'day' THEN to_days(n) WHEN 'hour' THEN to_hours(n) WHEN 'minute' THEN to_minutes(n)
     WHEN 'month' THEN to_months(n) WHEN 'second' THEN to_seconds(n) END)`,
  `greatest(a, b) AS CASE WHEN a IS NULL OR b IS NULL THEN NULL WHEN a >= b THEN a ELSE b END`,
  `least(a, b) AS CASE WHEN a IS NULL OR b IS NULL THEN NULL WHEN a <= b THEN a ELSE b END`,
  `sequence(a, b) AS generate_series(a, b), (a, b, s) AS list_transform(generate_series(a::TIMESTAMP, b::TIMESTAMP, s), lambda x: x::DATE)`,
];

/** One statement that makes the macros whose names a question has, or all. */
export function createMacros(words?: ReadonlySet<string>): string {
  const wanted = MACROS.filter((macro) => words?.has(macro.slice(0, macro.indexOf('('))) ?? true);
  return wanted.map((macro) => `CREATE MACRO ${macro};`).join('\n');
}
