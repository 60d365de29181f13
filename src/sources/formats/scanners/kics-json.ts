import { z } from 'zod';
import { conform } from '../../each.ts';
import type { Item, Report, Sample, Source } from '../../types.ts';
import { instantOf, lineOf, placeOf, severityOf } from '../../values.ts';
import { membersOf } from '../members.ts';

const count = z.number().int().nonnegative().optional();
const text = z.string().nullish();

const scan = z.looseObject({
  kics_version: text,
  files_scanned: count,
  files_parsed: count,
  files_failed_to_scan: count,
  queries_total: count,
  queries_failed_to_execute: count,
  total_counter: count,
  start: text,
  end: text,
  queries: z.array(z.unknown()),
  bill_of_materials: z.array(z.unknown()).nullish(),
});
const query = z.looseObject({
  query_id: z.string().min(1),
  query_name: text,
  query_url: text,
  severity: text,
  platform: text,
  category: text,
  description: text,
  files: z.array(z.unknown()),
});
type Query = z.infer<typeof query>;
const finding = z.looseObject({
  file_name: z.string().min(1),
  line: z.number().nullish(),
  resource_type: text,
  resource_name: text,
  issue_type: text,
  search_key: text,
  similarity_id: text,
  expected_value: text,
  actual_value: text,
});

/** KICS' `--report-formats json`: only what failed, by query; what was scanned is counted. */
export const kicsJson: Source = {
  id: 'kics-json',
  title: 'KICS, --report-formats json',
  tool: 'kics',
  layer: 'ci',
  population: 'failures',
  reference: 'https://github.com/Checkmarx/kics: pkg/model/summary.go',

  detect({ first }: Sample) {
    const value = membersOf(first);
    return value !== undefined && 'queries_total' in value && 'queries' in value
      ? 'it has queries_total and queries'
      : undefined;
  },

  async *read(report: Report): AsyncGenerator<Item> {
    yield* conform(await report.json(), scan, ofScan);
  },
};

function* ofScan(value: z.infer<typeof scan>): Generator<Item> {
  const { files_scanned, files_parsed, files_failed_to_scan = 0, queries_failed_to_execute = 0 } = value;
  yield {
    type: 'run',
    tool_version: value.kics_version ?? undefined,
    started: instantOf(value.start),
    ended: instantOf(value.end),
    scanned: value.queries_total === 0 ? 0 : (files_parsed ?? files_scanned),
    stated: value.total_counter === undefined ? {} : { fail: value.total_counter },
    note: value.bill_of_materials?.length
      ? `${value.bill_of_materials.length} entries of the bill of materials are no findings`
      : undefined,
  };
  for (const [i, each] of value.queries.entries())
    yield* conform(each, query, (one) => ofQuery(one, `queries[${i}]`), undefined, `queries[${i}]`);
  if (queries_failed_to_execute > 0)
    yield {
      type: 'problem',
      message: `${queries_failed_to_execute} queries of ${value.queries_total ?? 'all'} could not be executed`,
    };
  const unparsed = Math.max(
    files_failed_to_scan,
    (files_scanned ?? 0) - (files_parsed ?? files_scanned ?? 0),
  );
  if (unparsed > 0)
    yield {
      type: 'problem',
      message: `kics could not read ${unparsed} of ${files_scanned ?? 'its'} files`,
      hint: 'Its log names them.',
    };
}

function* ofQuery(value: Query, where: string): Generator<Item> {
  // What such a query found is the secret.
  const secret = value.category === 'Secret Management';
  for (const [i, each] of value.files.entries()) {
    const at = `${where}.files[${i}]`;
    yield* conform(each, finding, (one) => ofFinding(one, value, secret), undefined, at);
  }
}

function* ofFinding(one: z.infer<typeof finding>, value: Query, secret: boolean): Generator<Item> {
  const file = placeOf(one.file_name);
  const name = one.resource_name ?? '';
  const type = one.resource_type ?? '';
  const said = secret ? '' : [one.actual_value, one.expected_value].filter(Boolean).join('; expected: ');
  const details = {
    title: value.query_name,
    category: value.category,
    platform: value.platform,
    url: value.query_url,
    issue: one.issue_type,
    ...(secret ? {} : { key: one.search_key }),
    similarity_id: one.similarity_id,
  };
  yield {
    type: 'outcome',
    check: value.query_id,
    subject:
      name === '' || name === 'n/a'
        ? { type: 'file', id: file ?? one.file_name }
        : { type: type || value.platform || 'resource', id: type ? `${type}.${name}` : name, name },
    verdict: 'fail',
    severity: severityOf(value.severity),
    message: said || value.query_name || undefined,
    fix: value.description ?? undefined,
    file,
    line: lineOf(one.line),
    details: Object.fromEntries(Object.entries(details).filter(([, each]) => each != null && each !== '')),
  };
}
