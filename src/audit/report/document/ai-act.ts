import { type AiActIndex, type AiPoint, type AiSystem, aiActIndex } from '../ai-act.ts';
import type { AuditReport, SystemDecisions } from '../schema.ts';
import { manualTable } from './manual.ts';
import { code, heading, table, text, when } from './parts.ts';
import type { DocumentSection } from './types.ts';
import { under, viewOf } from './views.ts';

/** Articles 9 and 11 as a whole, and for each AI system what there is of each point of them and of Annex IV. */
export function aiActSections(report: AuditReport): DocumentSection[] {
  const index = aiActIndex(report);
  return [
    {
      id: 'scope',
      title: 'What this can show',
      blocks: [
        text(
          'Whether a system is high-risk is a legal question that no policy answers. A policy on a registration shows what is stated of it, and not that it is true.',
        ),
        text(
          'The technical documentation of Article 11 is that of one system. A system is listed here once a decision or a document names it: one that nobody registered, and that no document names, is not in the list.',
        ),
      ],
    },
    viewOf('article-9', 'Article 9: risk management, all systems together', under(report, '9')),
    viewOf('article-11', 'Article 11: technical documentation, all systems together', under(report, '11')),
    overview(index),
    ...index.systems.map(systemSection),
    withoutSystem(index),
  ];
}

/** Of its place, not of its name: that is somebody else's text. */
const anchor = (at: number): string => `ai-system-${at + 1}`;

function overview({ systems, on }: AiActIndex): DocumentSection {
  return {
    id: 'annex-iv',
    title: 'Annex IV: index of the documentation, by AI system',
    blocks: [
      table(
        `AI systems that evidence names up to ${on}`,
        [
          'AI system',
          'Last named',
          'Points of Annex IV with a document in force',
          'Of',
          'Points where something is missing',
        ],
        systems.map(({ id, last_named, annex_iv }) => [
          code(id),
          when(last_named),
          annex_iv.in_force,
          annex_iv.points,
          annex_iv.with_missing,
        ]),
        'no decision and no document names one. That is no sign that there is none.',
      ),
    ],
  };
}

function systemSection({ id, points }: AiSystem, at: number): DocumentSection {
  return {
    id: anchor(at),
    title: `AI system ${id}`,
    blocks: [
      table(
        `Articles 9 and 11 and Annex IV, ${id}`,
        ['Point', 'Title', 'Documents', 'Decisions of policies', 'Missing'],
        points.map((point) => [
          code(point.id),
          point.title,
          DOCUMENTS[point.documents],
          DECISIONS[point.decisions],
          point.missing.join('; '),
        ]),
        'the framework of the log lists no point.',
      ),
      manualTable(
        `Documents, screenshots and attestations, ${id}`,
        points.flatMap((point) => point.manual.map((item) => ({ item, lead: [code(point.id)] }))),
        ['Point'],
        'none names this system.',
      ),
      table(
        `Decisions of policies, ${id}`,
        [
          ...['Point', 'Policy', 'Decisions', 'Pass', 'Fail', 'Waived', 'Undecided', 'Subjects', 'Failing'],
          ...['Newest', 'Last verdict, of the worst', 'Record'],
        ],
        points.flatMap((point) => point.policies.map((said) => decisionRow(point, said))),
        'none names this system.',
      ),
    ],
  };
}

function decisionRow(point: AiPoint, said: SystemDecisions) {
  const { policy_id, decisions, pass, fail, waived, undecided, subjects, failing, shown } = said;
  return [
    code(point.id),
    code(policy_id),
    ...[decisions, pass, fail, waived, undecided, subjects, failing],
    when(said.last_recorded_at),
    shown.verdict,
    code(`${shown.log_index} ${shown.record_id}`),
  ];
}

const DOCUMENTS: Record<AiPoint['documents'], string> = {
  in_force: 'in force',
  failed: 'failed its review',
  not_reviewed: 'not reviewed',
  stale: 'stale',
  missing: 'missing',
};

const DECISIONS: Record<AiPoint['decisions'], string> = {
  passing: 'pass',
  failing: 'fail',
  open: 'undecided',
  not_applicable: 'not applicable',
  none: 'none',
};

function withoutSystem({ without_system, judged_nothing }: AiActIndex): DocumentSection {
  return {
    id: 'without-system',
    title: 'Evidence that names no AI system',
    blocks: [
      text('It counts for none of the systems above: whose it is cannot be told.'),
      heading('Documents, screenshots and attestations'),
      manualTable(
        'Given without a system',
        without_system.flatMap(({ id, manual }) => manual.map((item) => ({ item, lead: [code(id)] }))),
        ['Point'],
      ),
      heading('Decisions of policies'),
      table(
        'Decisions of the period that name no system',
        ['Point', 'Policy', 'Decisions'],
        without_system.flatMap(({ id, policies }) =>
          policies.map(({ policy_id, decisions }) => [code(id), code(policy_id), decisions]),
        ),
        'none that judged anything.',
      ),
      ...(judged_nothing.length === 0
        ? []
        : [
            text(
              'These policies ran and judged nothing so many times: what they judge was not in what they were given. That is no evidence for any point, and does not show that there is no AI system.',
            ),
            table(
              'Policies that judged nothing',
              ['Policy', 'Times'],
              judged_nothing.map(({ policy_id, runs }) => [code(policy_id), runs]),
            ),
          ]),
    ],
  };
}
