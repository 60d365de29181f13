import { enforcedIn, LAYERS, matrixOf } from '../pictures/matrix.ts';
import { funnelOf } from '../pictures/others.ts';
import type { AuditReport, ControlReport } from '../schema.ts';
import { manualWords } from './manual.ts';
import { code, dayRows, evidenceWords, KIND_WORDS, table, text } from './parts.ts';
import type { DocumentSection } from './types.ts';

/** @param hrefOf where a control is told of on the same page */
export function frameworkSections(
  report: AuditReport,
  hrefOf?: (control: ControlReport) => string,
): DocumentSection[] {
  const { denominators: of, controls } = report;
  const drawn = controls.filter(({ days }) => days.length > 0);
  const without = controls.filter(({ days_with_evidence }) => days_with_evidence === 0);
  const told = without.filter(({ days }) => days.length > 0).length;
  return [
    {
      id: 'coverage',
      title: 'Coverage',
      blocks: [
        table(
          'Controls, by how they can be shown',
          ['Kind', 'Controls', 'Of'],
          [
            [KIND_WORDS.automated, of.automated, of.controls],
            [KIND_WORDS.partly, of.partly, of.controls],
            [KIND_WORDS.manual, of.manual, of.controls],
            [KIND_WORDS.none, of.none, of.controls],
          ],
        ),
        text(
          `${of.with_evidence} of ${of.controls} controls have a pass or a fail in the period; ${of.with_exceptions} have exceptions. A link is no evidence, and evidence of a part is not the whole. ${of.with_manual} of ${of.controls} have manual evidence in force, which is counted apart.`,
        ),
      ],
    },
    {
      id: 'days',
      title: 'Evidence by control and day',
      blocks:
        drawn.length === 0
          ? [text('No control has evidence.')]
          : [
              dayRows(report, drawn, hrefOf),
              text(
                `Evidence of a day is a pass or a fail. ${without.length} of ${controls.length} controls ${without.length === 1 ? 'has' : 'have'} it on no day${told === 0 ? '' : `; for ${told} of these decisions came that found nothing to judge or came to no verdict, and they have a row here`}. The table below has all.`,
              ),
            ],
    },
    {
      id: 'controls',
      title: 'Controls',
      blocks: [
        table(
          'Every control of the framework',
          [
            'Control',
            'Title',
            'Coverage',
            'Policies',
            'Other checks',
            'Subjects',
            'Evidence',
            'Days',
            'Of',
            'Exceptions',
            'Manual evidence',
          ],
          controls.map((each) => [
            code(each.id),
            each.title,
            each.kind,
            each.policies.length,
            each.foreign_checks,
            each.subjects,
            evidenceWords(each),
            each.days_with_evidence,
            each.days_expected,
            each.exceptions,
            manualWords(each),
          ]),
        ),
      ],
    },
    matrixSection(report),
  ];
}

/** What each layer does with a fail of each control, what it did, and how much it let through. */
export function matrixSection(report: AuditReport): DocumentSection {
  const shown = report.controls.filter(({ layers, policies }) => layers.length + policies.length > 0);
  const single = shown.filter((control) => enforcedIn(control).length === 1);
  const none = shown.filter((control) => enforcedIn(control).length === 0);
  const rest = report.controls.length - shown.length;
  return {
    id: 'layers',
    title: 'Layers',
    blocks:
      shown.length === 0
        ? [text('No control has a policy, and none was judged.')]
        : [
            text(
              `Of ${shown.length} controls with a policy or a decision, ${single.length} have policies that stop a fail in one of the ${LAYERS.length} layers only: ${names(single)}. ${none.length} in none: ${names(none)}. ${rest} more of the ${report.controls.length} have neither. How many of the policies stop a fail is what they declare; beside it stands how many fails were stopped.`,
            ),
            matrixOf(report, shown),
            ...funnelOf(report),
          ],
  };
}

const names = (controls: readonly ControlReport[]): string =>
  controls.length === 0 ? 'none' : controls.map(({ id }) => id).join(', ');
