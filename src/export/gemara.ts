import { notes } from './notes.ts';
import { type ControlSummary, concludeAll, type PolicySummary, summarize } from './summary.ts';
import type { ExportContext, Exporter } from './types.ts';

/** @see https://gemara.openssf.org (Layer 5, EvaluationLog) */
export const GEMARA_VERSION = '1.5.0';

type Result = 'Not Run' | 'Passed' | 'Failed' | 'Needs Review' | 'Not Applicable' | 'Unknown';

/** From worst to best: the result of a whole is the worst of its parts. */
const WORST: readonly Result[] = ['Failed', 'Unknown', 'Needs Review', 'Not Run', 'Passed', 'Not Applicable'];

const STATE: Record<ControlSummary['state'], Result> = {
  satisfied: 'Passed',
  failed: 'Failed',
  undecided: 'Needs Review',
  not_applicable: 'Not Applicable',
  nothing_judged: 'Not Run',
};

/** Gemara EvaluationLog, as JSON, which is YAML too: an evaluation a control, an assessment for each policy of it. */
export const gemara: Exporter = async (decisions, context, write) => {
  const found = await summarize(decisions, context);
  await write(`${JSON.stringify(document(concludeAll(found, context), context), null, 2)}\n`);
};

function document(controls: readonly ControlSummary[], { coverage, request }: ExportContext) {
  const { ledger, from, to } = coverage;
  const evaluations = controls.map((control) => evaluation(control, from));
  const frameworks = [...new Set(controls.map(({ framework }) => framework))];
  return {
    metadata: {
      id: `${ledger.origin}/${from}/${to}`,
      type: 'EvaluationLog',
      'gemara-version': GEMARA_VERSION,
      version: `${ledger.size}`,
      date: `${to}T23:59:59Z`,
      description: notes(coverage).join(' '),
      author: { id: 'exhibit', name: 'Exhibit', type: 'Software', version: request.version },
      'mapping-references': frameworks.map((id) => ({
        id,
        title: id,
        version: 'as the control maps of the period name it',
      })),
    },
    target: {
      id: ledger.origin,
      name: ledger.origin,
      type: 'Software',
      description: 'Everything that the policies of this evidence ledger judged.',
    },
    result: worst(evaluations.map(({ result }) => result)),
    evaluations,
  };
}

function evaluation(control: ControlSummary, from: string) {
  const entry = { 'reference-id': control.framework, 'entry-id': control.control };
  const result = STATE[control.state];
  const message =
    control.reasons.length === 0
      ? 'every decision passed, and nothing of the period is missing'
      : control.reasons.join('; ');
  return {
    name: control.title ?? `${control.framework}/${control.control}`,
    result,
    message,
    control: entry,
    'assessment-logs':
      control.policies.length === 0
        ? [assessment(entry, 'no policy', 'Not Run', 'no policy supports the control', from, [])]
        : control.policies.map((policy) => assessmentOf(entry, policy, from)),
  };
}

type Entry = { 'reference-id': string; 'entry-id': string };

function assessmentOf(entry: Entry, policy: PolicySummary, from: string) {
  const { counts, decisions, waived, first, last, named } = policy;
  const open = counts.fail + counts.error + counts.not_evaluated;
  const message = `${decisions} decisions: ${counts.pass} pass, ${counts.fail} fail (${waived} waived), ${counts.error} error, ${counts.not_evaluated} not evaluated, ${counts.not_applicable} not applicable${open > named.length ? `; the first ${named.length} that did not pass are named` : ''}`;
  return {
    ...assessment(entry, policy.policy_id, resultOf(policy), message, from, [...policy.layers].sort()),
    ...(first === undefined ? {} : { start: seconds(first.observed_at) }),
    ...(last === undefined ? {} : { end: seconds(last.observed_at) }),
    'steps-executed': decisions === 0 ? 0 : 1,
    ...(named.length === 0 ? {} : { evidence: named.map(evidence) }),
  };
}

function assessment(
  requirement: Entry,
  policy: string,
  result: Result,
  message: string,
  from: string,
  layers: string[],
) {
  return {
    requirement,
    description: `Decisions of ${policy} about ${requirement['reference-id']}/${requirement['entry-id']}`,
    result,
    message,
    applicability: layers.length === 0 ? ['all'] : layers,
    steps: [policy],
    start: `${from}T00:00:00Z`,
  };
}

function evidence({ index, record_id, observed_at, text }: PolicySummary['named'][number]) {
  return {
    id: record_id,
    type: 'evidence record',
    'collected-at': seconds(observed_at),
    payload: { record_id, leaf: index },
    description: text,
  };
}

function resultOf({ counts, decisions }: PolicySummary): Result {
  if (decisions === 0) return 'Not Run';
  if (counts.fail > 0) return 'Failed';
  if (counts.error + counts.not_evaluated > 0) return 'Unknown';
  return counts.pass > 0 ? 'Passed' : 'Not Applicable';
}

function worst(results: readonly Result[]): Result {
  return WORST.find((each) => results.includes(each)) ?? 'Not Run';
}

/** Whole seconds: the schema's form has no fraction. */
function seconds(instant: string): string {
  return `${instant.slice(0, 19)}Z`;
}
