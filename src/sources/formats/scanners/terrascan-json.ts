import { z } from 'zod';
import { conform } from '../../each.ts';
import type { Item, Report, Sample, Source } from '../../types.ts';
import { instantOf, lineOf, placeOf, severityOf } from '../../values.ts';
import { membersOf } from '../members.ts';

const text = z.string().nullish();
const count = z.number().int().nonnegative().nullish();
const list = z.array(z.unknown()).nullish();

const scan = z.looseObject({
  results: z.looseObject({
    scan_errors: z.array(z.looseObject({ iac_type: text, directory: text, errMsg: z.string() })).nullish(),
    violations: list,
    skipped_violations: list,
    passed_rules: list,
    scan_summary: z
      .looseObject({
        'file/folder': text,
        iac_type: text,
        scanned_at: text,
        policies_validated: count,
        violated_policies: count,
      })
      .nullish(),
  }),
});
const rule = z.looseObject({
  rule_id: z.string().min(1),
  rule_name: text,
  description: text,
  severity: text,
  category: text,
});
const violation = rule.extend({
  resource_name: text,
  resource_type: text,
  file: text,
  line: z.number().nullish(),
  comment: text,
});
type Violation = z.infer<typeof violation>;

/** A scan of all kinds of code says of each kind that is not there that it is not there. */
const NOT_THERE =
  /not found in the directory|^no helm charts found|^no .{1,40} files? found|has no .{1,40} config files/i;

/** Terrascan's `-o json`: what violates; with `--show-passed` also what passed, by rule and without its resources. */
export const terrascanJson: Source = {
  id: 'terrascan-json',
  title: 'Terrascan, -o json',
  tool: 'terrascan',
  layer: 'ci',
  population: 'varies',
  reference: 'https://github.com/tenable/terrascan: pkg/results/types.go',

  detect({ first }: Sample) {
    const results = membersOf(membersOf(first)?.results);
    return results !== undefined && 'violations' in results && 'scan_summary' in results
      ? 'its results have violations and scan_summary'
      : undefined;
  },

  async *read(report: Report): AsyncGenerator<Item> {
    yield* conform(await report.json(), scan, ofScan);
  },
};

function* ofScan({ results }: z.infer<typeof scan>): Generator<Item> {
  const { violations, skipped_violations, passed_rules, scan_errors, scan_summary } = results;
  const folder = scan_summary?.['file/folder'] ?? 'scan';
  const absent = (scan_errors ?? []).filter(({ errMsg }) => NOT_THERE.test(errMsg));
  yield {
    type: 'run',
    ended: goTime(scan_summary?.scanned_at),
    population: passed_rules == null ? 'failures' : 'all',
    scanned: scan_summary?.policies_validated ?? undefined,
    stated: scan_summary?.violated_policies == null ? {} : { fail: scan_summary.violated_policies },
    note: absent.length === 0 ? undefined : `not there: ${absent.map(({ iac_type }) => iac_type).join(', ')}`,
  };
  const rows = { violations, skipped_violations };
  for (const [name, each] of Object.entries(rows))
    for (const [i, row] of (each ?? []).entries()) {
      const skipped = name === 'skipped_violations';
      yield* conform(
        row,
        violation,
        (value) => ofViolation(value, skipped, folder),
        undefined,
        `results.${name}[${i}]`,
      );
    }
  for (const [i, row] of (passed_rules ?? []).entries())
    yield* conform(row, rule, (value) => ofPassed(value, folder), undefined, `results.passed_rules[${i}]`);
  for (const error of scan_errors ?? [])
    if (!NOT_THERE.test(error.errMsg))
      yield { type: 'problem', message: `terrascan: ${error.errMsg}`, file: placeOf(error.directory ?? '') };
}

function* ofViolation(value: Violation, skipped: boolean, folder: string): Generator<Item> {
  const { resource_name, resource_type, file, comment } = value;
  const id = [resource_type, resource_name].filter(Boolean).join('.');
  yield {
    type: 'outcome',
    ...about(value),
    subject:
      id === ''
        ? { type: 'file', id: file || folder }
        : { type: resource_type || 'resource', id, name: resource_name || id },
    verdict: skipped ? 'not_evaluated' : 'fail',
    file: file ? placeOf(file) : undefined,
    line: lineOf(value.line),
    suppressed: skipped ? { kind: 'skip comment or annotation', reason: comment || undefined } : undefined,
  };
}

function* ofPassed(value: z.infer<typeof rule>, folder: string): Generator<Item> {
  yield { type: 'outcome', ...about(value), subject: { type: 'folder', id: folder }, verdict: 'pass' };
}

function about({ rule_id, rule_name, description, severity, category }: z.infer<typeof rule>) {
  const details = { name: rule_name, category };
  return {
    check: rule_id,
    severity: severityOf(severity),
    message: description || rule_name || undefined,
    details: Object.fromEntries(Object.entries(details).filter(([, each]) => each)),
  };
}

/** Go's time in words: `2021-05-19 13:13:06.083208 +0000 UTC`. */
const goTime = (value: unknown) =>
  typeof value === 'string' ? instantOf(value.replace(/ [A-Z]{3,4}( m=.*)?$/, '')) : undefined;
