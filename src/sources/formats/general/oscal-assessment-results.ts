import { z } from 'zod';
import { conform, problemOf } from '../../each.ts';
import type { Item, Outcome, Report, Sample, Source } from '../../types.ts';
import { instantOf, verdictBy } from '../../values.ts';

const text = z.string().nullish();
const prop = z.looseObject({ name: z.string(), value: z.string(), class: text });
const subject = z.looseObject({ 'subject-uuid': text, type: text, title: text });
const observation = z.looseObject({
  uuid: z.string(),
  title: text,
  description: text,
  props: z.array(prop).nullish(),
  subjects: z.array(subject).nullish(),
  collected: text,
});
const finding = z.looseObject({
  uuid: z.string(),
  title: text,
  description: text,
  target: z.looseObject({
    'target-id': z.string(),
    type: text,
    title: text,
    status: z.looseObject({ state: z.string(), reason: text, remarks: text }),
  }),
  'related-observations': z.array(z.looseObject({ 'observation-uuid': text })).nullish(),
});
const result = z.looseObject({
  uuid: z.string(),
  title: text,
  start: text,
  end: text,
  observations: z.array(z.unknown()).nullish(),
  findings: z.array(z.unknown()).nullish(),
});
const document = z.looseObject({
  'assessment-results': z.looseObject({
    uuid: z.string(),
    metadata: z.looseObject({ title: text, 'last-modified': text, 'oscal-version': text }),
    results: z.array(z.unknown()),
  }),
});
type Result = z.infer<typeof result>;

const ofFinding = verdictBy({ satisfied: 'pass', 'not-satisfied': 'fail' });
/** Values of properties that tools give their observations; OSCAL itself has no word for it. */
const ofObservation = verdictBy({
  pass: 'pass',
  satisfied: 'pass',
  fail: 'fail',
  failure: 'fail',
  warn: 'fail',
  'not-satisfied': 'fail',
  error: 'error',
});

/**
 * Assessment results of OSCAL, JSON or YAML: a finding says of a control's objective whether it is satisfied; an observation counts where
 * its properties name a result. An observation without one is what somebody saw, and no verdict.
 */
export const oscalAssessmentResults: Source = {
  id: 'oscal-assessment-results',
  title: 'OSCAL assessment results',
  tool: 'oscal',
  layer: 'evidence',
  population: 'varies',
  reference: 'https://pages.nist.gov/OSCAL/resources/concepts/layer/assessment/assessment-results/',

  detect({ first }: Sample) {
    return typeof first === 'object' && first !== null && 'assessment-results' in first
      ? 'it has assessment-results'
      : undefined;
  },

  async *read(report: Report): AsyncGenerator<Item> {
    for await (const { value, error, line } of report.values()) {
      if (error !== undefined) yield problemOf(error, line);
      else yield* conform(value, document, ofDocument, line);
    }
  },
};

function* ofDocument({ 'assessment-results': whole }: z.infer<typeof document>): Generator<Item> {
  yield { type: 'run', ended: instantOf(whole.metadata['last-modified']) };
  let silent = 0;
  for (const [i, each] of whole.results.entries())
    yield* conform(
      each,
      result,
      function* (one): Generator<Item> {
        const where = `assessment-results.results[${i}]`;
        for (const [k, seen] of (one.observations ?? []).entries())
          yield* conform(
            seen,
            observation,
            function* (value): Generator<Item> {
              const outcome = observed(value, one);
              if (outcome === undefined) silent += 1;
              else yield outcome;
            },
            undefined,
            `${where}.observations[${k}]`,
          );
        for (const [k, found] of (one.findings ?? []).entries())
          yield* conform(
            found,
            finding,
            (value) => [concluded(value, one)],
            undefined,
            `${where}.findings[${k}]`,
          );
      },
      undefined,
      `assessment-results.results[${i}]`,
    );
  if (silent > 0) yield { type: 'run', note: `${silent} observations state no result` };
}

function observed(value: z.infer<typeof observation>, of: Result): Outcome | undefined {
  const props = value.props ?? [];
  const by = (kind: string, ...names: string[]) =>
    (props.find((each) => each.class === `scc_${kind}`) ?? props.find(({ name }) => names.includes(name)))
      ?.value;
  const said = by('result', 'result', 'results.result', 'assessment-result');
  if (said === undefined) return undefined;
  const resource = (key: string) => props.find(({ name }) => name === `results.resources.${key}`)?.value;
  const [kind, namespace, name] = [resource('kind'), resource('namespace'), resource('name')];
  const [about] = value.subjects ?? [];
  return {
    type: 'outcome',
    check: by('rule', 'assessment-rule-id', 'rule', 'results.policy') ?? value.title ?? value.uuid,
    subject:
      kind !== undefined && name !== undefined
        ? { type: kind, id: [kind, namespace, name].filter(Boolean).join('/'), name }
        : subjectOf(about, of),
    verdict: ofObservation(said.toLowerCase()),
    message: by('description', 'results.message', 'reason') ?? value.description ?? undefined,
    observed_at: instantOf(value.collected) ?? instantOf(of.end) ?? instantOf(of.start),
    source_id: `${value.uuid}/observation`,
    details: { result: said, from: 'observation' },
  };
}

function concluded(value: z.infer<typeof finding>, of: Result): Outcome {
  const { status } = value.target;
  return {
    type: 'outcome',
    check: value.target['target-id'],
    subject: subjectOf(undefined, of),
    verdict: ofFinding(status.state),
    message: value.description ?? value.title ?? undefined,
    observed_at: instantOf(of.end) ?? instantOf(of.start),
    source_id: `${value.uuid}/finding`,
    details: {
      state: status.state,
      from: 'finding',
      ...(status.reason == null ? {} : { reason: status.reason }),
      observations: (value['related-observations'] ?? []).flatMap((each) => each['observation-uuid'] ?? []),
    },
  };
}

/** What was seen; for a finding, and an observation without a subject, the result that it stands in. */
function subjectOf(about: z.infer<typeof subject> | undefined, of: Result): Outcome['subject'] {
  const id = about?.['subject-uuid'];
  if (id != null) return { type: about?.type ?? 'component', id, name: about?.title ?? id };
  return { type: 'assessment', id: of.uuid, name: of.title ?? of.uuid };
}
