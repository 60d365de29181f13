import { parse } from 'yaml';
import { z } from 'zod';
import { conform } from '../../each.ts';
import type { Item, Problem, Report, Sample, Source } from '../../types.ts';
import { verdictBy } from '../../values.ts';
import { type Block, blocksOf, type Said } from './kyverno-blocks.ts';
import { isObject } from './objects.ts';
import { itemsOf, reportObject } from './report-object.ts';
import { isReport } from './report-source.ts';

const tests = z.array(
  z.looseObject({
    POLICY: z.string(),
    RULE: z.string().nullish(),
    RESOURCE: z.string(),
    RESULT: z.string(),
    REASON: z.string().nullish(),
  }),
);
const held = verdictBy({ Pass: 'pass', Fail: 'fail' });

/**
 * What `kyverno apply --policy-report` and `kyverno test -o json` print. RESULT of a test says whether its expectation held, not
 * what the policy said, so that its policy ids begin with `kyverno-test`.
 */
export const kyvernoCliJson: Source = {
  id: 'kyverno-cli-json',
  title: 'Kyverno CLI, apply --policy-report and test -o json',
  tool: 'kyverno',
  layer: 'ci',
  population: 'varies',
  reference: 'https://github.com/kyverno/kyverno: cmd/cli/kubectl-kyverno/commands',

  detect({ first, head }: Sample) {
    if (isObject(first) && ours(first) && isObject(first.metadata) && first.metadata.name === 'merged')
      return 'its report is named merged, as only the command line does';
    if (/^(Loading test |Executing )/m.test(head) && /"POLICY"|^ {2}POLICY: /m.test(head))
      return 'it has lines and results of kyverno test';
    return /^(Applying \d+ polic|Warning: .*kyverno\.io)/m.test(head) &&
      /^(\{.*|apiVersion: )"?(.*openreports|.*wgpolicyk8s)\.io/m.test(head)
      ? 'it has lines and a report of kyverno apply'
      : undefined;
  },

  async *read(report: Report): AsyncGenerator<Item> {
    let blocks = 0;
    for await (const part of blocksOf(report)) {
      if (!('kind' in part)) yield* said(part);
      else {
        blocks += 1;
        yield* ofBlock(part);
      }
    }
    if (blocks === 0)
      yield {
        type: 'problem',
        message: 'no report and no test results are in the output',
        hint: 'Use kyverno apply --policy-report, or kyverno test -o json.',
      };
  },
};

const ours = (object: Record<string, unknown>): boolean =>
  isReport(object, 'openreports.io') || isReport(object, 'wgpolicyk8s.io');

function* ofBlock(block: Block): Generator<Item> {
  const value = parsedBlock(block);
  if (!('value' in value)) {
    yield value;
    return;
  }
  if (block.kind === 'tests') yield* conform(value.value, tests, ofTests, block.line);
  else if (!isObject(value.value) || !ours(value.value))
    yield { type: 'problem', message: 'an object in the output is no report', line: block.line };
  else
    yield* conform(
      value.value,
      reportObject,
      (object) => itemsOf(object, 'ci', undefined, block.syntax !== 'json'),
      block.line,
    );
}

function parsedBlock({ text, syntax, line }: Block): { value: unknown } | Problem {
  try {
    return { value: syntax === 'json' ? JSON.parse(text) : parse(text, { maxAliasCount: 100 }) };
  } catch {
    return {
      type: 'problem',
      message: `the report is not well-formed ${syntax === 'json' ? 'JSON' : 'YAML'}`,
      line,
      hint: 'The output may have been cut off. Run kyverno again.',
    };
  }
}

function* ofTests(list: z.infer<typeof tests>): Generator<Item> {
  for (const { POLICY, RULE, RESOURCE, RESULT, REASON } of list)
    yield {
      type: 'outcome',
      tool: 'kyverno-test',
      check: POLICY,
      ...(RULE == null || RULE === '' || RULE === POLICY ? {} : { rule: RULE }),
      subject: { type: 'policy-test', id: RESOURCE },
      verdict: held(RESULT),
      message: REASON ?? undefined,
      details: { expectation: RESULT },
    };
}

/** Sums and errors that the command line says in plain words. */
function* said({ text, line }: Said): Generator<Item> {
  const [, passed, failed] = /^Test Summary: (\d+) tests? passed and (\d+) tests? failed/.exec(text) ?? [];
  if (passed !== undefined && failed !== undefined)
    yield { type: 'run', stated: { pass: Number(passed), fail: Number(failed) } };
  else if (/^(Error|error|failed|Failed)[: ]/.test(text))
    yield { type: 'problem', message: `kyverno says: ${text.slice(0, 500)}`, line };
}
