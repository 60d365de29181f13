import { z } from 'zod';
import type { Layer, Verdict } from '../../../record/index.ts';
import type { Item, Outcome, Suppression } from '../../types.ts';
import { instantOf, severityOf, verdictBy } from '../../values.ts';
import { subjectOf } from './objects.ts';

const reference = z.looseObject({
  kind: z.string().nullish(),
  namespace: z.string().nullish(),
  name: z.string().nullish(),
});

/** One result of a PolicyReport, an OpenReports Report or one of Kyverno's intermediate reports: all have the same fields. */
export const reportResult = z.looseObject({
  policy: z.string().min(1),
  rule: z.string().nullish(),
  // `status` in v1alpha1 of wgpolicyk8s.io.
  result: z.string().nullish(),
  status: z.string().nullish(),
  message: z.string().nullish(),
  description: z.string().nullish(),
  source: z.string().nullish(),
  category: z.string().nullish(),
  severity: z.string().nullish(),
  scored: z.boolean().nullish(),
  resources: z.array(reference).nullish(),
  subjects: z.array(reference).nullish(),
  timestamp: z.looseObject({ seconds: z.number(), nanos: z.number().nullish() }).nullish(),
  properties: z.record(z.string(), z.unknown()).nullish(),
});
export type ReportResult = z.infer<typeof reportResult>;

export const reportSummary = z.looseObject({
  pass: z.number().nullish(),
  fail: z.number().nullish(),
  warn: z.number().nullish(),
  error: z.number().nullish(),
  skip: z.number().nullish(),
});

/** What a report says for all of its results. */
export interface ReportFrame {
  /** How the report is named in messages: `PolicyReport/default/cis`. */
  name: string;
  subject: Outcome['subject'] | undefined;
  source: string | undefined;
  layer: Layer;
  time: string | undefined;
  /** Made of the report's uid and version: one result of one state of the report. */
  identity: string | undefined;
}

/**
 * The words by the API's own definition: `warn` says that the requirements are not met and that the policy is not scored;
 * `skip` that the policy was not selected, by what the user set or because it does not apply, which alone tells nobody which.
 * @see wg-policy-prototypes, policy-report/pkg/api/wgpolicyk8s.io/v1alpha2/policyreport_types.go
 */
const verdictOf = verdictBy({
  pass: 'pass',
  fail: 'fail',
  warn: 'fail',
  error: 'error',
  skip: 'not_evaluated',
} satisfies Record<string, Verdict>);

/**
 * Kyverno says `pass` of a rule that changed an object, also where the request was refused after it. That judged nothing, and is told by
 * its words alone; who writes a policy chooses none of them.
 * @see kyverno, pkg/engine/handlers/mutation/common.go
 */
const MUTATED = /^mutated (resource$|[^\s/]+\/\S+( in namespace \S+)?$)/;

export const wordOf = ({ result, status }: ReportResult): string | undefined => result ?? status ?? undefined;

/** One outcome a resource of the result; of the report's own scope where the result names none. */
export function* outcomesOf(result: ReportResult, frame: ReportFrame, index: number): Generator<Item> {
  const { policy, rule, message, category, scored, properties } = result;
  const word = wordOf(result);
  const tool = toolOf(result.source ?? frame.source);
  // Falco's adapters put its source into `policy` and the rule into `rule`.
  const check = tool === 'falco' ? (rule ?? policy) : policy;
  const suppressed = word === 'skip' ? exceptionOf(result) : undefined;
  const changed = tool === 'kyverno' && word === 'pass' && MUTATED.test(message ?? '');
  const { index: number, process, ...other } = properties ?? {};
  const named = [...(result.resources ?? []), ...(result.subjects ?? [])].flatMap(
    (each) => subjectOf(each) ?? [],
  );
  const subjects = named.length > 0 ? named : [frame.subject ?? { type: 'report', id: frame.name }];
  for (const [at, subject] of subjects.entries())
    yield {
      type: 'outcome',
      check,
      tool,
      layer: process === 'admission review' ? 'admission' : frame.layer,
      ...ruleOf(typeof number === 'string' ? number : rule, check),
      subject,
      verdict:
        changed || (word === 'skip' && suppressed === undefined && tool === 'kyverno')
          ? 'not_applicable'
          : verdictOf(word),
      ...(changed ? { disposition: 'enforced' as const } : {}),
      severity: severityOf(result.severity) ?? severityOf(properties?.severity),
      message: message ?? result.description ?? undefined,
      observed_at: instantOf(result.timestamp?.seconds) ?? frame.time,
      source_id: frame.identity === undefined ? undefined : `${frame.identity}/${index}/${at}`,
      suppressed,
      details: {
        report: frame.name,
        ...(word === 'warn' || word === 'skip' || changed ? { result: word } : {}),
        ...(result.source == null ? {} : { source: result.source }),
        ...(category == null ? {} : { category }),
        ...(scored === false ? { scored } : {}),
        ...(process === undefined ? {} : { process }),
        ...(Object.keys(other).length === 0 ? {} : { properties: other }),
      },
    };
}

const ruleOf = (rule: string | null | undefined, check: string) =>
  rule == null || rule === check ? {} : { rule };

/** Kyverno names its engines one by one; the control map knows them as one tool. */
function toolOf(source: string | undefined): string {
  if (source === undefined || source === '') return 'policy-report';
  if (/^kyverno/i.test(source)) return 'kyverno';
  if (/^falco/i.test(source)) return 'falco';
  if (source === 'ValidatingAdmissionPolicy') return 'validating-admission-policy';
  if (source === 'MutatingAdmissionPolicy') return 'mutating-admission-policy';
  return source.toLowerCase();
}

/** A PolicyException that made Kyverno skip a rule: by property, and in older versions only by the message. */
function exceptionOf({ properties, message }: ReportResult): Suppression | undefined {
  const named = properties?.exceptions;
  if (named === undefined && !/skipped due to policy exception/i.test(message ?? '')) return undefined;
  return { kind: 'PolicyException', reason: typeof named === 'string' ? named : (message ?? undefined) };
}
