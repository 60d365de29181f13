import { plural } from '../../record/index.ts';
import { changeBlocks } from '../report/document/control.ts';
import { driftSections } from '../report/document/drift.ts';
import type { DocumentFacts } from '../report/document/facts.ts';
import { documentFrame } from '../report/document/frame.ts';
import { frameworkSections, matrixSection } from '../report/document/framework.ts';
import { code, evidenceWords, ownerWords, table, text, when } from '../report/document/parts.ts';
import { ageBlocks } from '../report/document/registers.ts';
import type { DocumentSection, ReportDocument } from '../report/document/types.ts';
import { enforcedIn } from '../report/pictures/matrix.ts';
import { heartbeatOf, hoursOf } from '../report/pictures/others.ts';

/** For who answers for the whole: what is covered, what is not, what is open, and what auditors wait for. No score. */
export function leadView(facts: DocumentFacts): ReportDocument {
  const { report, drift } = facts;
  const coverage = frameworkSections(report).filter(({ id }) => id === 'coverage' || id === 'days');
  return {
    ...documentFrame('Compliance at a glance', facts),
    sections: [
      ...coverage,
      withoutLayer(facts),
      matrixSection(report),
      gapSection(facts),
      { id: 'override-ages', title: 'Overrides by age', blocks: ageBlocks(report, facts.most_overrides) },
      ...(drift === undefined ? [unread] : driftSections(drift, report)),
      {
        id: 'changes',
        title: 'Policies that changed',
        blocks: changeBlocks(report.changes, 'Changes of policies in the period'),
      },
      engagementSection(facts),
    ],
  };
}

const unread: DocumentSection = {
  id: 'drift',
  title: 'Drift response',
  blocks: [text('Findings were not read: nothing is said of them.')],
};

function withoutLayer({ report: { controls } }: DocumentFacts): DocumentSection {
  const none = controls.filter((control) => enforcedIn(control).length === 0);
  return {
    id: 'without-layer',
    title: 'Controls without a layer that enforces them',
    blocks: [
      text(
        `${none.length} of ${controls.length} controls: no policy in force stops a fail of them at any layer.`,
      ),
      table(
        'Not enforced anywhere',
        ['Control', 'Title', 'Coverage', 'Policies', 'Other checks', 'Evidence', 'Days', 'Of'],
        none.map((each) => [
          code(each.id),
          each.title,
          each.kind,
          each.policies.length,
          each.foreign_checks,
          evidenceWords(each),
          each.days_with_evidence,
          each.days_expected,
        ]),
      ),
    ],
  };
}

function gapSection({ report }: DocumentFacts): DocumentSection {
  const { completeness, standing } = report;
  const { sources, unmapped_decisions } = completeness;
  const { sources_expected: expected } = standing;
  const silent = sources.filter(
    ({ days_missed, runs_missed, numbers_missing }) =>
      days_missed.length + (runs_missed ?? 0) + numbers_missing > 0,
  );
  return {
    id: 'gaps',
    title: 'Gaps',
    blocks: [
      text(
        standing.missing.length === 0
          ? `Nothing of the ${plural(standing.days_expected, 'day')} is known to be missing.`
          : 'Known to be missing:',
      ),
      ...standing.missing.map(({ message }) => text(`${message}.`)),
      text(
        `${expected === 0 ? 'No source is expected: register them, or nobody will miss a run that does not come.' : `${plural(expected, 'source')} expected, ${silent.filter(({ owner }) => owner !== null).length} of them with gaps.`} ${plural(unmapped_decisions, 'decision')} ${unmapped_decisions === 1 ? 'counts' : 'count'} for no control.`,
      ),
      ...heartbeatOf(report),
      ...hoursOf(report),
      table(
        'Sources with gaps',
        ['Source', 'Owner', 'Days missed', 'Of', 'Runs missed', 'Numbers missing'],
        silent.map((each) => [
          code(each.emitter),
          ownerWords(each),
          each.days_missed.length,
          each.days_expected ?? 'not by day',
          each.runs_missed ?? '',
          each.numbers_missing,
        ]),
      ),
    ],
  };
}

function engagementSection({ engagements, engagements_problem }: DocumentFacts): DocumentSection {
  const lines = engagements ?? [];
  const open = lines.filter(({ state }) => state === 'open');
  const waiting = lines.flatMap((line) => line.unanswered.map((request) => ({ ...request, of: line })));
  return {
    id: 'engagements',
    title: 'Engagements and requests',
    blocks: [
      text(
        engagements === undefined
          ? `The engagements were not read${engagements_problem === undefined ? '' : `: ${engagements_problem}`}. Nothing is said of them.`
          : `${open.length} of ${lines.length} engagements are open; ${waiting.length} requests have no answer.`,
      ),
      ...(engagements === undefined
        ? []
        : [
            table(
              'Requests without an answer',
              ['Engagement', 'Framework', 'Asked', 'Control', 'Request', 'State'],
              waiting.map(({ of, asked_at, control, text: words }) => [
                code(of.engagement),
                of.framework,
                when(asked_at),
                code(control),
                words,
                of.state,
              ]),
            ),
            table(
              'Engagements',
              ['Engagement', 'Framework', 'From', 'To', 'State', 'Expires', 'Requests', 'Unanswered'],
              lines.map((line) => [
                code(line.engagement),
                line.framework,
                line.from,
                line.to,
                line.state,
                when(line.expires),
                line.requests,
                line.unanswered.length,
              ]),
            ),
          ]),
    ],
  };
}
