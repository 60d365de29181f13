import { notes } from './notes.ts';
import { line, prop, token } from './oscal-values.ts';
import { type ControlSummary, concludeAll, NAMED, type PolicySummary, summarize } from './summary.ts';
import type { ExportContext, Exporter } from './types.ts';
import { derivedUuid } from './uuid.ts';

/** @see https://pages.nist.gov/OSCAL-Reference/models/v1.2.1/assessment-results/json-outline/ */
export const OSCAL_VERSION = '1.2.1';

/** OSCAL assessment results: one result a framework, a finding a control, an observation for each policy of it. */
export const oscal: Exporter = async (decisions, context, write) => {
  const found = await summarize(decisions, context);
  const controls = concludeAll(found, context);
  await write(`${JSON.stringify({ 'assessment-results': document(controls, context) }, null, 2)}\n`);
};

function document(controls: readonly ControlSummary[], context: ExportContext) {
  const { coverage, request } = context;
  const { ledger, from, to } = coverage;
  const base = [
    ledger.origin,
    ledger.size,
    ledger.root,
    from,
    to,
    request.framework ?? '',
    request.control ?? '',
  ];
  const plan = derivedUuid(...base, 'plan');
  return {
    uuid: derivedUuid(...base, 'document'),
    metadata: {
      title: `Evidence of ${from} to ${to}`,
      // No clock of the export: the end of the period, so that the same evidence gives the same bytes.
      'last-modified': `${to}T23:59:59.999Z`,
      version: `${ledger.size}`,
      'oscal-version': OSCAL_VERSION,
      props: [prop('ledger-origin', ledger.origin), prop('ledger-root', ledger.root)],
    },
    // A plan is required, and Exhibit has none: the resource says so.
    'import-ap': { href: `#${plan}`, remarks: 'There is no OSCAL assessment plan: see the resource.' },
    results: [...Map.groupBy(controls, ({ framework }) => framework)].map(([framework, all]) =>
      result(framework, all, context, base),
    ),
    'back-matter': {
      resources: [
        {
          uuid: plan,
          title: 'No assessment plan',
          description:
            'The evidence comes from policies that run by themselves. What was planned are the policies and the control map of the bundles that the records name.',
        },
      ],
    },
  };
}

function result(
  framework: string,
  controls: readonly ControlSummary[],
  { coverage }: ExportContext,
  base: readonly (string | number)[],
) {
  const id = (...parts: string[]) => derivedUuid(...base, framework, ...parts);
  const observations = controls.flatMap((control) =>
    control.policies
      .filter(({ decisions }) => decisions > 0)
      .map((policy) => observation(control, policy, id(control.control, policy.policy_id), coverage.to)),
  );
  return {
    uuid: id('result'),
    title: `${framework}, ${coverage.from} to ${coverage.to}`,
    description: `Decisions of policies about the controls of ${framework}, as the evidence ledger holds them.`,
    start: `${coverage.from}T00:00:00.000Z`,
    end: `${coverage.to}T23:59:59.999Z`,
    props: [
      prop('coverage', coverage.complete ? 'complete' : 'not-complete'),
      prop('first-leaf', coverage.from_index),
      prop('end-leaf', coverage.to_index),
      prop('unclosed-records', coverage.unclosed.records),
    ],
    'reviewed-controls': {
      'control-selections': [
        { 'include-controls': controls.map(({ control }) => ({ 'control-id': token(control) })) },
      ],
    },
    ...(observations.length === 0 ? {} : { observations }),
    findings: controls.map((control) => finding(control, id)),
    remarks: notes(coverage).join('\n\n'),
  };
}

function observation(control: ControlSummary, policy: PolicySummary, uuid: string, to: string) {
  const { policy_id, counts, decisions, waived, first, last, named } = policy;
  const open = decisions - counts.pass - counts.not_applicable;
  return {
    uuid,
    title: `${policy_id} for ${control.framework}/${control.control}`,
    description: `${decisions} decisions: ${counts.pass} pass, ${counts.fail} fail (${waived} waived), ${counts.error} error, ${counts.not_evaluated} not evaluated, ${counts.not_applicable} not applicable.`,
    props: [
      prop('policy', policy_id),
      prop('strength', policy.strength),
      prop('decisions', decisions),
      ...Object.entries(counts).map(([verdict, count]) => prop(verdict.replaceAll('_', '-'), count)),
      prop('waived', waived),
      ...(first === undefined ? [] : [prop('first-leaf', first.index)]),
      ...(last === undefined ? [] : [prop('last-leaf', last.index)]),
    ],
    methods: ['TEST'],
    types: ['control-objective'],
    ...(named.length === 0
      ? {}
      : {
          'relevant-evidence': named.map(({ record_id, text, index }) => ({
            description: line(text),
            props: [prop('record-id', record_id), prop('leaf', index)],
          })),
        }),
    collected: last?.observed_at ?? `${to}T23:59:59.999Z`,
    ...(open > named.length
      ? {
          remarks: `The first ${NAMED} decisions that did not pass are named; ${open - named.length} more are counted here, and the saved question "decisions" lists them all.`,
        }
      : {}),
  };
}

function finding(control: ControlSummary, id: (...parts: string[]) => string) {
  const { state, reasons, policies } = control;
  const decisions = policies.reduce((sum, each) => sum + each.decisions, 0);
  const satisfied = state === 'satisfied';
  const related = policies
    .filter((policy) => policy.decisions > 0)
    .map(({ policy_id }) => ({ 'observation-uuid': id(control.control, policy_id) }));
  const said = satisfied ? 'every decision passed, and nothing of the period is missing' : reasons.join('; ');
  return {
    uuid: id(control.control, 'finding'),
    title: line(
      `${control.framework}/${control.control}${control.title === undefined ? '' : `: ${control.title}`}`,
    ),
    description: line(`${decisions} decisions of ${policies.length} policies: ${said}.`),
    target: {
      type: 'objective-id',
      'target-id': token(control.control),
      props: [
        prop('framework', control.framework),
        prop('control', control.control),
        prop('state', state.replaceAll('_', '-')),
      ],
      status: {
        state: satisfied ? 'satisfied' : 'not-satisfied',
        reason: satisfied ? 'pass' : state === 'failed' ? 'fail' : 'other',
        remarks: line(said),
      },
    },
    ...(related.length === 0 ? {} : { 'related-observations': related }),
  };
}
