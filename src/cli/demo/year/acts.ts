import {
  addedSchema,
  auditDraft,
  closingDraft,
  engagementDraft,
  expiringFrom,
  mediaType,
  periodEnd,
  readEngagement,
  recordActs,
  replyAct,
  requestAct,
} from '../../../audit/index.ts';
import { addDays } from '../../../lake/index.ts';
import type { Ledger } from '../../../ledger/index.ts';
import { DAY_MILLISECONDS } from '../../../record/index.ts';
import type { Context } from '../../context.ts';
import { actorReference } from '../../evidence/actors.ts';
import { draft } from '../../manual/common.ts';
import { reviewDraft } from '../../manual/review.ts';
import { AI_SYSTEM } from './company.ts';

const LEAD = 'Grace, compliance lead';
const AUDITOR = 'Ada, Example Audit';

interface Document {
  /** Numbers of the days on which it was added, and until which it says something. */
  day: number;
  valid: number;
  control: string;
  /** SOC 2 where it is not given. */
  framework?: string;
  /** The one system that it documents. */
  ai_system?: string;
  title: string;
  form: 'document' | 'attestation';
  text: string;
  /** Whether and how it was reviewed. */
  verdict?: 'pass' | 'fail';
  note?: string;
}

/** What no policy can judge: documents and attestations, one of them stale, one that failed its review, one that nobody looked at yet. */
const documents = (last: number): Document[] => [
  ...([
    {
      day: 12,
      valid: last + 120,
      control: 'cc1.1',
      title: 'Code of conduct',
      form: 'document',
      text: '# Code of conduct\n\nGenerated for a demonstration. All staff signed version 4.',
      verdict: 'pass',
    },
    {
      day: 40,
      valid: last - 60,
      control: 'cc1.4',
      title: 'Training on security, list of who took it',
      form: 'document',
      text: '# Training\n\nGenerated for a demonstration. 41 of 43 people took the course.',
      verdict: 'pass',
    },
    {
      day: 152,
      valid: last + 200,
      control: 'cc9.1',
      title: 'Review of suppliers',
      form: 'document',
      text: '# Suppliers\n\nGenerated for a demonstration. Reviewed: 9 of 12.',
      verdict: 'fail',
      note: 'Three suppliers are missing; the owner was told.',
    },
    {
      day: 170,
      valid: last + 200,
      control: 'cc9.1',
      title: 'Review of suppliers, complete',
      form: 'document',
      text: '# Suppliers\n\nGenerated for a demonstration. Reviewed: 12 of 12.',
      verdict: 'pass',
    },
    {
      day: 260,
      valid: last + 20,
      control: 'cc3.1',
      title: 'The board stated the objectives of the year',
      form: 'attestation',
      text: 'Generated for a demonstration. The board agreed on the objectives in its meeting of the second quarter.',
      verdict: 'pass',
    },
    {
      day: last - 3,
      valid: last + 300,
      control: 'cc2.3',
      title: 'Status page for customers',
      form: 'attestation',
      text: 'Generated for a demonstration. Incidents are told to customers on the status page.',
    },
  ] satisfies Document[]),
  ...annexIv(last),
];

/** Technical documentation of the AI system by point of Annex IV: of its changes (6) there is none, one failed its review, one nobody looked at yet. */
const annexIv = (last: number): Document[] =>
  (
    [
      [20, 1, 'General description', 'pass'],
      [20, 2, 'Elements and development', 'pass'],
      [20, 3, 'Monitoring, functioning and control', 'pass'],
      [21, 4, 'Why the metrics fit', 'fail'],
      [275, 5, 'Risk management, reviewed', 'pass'],
      [22, 7, 'Standards applied', 'pass'],
      [last - 5, 8, 'EU declaration of conformity', undefined],
      [22, 9, 'Plan for monitoring after the market', 'pass'],
    ] as const
  ).map(
    ([day, point, title, verdict]): Document => ({
      ...{ day, valid: point === 9 ? Math.max(60, last - 30) : last + 180, title, form: 'document' },
      ...{ framework: 'eu-ai-act', control: `annex-iv.${point}`, ai_system: AI_SYSTEM.id },
      text: `# ${title}\n\nGenerated for a demonstration. Point ${point} of Annex IV, for the system ${AI_SYSTEM.id}.`,
      ...(verdict === undefined ? {} : { verdict }),
      ...(verdict === 'fail' ? { note: 'It names the metrics and not why they fit the use.' } : {}),
    }),
  );

