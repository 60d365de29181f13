import { z } from 'zod';
import { each } from '../../each.ts';
import type { Item, Outcome, Report, Sample, Source } from '../../types.ts';
import { lineOf, placeOf, severityOf } from '../../values.ts';
import { membersOf } from '../members.ts';

const result = z.looseObject({
  msg: z.string(),
  loc: z
    .looseObject({ file: z.string().nullish(), line: z.union([z.number(), z.string()]).nullish() })
    .nullish(),
  metadata: z.record(z.string(), z.unknown()).nullish(),
});
type Result = z.infer<typeof result>;

// A list that is empty is left out; one that is null or anything else is damage, and must not look like an empty one.
const list = z.array(result).optional();
const document = z.looseObject({
  filename: z.string(),
  namespace: z.string().min(1),
  successes: z.number().int().nonnegative(),
  failures: list,
  warnings: list,
  exceptions: list,
  skipped: list,
});
type Document = z.infer<typeof document>;

/**
 * Conftest's `-o json`: an item for each document and namespace. The policy is the namespace and a rule in it the rule, since what passed is
 * told for the namespace only: a document with successes and nothing else passed it.
 */
export const conftestJson: Source = {
  id: 'conftest-json',
  title: 'Conftest, -o json',
  tool: 'conftest',
  layer: 'ci',
  population: 'all',
  reference: 'https://github.com/open-policy-agent/conftest: output/result.go',

  detect({ first }: Sample) {
    const value = membersOf(first);
    return value !== undefined && 'filename' in value && 'namespace' in value && 'successes' in value
      ? 'its items have filename, namespace and successes'
      : undefined;
  },

  async *read(report: Report): AsyncGenerator<Item> {
    let documents = 0;
    yield* each(report.values(), document, (value) => {
      documents += 1;
      return ofDocument(value);
    });
    yield { type: 'run', scanned: documents };
  },
};

function* ofDocument(value: Document): Generator<Item> {
  const {
    filename,
    namespace,
    successes,
    failures = [],
    warnings = [],
    exceptions = [],
    skipped = [],
  } = value;
  // Standard input has no name, and `--combine` names all files so.
  const id = filename === '' ? 'stdin' : filename;
  const base = {
    type: 'outcome' as const,
    check: namespace,
    subject: { type: 'document', id },
    file: filename === '' || filename === 'Combined' ? undefined : placeOf(filename),
  };
  for (const one of failures) yield { ...base, ...said(one), verdict: 'fail' };
  // Conftest lets what only warns through.
  for (const one of warnings)
    yield { ...base, ...said(one), verdict: 'fail', disposition: 'warned', details: { level: 'warning' } };
  for (const one of exceptions)
    yield {
      ...base,
      ...said(one),
      message: 'an exception holds for this document',
      verdict: 'not_evaluated',
      suppressed: { kind: 'exception in Rego', reason: one.msg },
    };
  for (const one of skipped) yield { ...base, ...said(one), verdict: 'not_evaluated' };
  if (failures.length + warnings.length + exceptions.length + skipped.length > 0) return;
  yield {
    ...base,
    verdict: successes > 0 ? 'pass' : 'not_evaluated',
    message: successes > 0 ? undefined : 'no rule of this namespace was evaluated',
    details: { rules: successes },
  };
}

/** The rule's name stands only in the query: `data.main.deny_latest`. */
function said({ msg, loc, metadata }: Result): Pick<Outcome, 'rule' | 'message' | 'severity' | 'line'> {
  const query = metadata?.query;
  const rule = typeof query === 'string' ? query.split('.').at(-1) : undefined;
  return {
    ...(rule ? { rule } : {}),
    message: msg === '' ? undefined : msg,
    severity: severityOf(metadata?.severity),
    line: lineOf(Number(loc?.line)),
  };
}
