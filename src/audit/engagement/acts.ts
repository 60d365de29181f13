import { z } from 'zod';
import { type CoverageGap, query } from '../../lake/index.ts';
import type { LedgerReader } from '../../ledger/index.ts';
import { ExhibitError } from '../../record/index.ts';
import { type Engagement, readEngagement } from './engagement.ts';

/** Something that was done in an audit, as the log has it. */
export interface EngagementAct {
  log_index: number;
  record_id: string;
  record_type: string;
  recorded_at: string;
  engagement: string | undefined;
  kind: string;
  actor: string | undefined;
  message: string;
  details: Record<string, unknown>;
}

const rowSchema = z.tuple([
  z.number(),
  z.string(),
  z.string(),
  z.string(),
  z.string().nullable(),
  z.string().nullable(),
  z.string().nullable(),
  z.string().nullable(),
  z.string().nullable(),
]);

/** Gaps in which an act could lie. Days that are not closed are none: they are read from the log itself. */
const HIDING: ReadonlySet<string> = new Set<CoverageGap['kind']>([
  ...(['tail_not_read', 'manifest', 'not_in_manifest', 'file_missing', 'purged'] as const),
  ...(['file_differs', 'rows_differ', 'truncated'] as const),
]);

/**
 * What was done in audits, in the order of the log; of one engagement where it is given: then only days since it was opened are read.
 * @throws ExhibitError LAKE_FAILED where days are missing: a list that leaves something out is none
 */
export async function auditActs(reader: LedgerReader, of?: Engagement): Promise<EngagementAct[]> {
  const period = of === undefined ? {} : { from: of.opened_at.slice(0, 10) };
  const { rows, coverage } = await query(reader, { name: 'audit-acts', ...period }, { rowLimit: 1_000_000 });
  const gap = coverage.gaps.find(({ kind }) => HIDING.has(kind));
  if (gap !== undefined)
    throw new ExhibitError('LAKE_FAILED', `what was done in audits cannot be listed whole: ${gap.message}`, {
      hint: 'exhibit lake status EVIDENCE shows what is missing; exhibit lake rebuild makes files anew from the log.',
    });
  return rows
    .map((row) => rowSchema.parse(row))
    .map(([log_index, record_id, record_type, recorded_at, engagement, kind, actor, message, details]) => ({
      ...{ log_index, record_id, record_type, recorded_at },
      engagement: engagement ?? undefined,
      kind: kind ?? '',
      actor: actor ?? undefined,
      message: message ?? '',
      details: details === null ? {} : z.record(z.string(), z.unknown()).parse(JSON.parse(details)),
    }))
    .filter(({ engagement }) => of === undefined || engagement === of.engagement);
}

/** All engagements of a log, in the order in which they were opened, with their state at a time (Unix milliseconds). */
export async function listEngagements(reader: LedgerReader, now: number): Promise<Engagement[]> {
  const acts = await auditActs(reader);
  const ids = acts.flatMap(({ kind, engagement }) =>
    kind === 'engagement opened' && engagement !== undefined ? [engagement] : [],
  );
  const found: Engagement[] = [];
  for (const id of new Set(ids)) found.push(await readEngagement(reader, id, now));
  return found;
}

/** A request of an auditor and what the team said to it. */
export interface Request {
  record_id: string;
  asked_at: string;
  by: string | undefined;
  control: string | undefined;
  text: string;
  replies: { record_id: string; at: string; by: string | undefined; text: string }[];
}

/** The requests among the acts of one engagement, each with its replies. Texts are attacker-controlled. */
export function requestsOf(acts: readonly EngagementAct[]): Request[] {
  const text = ({ details }: EngagementAct, name: string) => {
    const value = details[name];
    return typeof value === 'string' ? value : undefined;
  };
  const found = acts
    .filter(({ kind }) => kind === 'request')
    .map(
      (act): Request => ({
        ...{ record_id: act.record_id, asked_at: act.recorded_at, by: act.actor },
        ...{ control: text(act, 'control'), text: text(act, 'text') ?? '', replies: [] },
      }),
    );
  const byId = new Map(found.map((request) => [request.record_id, request]));
  for (const act of acts.filter(({ kind }) => kind === 'reply'))
    byId.get(text(act, 'request') ?? '')?.replies.push({
      ...{ record_id: act.record_id, at: act.recorded_at, by: act.actor, text: text(act, 'text') ?? '' },
    });
  return found;
}
