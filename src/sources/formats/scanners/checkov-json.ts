import { z } from 'zod';
import { conform } from '../../each.ts';
import type { Item, Report, Sample, Source } from '../../types.ts';
import { lineOf, placeOf, severityOf } from '../../values.ts';

const check = z.looseObject({
  check_id: z.string().min(1),
  check_name: z.string().nullish(),
  check_result: z.looseObject({ result: z.string(), suppress_comment: z.string().nullish() }),
  file_path: z.string().nullish(),
  repo_file_path: z.string().nullish(),
  file_line_range: z.array(z.number()).nullish(),
  resource: z.string().min(1),
  resource_address: z.string().nullish(),
  severity: z.string().nullish(),
  guideline: z.string().nullish(),
});
type Check = z.infer<typeof check>;

const counts = {
  passed: z.number().optional(),
  failed: z.number().optional(),
  skipped: z.number().optional(),
  parsing_errors: z.unknown().optional(),
  resource_count: z.number().optional(),
  checkov_version: z.string().optional(),
};
const framework = z.looseObject({
  check_type: z.string().optional(),
  results: z.looseObject({
    // Present also where --quiet left their content out: absent then.
    passed_checks: z.array(z.unknown()).optional(),
    failed_checks: z.array(z.unknown()),
    skipped_checks: z.array(z.unknown()).optional(),
    parsing_errors: z.array(z.string()).optional(),
  }),
  summary: z.looseObject(counts).optional(),
});
const nothing = z.looseObject(counts);

const VERDICT = { PASSED: 'pass', FAILED: 'fail' } as const;

/** Checkov's `-o json`: an object for one framework, an array for several, bare counters where nothing was scanned. */
export const checkovJson: Source = {
  id: 'checkov-json',
  title: 'Checkov, -o json',
  tool: 'checkov',
  layer: 'ci',
  population: 'varies',
  reference: 'https://github.com/bridgecrewio/checkov: checkov/common/output/report.py',

  detect({ first }: Sample) {
    if (typeof first !== 'object' || first === null) return undefined;
    const value = first as Record<string, unknown>;
    if ('check_type' in value && 'results' in value) return 'it has check_type and results';
    if ('checkov_version' in value && 'passed' in value)
      return 'it has the counters of a scan that found nothing to scan';
    return undefined;
  },

  async *read(report: Report): AsyncGenerator<Item> {
    const whole = await report.json();
    for (const [i, each] of (Array.isArray(whole) ? whole : [whole]).entries()) {
      const where = Array.isArray(whole) ? `[${i}]` : undefined;
      if (typeof each === 'object' && each !== null && 'results' in each)
        yield* conform(each, framework, ofFramework, undefined, where);
      else yield* conform(each, nothing, ofNothing, undefined, where);
    }
  },
};

function* ofNothing({ checkov_version }: z.infer<typeof nothing>): Generator<Item> {
  yield { type: 'run', tool_version: checkov_version, scanned: 0 };
}

function* ofFramework({ check_type, results, summary }: z.infer<typeof framework>): Generator<Item> {
  const { passed_checks, failed_checks, skipped_checks = [], parsing_errors = [] } = results;
  const all = passed_checks !== undefined;
  yield {
    type: 'run',
    tool_version: summary?.checkov_version,
    population: all ? 'all' : 'failures',
    scanned: summary?.resource_count,
    stated: {
      ...(all && summary?.passed !== undefined ? { pass: summary.passed } : {}),
      ...(summary?.failed === undefined ? {} : { fail: summary.failed }),
      ...(all && summary?.skipped !== undefined ? { suppressed: summary.skipped } : {}),
    },
  };
  for (const [name, list] of Object.entries({ passed_checks, failed_checks, skipped_checks }))
    for (const [i, each] of (list ?? []).entries())
      yield* conform(each, check, (value) => outcome(value, check_type), undefined, `results.${name}[${i}]`);
  for (const file of parsing_errors)
    yield { type: 'problem', message: 'checkov could not parse the file', file: placeOf(file) };
}

function* outcome(value: Check, check_type: string | undefined): Generator<Item> {
  const { check_result, file_line_range, resource, guideline } = value;
  const skipped = check_result.result === 'SKIPPED';
  const place = value.repo_file_path ?? value.file_path ?? undefined;
  const file = place === undefined ? undefined : placeOf(place)?.replace(/^\//, '');
  yield {
    type: 'outcome',
    check: value.check_id,
    subject: { type: check_type ?? 'resource', id: value.resource_address ?? resource, name: resource },
    // A skipped check did not run: nobody knows what it would have said.
    verdict: Object.hasOwn(VERDICT, check_result.result)
      ? VERDICT[check_result.result as keyof typeof VERDICT]
      : 'not_evaluated',
    severity: severityOf(value.severity),
    message: value.check_name ?? undefined,
    file,
    line: lineOf(file_line_range?.[0]),
    suppressed: skipped
      ? { kind: 'inline comment or skip list', reason: check_result.suppress_comment ?? undefined }
      : undefined,
    details: guideline == null ? undefined : { guideline },
  };
}
