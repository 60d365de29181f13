import { z } from 'zod';
import { conform, each } from '../../each.ts';
import type { Item, Report, Sample, Source } from '../../types.ts';
import { verdictBy } from '../../values.ts';
import { firstMembers, membersOf } from '../members.ts';

const count = z.number().int().nonnegative().optional();

const totals = { total_pass: count, total_fail: count };
const node = z.looseObject({
  version: z.string().nullish(),
  node_type: z.string().nullish(),
  ...totals,
  tests: z.array(
    z.looseObject({
      section: z.string().nullish(),
      desc: z.string().nullish(),
      results: z.array(z.unknown()),
    }),
  ),
});
const whole = z.looseObject({
  Controls: z.array(z.unknown()),
  Totals: z.looseObject(totals).nullish(),
});
const check = z.looseObject({
  test_number: z.string().min(1),
  test_desc: z.string().nullish(),
  type: z.string().nullish(),
  remediation: z.string().nullish(),
  status: z.string(),
  scored: z.boolean().nullish(),
  reason: z.string().nullish(),
});

/** `WARN` is what a person has to look at: a manual check, one that is not scored, one whose command did not run. */
const VERDICT = verdictBy({ PASS: 'pass', FAIL: 'fail', WARN: 'not_evaluated', INFO: 'not_evaluated' });

/** kube-bench's `--json`: checks of the CIS benchmarks on one node. Before 0.5 an object for each kind of node, one after the other. */
export const kubeBenchJson: Source = {
  id: 'kube-bench-json',
  title: 'kube-bench, --json',
  tool: 'kube-bench',
  layer: 'runtime',
  population: 'all',
  reference: 'https://github.com/aquasecurity/kube-bench: check/controls.go, check/check.go',

  detect({ first }: Sample) {
    const value = membersOf(first);
    if (value === undefined) return undefined;
    if (firstMembers(value.Controls)?.node_type !== undefined) return 'it has Controls with node_type';
    return 'node_type' in value && 'total_pass' in value && 'tests' in value
      ? 'it has node_type, tests and total_pass'
      : undefined;
  },

  read(report: Report): AsyncGenerator<Item> {
    return each(report.values(), z.unknown(), (value) =>
      membersOf(value) !== undefined && 'Controls' in (value as object)
        ? conform(value, whole, ofWhole)
        : conform(value, node, (one) => ofNode(one, true, '')),
    );
  },
};

function* ofWhole({ Controls, Totals }: z.infer<typeof whole>): Generator<Item> {
  if (Totals != null) yield statedBy(Totals);
  for (const [i, one] of Controls.entries())
    yield* conform(
      one,
      node,
      (value) => ofNode(value, Totals == null, `Controls[${i}].`),
      undefined,
      `Controls[${i}]`,
    );
}

function* ofNode(value: z.infer<typeof node>, counted: boolean, where: string): Generator<Item> {
  if (counted) yield statedBy(value);
  const id = value.node_type || 'node';
  for (const [i, { results, desc }] of value.tests.entries())
    for (const [j, one] of results.entries())
      yield* conform(
        one,
        check,
        function* ({ test_number, test_desc, type, remediation, status, scored, reason }) {
          const skipped = type === 'skip';
          const details = { section: desc, reason, ...(scored === false ? { scored } : {}) };
          yield {
            type: 'outcome',
            // A number means another check in another version of the benchmark.
            check: [value.version, test_number].filter(Boolean).join('/'),
            subject: { type: 'node', id },
            verdict: skipped ? 'not_evaluated' : VERDICT(status),
            message: test_desc ?? undefined,
            fix: status === 'PASS' ? undefined : (remediation ?? undefined),
            suppressed: skipped
              ? { kind: 'type skip in the benchmark', reason: reason ?? undefined }
              : undefined,
            details: Object.fromEntries(
              Object.entries(details).filter(([, each]) => each != null && each !== ''),
            ),
          };
        },
        undefined,
        `${where}tests[${i}].results[${j}]`,
      );
}

const statedBy = ({ total_pass, total_fail }: z.infer<z.ZodObject<typeof totals>>): Item => ({
  type: 'run',
  stated: {
    ...(total_pass === undefined ? {} : { pass: total_pass }),
    ...(total_fail === undefined ? {} : { fail: total_fail }),
  },
});
