import { z } from 'zod';
import { conform } from '../../each.ts';
import type { Item, Report, Sample, Source } from '../../types.ts';
import { lineOf, placeOf, severityOf } from '../../values.ts';
import { membersOf } from '../members.ts';

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

const count = z.number().int().nonnegative().optional();
/** Versions 1 and 2 wrote `parsingerrors` and `resourcecount`; version 1 before 1.0.500 no `resource_count` at all. */
const counters = z
  .looseObject({
    passed: count,
    failed: count,
    skipped: count,
    parsing_errors: count,
    parsingerrors: count,
    resource_count: count,
    resourcecount: count,
    checkov_version: z.string().optional(),
  })
  .transform(({ parsingerrors, resourcecount, ...rest }) => ({
    ...rest,
    parsing_errors: rest.parsing_errors ?? parsingerrors,
    resource_count: rest.resource_count ?? resourcecount,
  }));
type Counters = z.infer<typeof counters>;

const framework = z.looseObject({
  check_type: z.string().optional(),
  results: z.looseObject({
    // `--quiet` leaves all but the failed ones out.
    passed_checks: z.array(z.unknown()).optional(),
    failed_checks: z.array(z.unknown()),
    skipped_checks: z.array(z.unknown()).optional(),
    parsing_errors: z.array(z.string()).optional(),
  }),
  summary: counters.optional(),
});

/** The word that each list holds, and what it means. A skipped check did not run: nobody knows what it would have said. */
const LISTS = {
  passed_checks: { word: 'PASSED', verdict: 'pass' },
  failed_checks: { word: 'FAILED', verdict: 'fail' },
  skipped_checks: { word: 'SKIPPED', verdict: 'not_evaluated' },
} as const;
type List = keyof typeof LISTS;

/** Checkov's `-o json`: an object for one framework, an array for several, bare counters where nothing was scanned. */
export const checkovJson: Source = {
  id: 'checkov-json',
  title: 'Checkov, -o json',
  tool: 'checkov',
  layer: 'ci',
  population: 'varies',
  reference: 'https://github.com/bridgecrewio/checkov: checkov/common/output/report.py',

  detect({ first }: Sample) {
    const value = membersOf(first);
    if (value === undefined) return undefined;
    if ('check_type' in value && 'results' in value) return 'it has check_type and results';
    if ('checkov_version' in value && 'passed' in value)
      return 'it has the counters of a scan that found nothing to scan';
    return undefined;
  },

  async *read(report: Report): AsyncGenerator<Item> {
    const whole = await report.json();
    for (const [i, each] of (Array.isArray(whole) ? whole : [whole]).entries()) {
      const where = Array.isArray(whole) ? `[${i}]` : undefined;
      // Bare counters say so by having some; anything else is a damaged framework, and its place is named.
      const bare = membersOf(each);
      if (bare !== undefined && !('results' in bare) && 'passed' in bare)
        yield* conform(each, counters, ofNothing, undefined, where);
      else yield* conform(each, framework, ofFramework, undefined, where);
    }
  },
};

function* ofNothing(said: Counters): Generator<Item> {
  const { checkov_version, resource_count, passed, failed, skipped } = said;
  yield {
    type: 'run',
    tool_version: checkov_version,
    scanned: resource_count ?? 0,
    stated: stated({ pass: passed, fail: failed, suppressed: skipped }),
  };
  yield* unparsed(said, 0);
}

function* ofFramework({ check_type, results, summary }: z.infer<typeof framework>): Generator<Item> {
  const { parsing_errors = [] } = results;
  const all = results.passed_checks !== undefined;
  const { passed, failed, skipped } = summary ?? {};
  const none = passed === 0 && failed === 0 && skipped === 0;
  yield {
    type: 'run',
    tool_version: summary?.checkov_version,
    population: all ? 'all' : 'failures',
    scanned: summary?.resource_count ?? (none ? 0 : undefined),
    stated: stated({
      pass: all ? passed : undefined,
      fail: failed,
      suppressed: results.skipped_checks === undefined ? undefined : skipped,
    }),
    note: all ? undefined : '--quiet left the passed and skipped checks out',
  };
  for (const list of Object.keys(LISTS) as List[])
    for (const [i, each] of (results[list] ?? []).entries()) {
      const where = `results.${list}[${i}]`;
      yield* conform(each, check, (value) => outcome(value, list, check_type, where), undefined, where);
    }
  for (const file of parsing_errors)
    yield { type: 'problem', message: 'checkov could not parse the file', file: placeOf(file) };
  yield* unparsed(summary ?? {}, parsing_errors.length);
}

function* outcome(value: Check, list: List, check_type: string | undefined, where: string): Generator<Item> {
  const { check_result, file_line_range, resource, guideline } = value;
  const place = value.repo_file_path ?? value.file_path ?? undefined;
  const file = place === undefined ? undefined : placeOf(place)?.replace(/^\/+/, '');
  const line = lineOf(file_line_range?.[0]);
  const agrees = check_result.result === LISTS[list].word;
  if (!agrees)
    yield {
      type: 'problem',
      message: `${where}: its result is ${check_result.result}, which does not belong there`,
      check: value.check_id,
      hint: 'The report is damaged, or of a version that is not known here.',
    };
  // The framework `secrets` names a secret by its hash, from which a weak one could be guessed.
  const id = check_type === 'secrets' ? `${file ?? 'file'}:${line ?? 0}` : resource;
  yield {
    type: 'outcome',
    check: value.check_id,
    subject: { type: check_type ?? 'resource', id: value.resource_address ?? id, name: id },
    verdict: agrees ? LISTS[list].verdict : 'not_evaluated',
    severity: severityOf(value.severity),
    message: value.check_name ?? undefined,
    file,
    line,
    suppressed:
      list === 'skipped_checks'
        ? {
            kind: 'skip comment, annotation or skip list',
            reason: check_result.suppress_comment ?? undefined,
          }
        : undefined,
    details: guideline == null ? undefined : { guideline },
  };
}

/** Files that only a counter tells of. */
function* unparsed({ parsing_errors = 0 }: Partial<Counters>, listed: number): Generator<Item> {
  if (parsing_errors <= listed) return;
  const missing = parsing_errors - listed;
  yield {
    type: 'problem',
    message: `checkov could not parse ${missing} ${missing === 1 ? 'file' : 'files'} and the report does not name ${missing === 1 ? 'it' : 'them'}`,
    hint: 'Run checkov without --quiet: then it lists them.',
  };
}

const stated = (counts: {
  pass?: number | undefined;
  fail?: number | undefined;
  suppressed?: number | undefined;
}) => Object.fromEntries(Object.entries(counts).filter(([, value]) => value !== undefined));
