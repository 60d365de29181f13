import { z } from 'zod';
import { conform, problemOf } from '../../each.ts';
import type { Item, Report, Sample, Source } from '../../types.ts';
import { instantOf, verdictBy } from '../../values.ts';

const text = z.string().nullish();
const entry = z.looseObject({ 'reference-id': text, 'entry-id': text });
// YAML may make a date of a time.
const moment = z.union([z.string(), z.date()]).nullish();
const log = z.looseObject({
  requirement: entry,
  plan: entry.nullish(),
  description: text,
  result: z.string(),
  message: text,
  recommendation: text,
  applicability: z.array(z.string()).nullish(),
  'steps-executed': z.number().nullish(),
  'confidence-level': text,
  start: moment,
  end: moment,
});
const evaluation = z.looseObject({
  name: text,
  result: z.string(),
  message: text,
  control: entry,
  'assessment-logs': z.array(z.unknown()).nullish(),
});
const evaluationLog = z.looseObject({
  metadata: z
    .looseObject({
      id: text,
      version: text,
      author: z.looseObject({ id: text, name: text, version: text }).nullish(),
    })
    .nullish(),
  target: z.looseObject({ id: z.string(), name: text, type: text }),
  evaluations: z.array(z.unknown()),
});
type Log = z.infer<typeof evaluationLog>;
type Evaluation = z.infer<typeof evaluation>;

/** Words of Gemara's `#Result`. What was not run, or needs a person, nobody knows. */
const verdictOf = verdictBy({
  Passed: 'pass',
  Failed: 'fail',
  'Not Applicable': 'not_applicable',
  'Needs Review': 'not_evaluated',
  'Not Run': 'not_evaluated',
  Unknown: 'not_evaluated',
});

/** Evaluation logs of Gemara, YAML or JSON: one outcome an assessment of a requirement. */
export const gemara: Source = {
  id: 'gemara',
  title: 'Gemara evaluation log',
  tool: 'gemara',
  layer: 'evidence',
  population: 'all',
  reference: 'https://github.com/gemaraproj/gemara: evaluationlog.cue',

  detect({ first }: Sample) {
    if (typeof first !== 'object' || first === null) return undefined;
    const { metadata, evaluations, target } = first as Record<string, unknown>;
    if (!Array.isArray(evaluations) || target === undefined) return undefined;
    const named = (metadata as { type?: unknown } | null | undefined)?.type === 'EvaluationLog';
    const logs = evaluations.some(
      (each) => typeof each === 'object' && each !== null && 'assessment-logs' in each,
    );
    return named || logs ? 'it is an EvaluationLog of Gemara' : undefined;
  },

  async *read(report: Report): AsyncGenerator<Item> {
    for await (const { value, error, line } of report.values()) {
      if (error !== undefined) yield problemOf(error, line);
      else yield* conform(value, evaluationLog, ofLog, line);
    }
  },
};

function* ofLog(whole: Log): Generator<Item> {
  const author = whole.metadata?.author;
  if (author != null)
    yield {
      type: 'run',
      tool_version: author.version ?? undefined,
      note: `made by ${author.name ?? author.id ?? 'an author without a name'}`,
    };
  for (const [i, each] of whole.evaluations.entries())
    yield* conform(each, evaluation, (one) => ofEvaluation(one, whole, i), undefined, `evaluations[${i}]`);
}

function* ofEvaluation(one: Evaluation, { target }: Log, index: number): Generator<Item> {
  const subject = {
    type: target.type ?? 'target',
    id: target.id,
    ...(target.name == null ? {} : { name: target.name }),
  };
  const logs = one['assessment-logs'] ?? [];
  const results: string[] = [];
  for (const [i, each] of logs.entries())
    yield* conform(
      each,
      log,
      function* (assessed): Generator<Item> {
        results.push(assessed.result);
        const reference = assessed.requirement['reference-id'] ?? one.control['reference-id'];
        const check = [reference, assessed.requirement['entry-id']].filter(Boolean).join('/');
        yield {
          type: 'outcome',
          check: check === '' ? nameOf(one) : check,
          ...(assessed.plan?.['entry-id'] == null ? {} : { rule: assessed.plan['entry-id'] }),
          subject,
          verdict: verdictOf(assessed.result),
          message: assessed.message ?? assessed.description ?? undefined,
          fix: assessed.recommendation ?? undefined,
          observed_at: timeOf(assessed.end) ?? timeOf(assessed.start),
          details: {
            result: assessed.result,
            control: nameOf(one),
            ...(assessed.applicability == null ? {} : { applicability: assessed.applicability }),
            ...(assessed['steps-executed'] == null ? {} : { steps_executed: assessed['steps-executed'] }),
            ...(assessed['confidence-level'] == null ? {} : { confidence: assessed['confidence-level'] }),
          },
        };
      },
      undefined,
      `evaluations[${index}].assessment-logs[${i}]`,
    );
  if (logs.length === 0)
    yield {
      type: 'outcome',
      check: nameOf(one),
      subject,
      verdict: verdictOf(one.result),
      message: one.message ?? undefined,
      details: { result: one.result },
    };
  if (one.result === 'Passed' && results.includes('Failed'))
    yield {
      type: 'problem',
      check: nameOf(one),
      message: `${nameOf(one)} is Passed, and one of its assessments is Failed`,
    };
}

const nameOf = ({ control, name }: Evaluation): string =>
  [control['reference-id'], control['entry-id']].filter(Boolean).join('/') || name || 'control';

const timeOf = (value: string | Date | null | undefined): string | undefined =>
  instantOf(value instanceof Date ? value.toISOString() : value);
