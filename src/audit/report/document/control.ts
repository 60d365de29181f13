import { matrixOf } from '../pictures/matrix.ts';
import { lineageOf } from '../pictures/others.ts';
import type { AuditReport, ControlReport } from '../schema.ts';
import { manualTable } from './manual.ts';
import { code, dayRows, heading, KIND_WORDS, sinceWords, table, text, when } from './parts.ts';
import type { DocumentBlock, DocumentSection } from './types.ts';

/** Most changes of one control that are listed; more are said as a number. */
const MOST = 100;

/** Id of its section. */
export const controlAnchor = ({ id }: Pick<ControlReport, 'id'>): string =>
  `control-${id.replace(/[^a-z0-9]+/gi, '-')}`;

/** What the evidence says of one control. */
export function controlSection(report: AuditReport, control: ControlReport): DocumentSection {
  return {
    id: controlAnchor(control),
    title: `${report.scope.framework}/${control.id} ${control.title}`.trim(),
    blocks: [
      text(
        `Coverage: ${KIND_WORDS[control.kind]}. Links from checks of other tools: ${control.foreign_checks}.`,
      ),
      table(
        'What the policies say',
        ['Policy', 'Says', 'Why it speaks to the control', 'Strength', 'Modes', 'Expected', 'Since', 'Text'],
        control.policies.map((policy) => [
          code(policy.policy_id),
          `${policy.title}. ${policy.says}`.replace(/\.\. /, '. '),
          policy.rationale,
          policy.strength,
          Object.entries(policy.modes)
            .map(([layer, mode]) => `${layer}: ${mode}`)
            .join('; '),
          policy.cadence,
          sinceWords(policy, report),
          code(policy.text_digest ?? 'not in the log'),
        ]),
      ),
      ...(control.days.length === 0
        ? [text('No day of the period has evidence.')]
        : [dayRows(report, [control])]),
      heading('Population and coverage'),
      text(
        `${control.subjects} subjects, ${control.decisions} decisions: ${control.pass} pass, ${control.fail} fail (of them ${control.waived} waived), ${control.undecided} undecided, ${control.not_applicable} not applicable. A pass or a fail on ${control.days_with_evidence} of ${control.days_expected} days.`,
      ),
      ...(control.policies.length + control.layers.length === 0 ? [] : [matrixOf(report, [control])]),
      table(
        'Layers',
        [
          'Policy',
          'Layer',
          'Tool',
          'Mode',
          'First day',
          'Last day',
          'Days',
          'Decisions',
          'Pass',
          'Fail',
          'Waived',
          'Undecided',
        ],
        control.layers.map((each) => [
          code(each.policy_id),
          each.layer,
          each.tool,
          each.mode,
          each.first_day,
          each.last_day,
          each.days,
          each.decisions,
          each.pass,
          each.fail,
          each.waived,
          each.undecided,
        ]),
      ),
      ...exceptionBlocks(control),
      table(
        'Overrides used',
        ['Override', 'Policy', 'Fails waived'],
        control.waivers.map((each) => [code(each.override_id), code(each.policy_id), each.uses]),
      ),
      heading('Manual evidence'),
      text('People gave it and reviewed it. It is in no count above, and is no pass of a policy.'),
      manualTable(
        'Documents, screenshots and attestations',
        control.manual.map((item) => ({ item, lead: [item.ai_system ?? ''] })),
        ['AI system'],
      ),
      ...changeBlocks(control.changes, 'Changes of its policies in the period'),
      ...lineageOf(report, control),
    ],
  };
}

function exceptionBlocks({ exceptions, exceptions_listed }: ControlReport): DocumentBlock[] {
  const rest = exceptions - exceptions_listed.length;
  return [
    table(
      `Exceptions: ${exceptions}. One that was fixed stays one in its period`,
      [
        'Subject',
        'Policy',
        'Severity',
        'Message',
        'First fail',
        'Last fail',
        'Fails',
        'Waived',
        'Passed later',
        'Record',
      ],
      exceptions_listed.map((each) => [
        `${each.subject_type} ${each.subject_id}${each.environment === '' ? '' : ` (${each.environment})`}`,
        code(each.policy_id),
        each.severity,
        each.message,
        when(each.first_failed),
        when(each.last_failed),
        each.fails,
        each.waived,
        each.passed === null ? 'not in the period' : when(each.passed),
        code(`${each.log_index} ${each.record_id}`),
      ]),
    ),
    ...(rest > 0 ? [text(`${rest} more exceptions are not listed: exhibit query decisions lists all.`)] : []),
  ];
}

export function changeBlocks(changes: AuditReport['changes'], caption: string): DocumentBlock[] {
  const rest = changes.length - MOST;
  return [
    table(
      caption,
      ['When', 'Policy', 'What', 'Fields', 'Revision', 'Record', 'Text'],
      changes
        .slice(0, MOST)
        .map((each) => [
          when(each.recorded_at),
          code(each.policy_id),
          each.what,
          each.fields.join(', '),
          code(each.revision.slice(0, 12)),
          code(`${each.log_index} ${each.record_id}`),
          code(each.text_digest ?? ''),
        ]),
    ),
    ...(rest > 0 ? [text(`${rest} more changes are not listed here: -o json has all.`)] : []),
  ];
}
