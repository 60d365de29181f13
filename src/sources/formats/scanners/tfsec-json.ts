import { z } from 'zod';
import { conform } from '../../each.ts';
import type { Item, Report, Sample, Source } from '../../types.ts';
import { lineOf, placeOf, severityOf } from '../../values.ts';
import { firstMembers, membersOf } from '../members.ts';

const text = z.string().nullish();

const scan = z.looseObject({ results: z.array(z.unknown()).nullable() });
const result = z.looseObject({
  rule_id: z.string().min(1),
  long_id: text,
  legacy_rule_id: text,
  rule_description: text,
  description: text,
  resolution: text,
  severity: text,
  resource: text,
  // A word up to 0.63, a number from version 1 on, only `passed` before 0.40.
  status: z.union([z.string(), z.number()]).nullish(),
  passed: z.boolean().nullish(),
  location: z.looseObject({ filename: z.string().min(1), start_line: z.number().nullish() }),
});
type Result = z.infer<typeof result>;

const FAIL = { verdict: 'fail', ignored: false } as const;
const PASS = { verdict: 'pass', ignored: false } as const;
const IGNORED = { verdict: 'not_evaluated', ignored: true } as const;
const UNKNOWN = { verdict: 'not_evaluated', ignored: false } as const;
const STATUS = new Map<unknown, typeof FAIL | typeof PASS | typeof IGNORED>([
  ['failed', FAIL],
  ['passed', PASS],
  ['ignored', IGNORED],
  [0, FAIL],
  [1, PASS],
  [2, IGNORED],
]);

/** tfsec's `-f json`; passes with `--include-passed`, what was ignored with `--include-ignored`. */
export const tfsecJson: Source = {
  id: 'tfsec-json',
  title: 'tfsec, -f json',
  tool: 'tfsec',
  layer: 'ci',
  population: 'varies',
  reference: 'https://github.com/aquasecurity/defsec: pkg/formatters/json.go, pkg/scan/flat.go',

  detect({ first }: Sample) {
    const value = membersOf(first);
    if (value === undefined) return undefined;
    if (value.results === null && Object.keys(value).length === 1)
      return 'its only member is results, which is null, as tfsec writes it where it found nothing';
    const one = firstMembers(value.results);
    return one !== undefined && 'rule_id' in one && membersOf(one.location)?.filename !== undefined
      ? 'its results have rule_id and location.filename'
      : undefined;
  },

  async *read(report: Report): AsyncGenerator<Item> {
    yield* conform(await report.json(), scan, ofScan);
  },
};

function* ofScan({ results }: z.infer<typeof scan>): Generator<Item> {
  if (results === null || results.length === 0) {
    yield {
      type: 'problem',
      message:
        'the report holds no result: tfsec writes the same where all is well and where it found nothing to judge',
      hint: 'Run tfsec with --include-passed: then what it judged is in the report.',
    };
    return;
  }
  let passes = false;
  for (const [i, each] of results.entries())
    for (const item of conform(each, result, ofResult, undefined, `results[${i}]`)) {
      if (item.type === 'outcome' && item.verdict === 'pass') passes = true;
      yield item;
    }
  yield { type: 'run', population: passes ? 'all' : 'failures' };
}

function* ofResult(value: Result): Generator<Item> {
  const { location, status, passed } = value;
  const file = placeOf(location.filename);
  const resource = value.resource ?? '';
  // Version 1 names the check AVD-AWS-0107 and gives the name of before beside it; the name stays the id through all versions.
  const check = value.long_id || value.rule_id;
  const by =
    status == null ? (passed == null ? UNKNOWN : passed ? PASS : FAIL) : (STATUS.get(status) ?? UNKNOWN);
  const details = {
    id: value.rule_id === check ? undefined : value.rule_id,
    legacy_id: value.legacy_rule_id,
  };
  yield {
    type: 'outcome',
    check,
    subject:
      resource === '' ? { type: 'file', id: file ?? location.filename } : { type: 'terraform', id: resource },
    verdict: by.verdict,
    severity: severityOf(value.severity),
    message: value.description || value.rule_description || undefined,
    fix: value.resolution || undefined,
    file,
    line: lineOf(location.start_line),
    suppressed: by.ignored ? { kind: 'ignore comment' } : undefined,
    details: Object.fromEntries(Object.entries(details).filter(([, each]) => each)),
  };
}
