import {
  type AuditReport,
  bundleIndexes,
  continuation,
  type DocumentFacts,
  engagementActs,
  levelText,
  policiesOf,
  REPORT_OF_LAW,
  type REPORTS,
  type ReportName,
  readEngagement,
  readReport,
  reportDocument,
  sourceHere,
  unreadableReport,
} from '../../../audit/index.ts';
import type { Tell } from '../../../lake/index.ts';
import type { LedgerReader } from '../../../ledger/index.ts';
import { formatInstant, isExhibitError } from '../../../record/index.ts';
import { isOpen, readFindings, respondSettings } from '../../../respond/index.ts';
import { documentSections } from '../../../web/index.ts';
import { driftReport } from './drift.ts';
import type { LatePages, Model, RenderedPage, WorkQuestion } from './messages.ts';
import { viewFacts } from './view-facts.ts';

type Asked = Extract<WorkQuestion, { kind: 'model' }>;

/** Reports that are pages for every framework; views of one law are for theirs alone. */
const PAGES: readonly ReportName[] = ['framework', 'overrides', 'completeness', 'methodology'];

/**
 * Reads and renders all that the pages of an engagement show.
 * @param reader is held at one size of the log
 * @throws ExhibitError LEDGER_..., LAKE_FAILED, QUERY_FAILED
 */
export async function readPages(
  reader: LedgerReader,
  asked: Asked,
  tell: Tell,
): Promise<{ model: Model; report: AuditReport }> {
  const { scope, now } = asked;
  const engagement = await readEngagement(reader, asked.engagement, now);
  const report = await readReport(reader, scope, {
    today: formatInstant(now).slice(0, 10),
    level: await levelText(reader),
    engagement: asked.engagement,
    verification: asked.verification,
    progress: (done, total) => tell('questions answered', done, total),
  });
  tell('proofs and acts read', 0, 1);
  const end = engagement.period_end.over ? engagement.period_end : report.checkpoint.period_end;
  const continuations = [
    await continuation(reader, 'period end', end),
    await continuation(reader, 'opening', engagement.at_opening),
  ];
  const acts = await engagementActs(sourceHere(reader), engagement);
  const bundles = await bundleIndexes(reader);
  return { model: modelOf(report, { acts, continuations, bundles, read_at: now }, asked), report };
}

/** What is left to say of a log that does not hold. */
export function failedModel(asked: Asked, origin: string, why: string): Model {
  const { scope, now } = asked;
  const nothing = { acts: [], continuations: [], bundles: {} };
  return modelOf(unreadableReport(scope, origin, why), { ...nothing, read_at: now }, asked);
}

/** The pages on drift, and on what is failing now. */
export async function readLate(
  reader: LedgerReader,
  report: AuditReport,
  { now: at, respond }: Pick<Asked, 'now' | 'respond'>,
  tell: Tell,
): Promise<LatePages> {
  // The same settings as those of the commands, read as they do.
  const settings = respondSettings(respond, { cwd: process.cwd() });
  const policies = new Set(policiesOf(report));
  const evaluated = await readFindings(reader, settings, {
    clock: () => at,
    progress: (done, total) => tell('records read', done, total),
    keep: (finding) => finding.policies.some((id) => policies.has(id)),
  });
  const { now } = evaluated;
  const drift = driftReport(evaluated, report.scope, policies, { now, config: settings.config });
  const open = evaluated.findings.filter(({ state }) => isOpen(state));
  const facts = { drift, ...(await viewFacts(reader, report, open, { clock: () => now })) };
  return {
    drift: pageOf('drift', report, { drift }),
    engineer: pageOf('engineer', report, facts),
    lead: pageOf('lead', report, facts),
  };
}

function modelOf(
  report: AuditReport,
  rest: Pick<Model, 'acts' | 'continuations' | 'bundles' | 'read_at'>,
  { callers }: Pick<Asked, 'callers'>,
): Model {
  const readers = { digest: undefined, callers };
  const { scope, standing, checkpoint, framework, denominators, totals, controls, questions } = report;
  const own = REPORT_OF_LAW[scope.framework];
  const names = [...PAGES, ...(own === undefined ? [] : [own])];
  const pages = new Map(names.map((name) => [name as string, pageOf(name, report, { readers })]));
  for (const { id } of controls) pages.set(`control/${id}`, pageOf('control', report, { control: id }));
  return {
    ...{ scope, standing, checkpoint, framework, denominators, totals, questions },
    ...rest,
    policies: policiesOf(report),
    controls: controls.map((each) => ({
      ...{ id: each.id, title: each.title, kind: each.kind, decisions: each.decisions, pass: each.pass },
      ...{ fail: each.fail, waived: each.waived, undecided: each.undecided, exceptions: each.exceptions },
      ...{ days_expected: each.days_expected, days_with_evidence: each.days_with_evidence },
      documents: {
        handed_in: each.manual.length,
        in_force: each.manual.filter(({ in_force }) => in_force).length,
      },
    })),
    pages: Object.fromEntries(pages),
  };
}

function pageOf(
  name: (typeof REPORTS)[number],
  report: AuditReport,
  more: Omit<DocumentFacts, 'report'> & { control?: string } = {},
): RenderedPage {
  const { title, warnings, lead, sections, footer } = reportDocument(name, {
    report,
    // The head of each page says it, as it is when the page is asked for.
    verification_apart: true,
    ...more,
  });
  return {
    ...{ title, warnings, lead, footer },
    sections: documentSections(sections).map(({ id, title: head, body }) => ({
      ...{ id, title: head },
      html: body.text,
    })),
  };
}

export function isTampered(error: unknown): error is Error & { code: string } {
  return isExhibitError(error) && error.kind === 'tampered';
}
