import type { AuditReport, ControlReport, ReportDocument } from '../../audit/index.ts';
import { derivedUuid, line, prop, token } from '../../export/index.ts';

/** @see https://pages.nist.gov/OSCAL-Reference/models/v1.1.3/assessment-results/json-outline/ */
export const OSCAL_VERSION = '1.1.3';

/**
 * OSCAL assessment results of a report: one result, an observation and a finding for each control with a link or evidence, a risk for
 * nothing. Ids are derived, so that the same input gives the same bytes.
 */
export function reportOscal(report: AuditReport, { title }: Pick<ReportDocument, 'title'>): object {
  const { scope, checkpoint, standing } = report;
  const id = (...parts: string[]) =>
    derivedUuid(
      checkpoint.origin,
      checkpoint.size,
      checkpoint.root,
      scope.framework,
      scope.from,
      scope.to,
      ...parts,
    );
  const end = `${scope.to}T23:59:59.999Z`;
  const controls = report.controls.filter(
    ({ policies, foreign_checks, decisions, manual }) =>
      policies.length + foreign_checks + decisions + manual.length > 0,
  );
  const observations = controls.flatMap((control) => [
    ...(control.decisions > 0 ? [observation(control, report, id, end)] : []),
    ...(control.manual.length > 0 ? [examination(control, report, id, end)] : []),
  ]);
  const plan = id('plan');
  return {
    'assessment-results': {
      uuid: id('document', title),
      metadata: {
        title: line(title),
        // No clock: the end of the period.
        'last-modified': end,
        version: `${checkpoint.size}`,
        'oscal-version': OSCAL_VERSION,
        props: [prop('ledger-origin', checkpoint.origin), prop('ledger-root', checkpoint.root)],
      },
      'import-ap': { href: `#${plan}`, remarks: 'There is no OSCAL assessment plan: see the resource.' },
      results: [
        {
          uuid: id('result'),
          title: line(`${scope.framework}, ${scope.from} to ${scope.to}`),
          description:
            'Decisions of policies about the controls of one framework, as the evidence ledger holds them.',
          start: `${scope.from}T00:00:00.000Z`,
          end,
          props: [
            prop('coverage', standing.complete ? 'complete' : 'not-complete'),
            prop('verification', standing.verification.state.replace('_', '-')),
            ...Object.entries(report.denominators).map(([name, count]) =>
              prop(name.replaceAll('_', '-'), count),
            ),
          ],
          'reviewed-controls': {
            'control-selections': [
              controls.length === 0
                ? { description: 'No control has a policy, a check or evidence.' }
                : { 'include-controls': controls.map((control) => ({ 'control-id': token(control.id) })) },
            ],
          },
          ...(observations.length === 0 ? {} : { observations }),
          ...(controls.length === 0
            ? {}
            : { findings: controls.map((control) => finding(control, report, id)) }),
          ...(standing.warnings.length === 0 ? {} : { remarks: standing.warnings.map(line).join('\n\n') }),
        },
      ],
      'back-matter': {
        resources: [
          {
            uuid: plan,
            title: 'No assessment plan',
            description:
              'The evidence comes from policies that run by themselves: the policies and the control map of the bundles that the records name.',
          },
        ],
      },
    },
  };
}

type Id = (...parts: string[]) => string;

function observation(control: ControlReport, { scope }: AuditReport, id: Id, end: string) {
  const { pass, fail, waived, undecided, not_applicable, decisions, subjects, exceptions_listed } = control;
  const rest = control.exceptions - exceptions_listed.length;
  return {
    uuid: id('observation', control.id),
    title: line(`${scope.framework}/${control.id}`),
    description: `${subjects} subjects, ${decisions} decisions: ${pass} pass, ${fail} fail (${waived} waived), ${undecided} undecided, ${not_applicable} not applicable; evidence on ${control.days_with_evidence} of ${control.days_expected} days.`,
    props: [
      prop('decisions', decisions),
      prop('exceptions', control.exceptions),
      ...control.policies.map(({ policy_id }) => prop('policy', policy_id)),
    ],
    methods: ['TEST'],
    types: ['control-objective'],
    ...(exceptions_listed.length === 0
      ? {}
      : {
          'relevant-evidence': exceptions_listed.map((each) => ({
            description: line(`${each.policy_id}: ${each.subject_type} ${each.subject_id}: ${each.message}`),
            props: [
              prop('record-id', each.record_id),
              prop('leaf', each.log_index),
              prop('passed-later', each.passed ?? 'no'),
            ],
          })),
        }),
    collected: end,
    ...(rest > 0 ? { remarks: `${rest} more exceptions are counted here and not named.` } : {}),
  };
}

/** What people gave, apart from what policies decided: an observation of its own, by another method. */
function examination({ id: control, manual }: ControlReport, { scope }: AuditReport, id: Id, end: string) {
  const in_force = manual.filter((item) => item.in_force).length;
  return {
    uuid: id('examination', control),
    title: line(`${scope.framework}/${control}: manual evidence`),
    description: `${manual.length} documents, screenshots and attestations, of them ${in_force} in force on ${scope.to}. They are in no count of decisions.`,
    props: [prop('manual-items', manual.length), prop('manual-in-force', in_force)],
    methods: ['EXAMINE'],
    types: ['control-objective'],
    'relevant-evidence': manual.map((item) => ({
      description: line(
        `${item.title}: ${item.verdict === 'not_evaluated' ? 'not reviewed' : `${item.verdict} by ${item.reviewer ?? ''}`}; ${item.freshness}`,
      ),
      props: [
        prop('record-id', item.record_id),
        prop('leaf', item.log_index),
        prop('digest', item.digest),
        prop('valid-until', item.valid_until),
        prop('in-force', item.in_force ? 'yes' : 'no'),
        ...(item.ai_system === null ? [] : [prop('ai-system', item.ai_system)]),
      ],
    })),
    collected: end,
  };
}

function finding(control: ControlReport, { scope, standing }: AuditReport, id: Id) {
  const reasons = [
    ...(control.exceptions > 0 ? [`${control.exceptions} exceptions`] : []),
    ...(control.undecided > 0 ? [`${control.undecided} undecided`] : []),
    ...(control.pass + control.fail === 0 ? ['no evidence'] : []),
    ...(control.kind === 'automated' ? [] : ['no policy covers it in full']),
    ...(standing.complete ? [] : ['the period is not complete']),
  ];
  const related = [
    ...(control.decisions > 0 ? ['observation'] : []),
    ...(control.manual.length > 0 ? ['examination'] : []),
  ];
  const said =
    reasons.length === 0
      ? 'every decision passed, and nothing of the period is known to be missing'
      : reasons.join('; ');
  return {
    uuid: id('finding', control.id),
    title: line(`${scope.framework}/${control.id} ${control.title}`),
    description: said,
    target: {
      type: 'objective-id',
      'target-id': token(control.id),
      status: {
        state: reasons.length === 0 ? 'satisfied' : 'not-satisfied',
        reason: reasons.length === 0 ? 'pass' : control.exceptions > 0 ? 'fail' : 'other',
        remarks: said,
      },
    },
    ...(related.length === 0
      ? {}
      : { 'related-observations': related.map((kind) => ({ 'observation-uuid': id(kind, control.id) })) }),
  };
}
