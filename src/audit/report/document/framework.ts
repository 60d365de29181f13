import type { AuditReport } from '../schema.ts';
import { code, dayRows, evidenceWords, KIND_WORDS, table, text } from './parts.ts';
import type { DocumentSection } from './types.ts';

export function frameworkSections(report: AuditReport): DocumentSection[] {
  const { denominators: of, controls } = report;
  const evident = controls.filter(({ days }) => days.length > 0);
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
          `${of.with_evidence} of ${of.controls} controls have a pass or a fail in the period; ${of.with_exceptions} have exceptions. A link is no evidence, and evidence of a part is not the whole.`,
        ),
      ],
    },
    {
      id: 'days',
      title: 'Evidence by control and day',
      blocks:
        evident.length === 0
          ? [text('No control has evidence.')]
          : [
              dayRows(report, evident),
              text(
                `${controls.length - evident.length} of ${controls.length} controls have no evidence on any day, and stand in the table below.`,
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
          ]),
        ),
      ],
    },
    matrixSection(report),
  ];
}

const LAYERS = ['pre-commit', 'ci', 'admission', 'runtime', 'evidence'] as const;

/** Which control was judged at which layer, with how many decisions and in which modes. */
function matrixSection({ controls }: AuditReport): DocumentSection {
  const rows = controls
    .filter(({ layers }) => layers.length > 0)
    .map(({ id, layers }) => [
      code(id),
      ...LAYERS.map((layer) => {
        const here = layers.filter((each) => each.layer === layer);
        if (here.length === 0) return 'not judged';
        const modes = [...new Set(here.map(({ mode }) => mode))].sort().join(', ');
        return `${here.reduce((sum, { decisions }) => sum + decisions, 0)} decisions (${modes}), since ${here.map(({ first_day }) => first_day).sort()[0]}`;
      }),
    ]);
  return {
    id: 'layers',
    title: 'Layers',
    blocks: [table('Where each control was judged in the period', ['Control', ...LAYERS], rows)],
  };
}