/** Adds and reviews the manual evidence of one day. */
export async function addDocuments(
  ledger: Ledger,
  day: number,
  first: string,
  last: number,
  context: Context,
): Promise<void> {
  for (const one of documents(last).filter((each) => each.day === day)) {
    const bytes = new TextEncoder().encode(one.text);
    const digest = await ledger.putBlob(bytes);
    const valid_until = addDays(first, one.valid);
    const { framework = 'soc2', control, ai_system } = one;
    const about = { framework, control, ...(ai_system === undefined ? {} : { ai_system }) };
    const details = addedSchema.parse({
      ...{
        kind: 'manual added',
        ...about,
        title: one.title,
        form: one.form,
        media_type: mediaType(bytes),
        bytes: bytes.length,
        digest,
      },
      ...{ valid_until, expiring_from: expiringFrom(valid_until) },
    });
    const by = actorReference(ledger.folder, 'Katherine', context.random);
    const [id = ''] = await recordActs(ledger, [
      draft(details, `manual evidence of ${framework}/${control}: ${one.title}`, by, context),
    ]);
    const { verdict, note } = one;
    if (verdict === undefined) continue;
    const review = { verdict, reviewer: LEAD, ...(note === undefined ? {} : { note }) };
    await recordActs(ledger, [
      reviewDraft({ record_id: id, added_by: by, ...details }, review, ledger.folder, context),
    ]);
  }
}

/** @returns the id of the engagement */
export async function openEngagement(
  ledger: Ledger,
  scope: { framework: string; from: string; to: string },
  days: number,
  context: Context,
): Promise<string> {
  const { size, root } = await ledger.checkpoint();
  const { engagement, draft } = engagementDraft(
    {
      scope,
      expires: context.clock() + days * DAY_MILLISECONDS,
      auditor: actorReference(ledger.folder, AUDITOR, context.random),
      opened_by: actorReference(ledger.folder, LEAD, context.random),
      at_opening: { size, root },
      period_end: await periodEnd(ledger, scope),
    },
    context,
  );
  await recordActs(ledger, [draft]);
  return engagement;
}

interface Said {
  control: string;
  request: string;
  /** The answer of the team; none yet where it is not given. */
  reply?: string;
}

export const INTERIM: readonly Said[] = [
  {
    control: 'cc8.1',
    request:
      'On one day of the period a change of payments came to the cluster without a pipeline. Who applied it?',
    reply:
      'Nobody could: the webhook refused it. The record of the denial is in the log, with the policy that asks for a pass.',
  },
  {
    control: 'cc7.2',
    request:
      'The watcher of production has no run on three days. Please say why, and what was not looked at.',
    reply:
      'The node that ran it was replaced and its credential had expired. Nothing was watched in that time; the gap is recorded and alerts now.',
  },
];

export const FINAL: readonly Said[] = [
  {
    control: 'cc6.6',
    request: 'Please show why any source could reach the port of the VPN, and who agreed to it.',
    reply:
      'Ticket NET-77: the override has owner, approver and sunset, and ended with it. The rule was closed one day before.',
  },
  {
    control: 'a1.2',
    request: 'The backups of legacy-reports are waived until after the period. What is in place instead?',
  },
];

/** Requests of the auditor and replies of the team. */
export async function talk(
  ledger: Ledger,
  engagement: string,
  said: readonly Said[],
  context: Context,
): Promise<void> {
  const by = (name: string) => actorReference(ledger.folder, name, context.random);
  for (const { control, request, reply } of said) {
    const [id = ''] = await recordActs(ledger, [
      auditDraft({ ...requestAct({ text: request, control }), engagement, actor: by(AUDITOR) }, context),
    ]);
    if (reply === undefined) continue;
    await recordActs(ledger, [
      auditDraft({ ...replyAct({ text: reply, request: id }), engagement, actor: by(LEAD) }, context),
    ]);
  }
}

export async function closeEngagement(ledger: Ledger, id: string, context: Context): Promise<void> {
  const engagement = await readEngagement(ledger, id, context.clock());
  const actor = actorReference(ledger.folder, LEAD, context.random);
  await recordActs(ledger, [closingDraft(engagement, 'the interim review is done', { ...context, actor })]);
}
