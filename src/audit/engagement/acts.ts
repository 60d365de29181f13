import type { LogReader } from '../../ledger/index.ts';
import { ExhibitError } from '../../record/index.ts';
import { type Act, type Acts, readActs } from '../acts/read.ts';
import type { AuditAct } from '../scope/draft.ts';
import type { Source } from '../scope/source.ts';
import { type Engagement, readEngagement } from './engagement.ts';

/** What an engagement is known by, and what is asked and answered in it: few, however much is read. */
const OPENED = ['engagement opened'] as const;
const ASKED = ['engagement opened', 'request', 'reply'] as const;

/**
 * What was done in engagements, in the order of the log; of one of them where it is given: then only days since it was opened are read.
 * @throws ExhibitError LAKE_FAILED where days are missing: a list that leaves something out is none
 */
export async function engagementActs(source: Source, of?: Engagement): Promise<Act[]> {
  const period = of === undefined ? {} : { from: of.opened_at.slice(0, 10) };
  return mustBeWhole(
    await readActs(source, period, of === undefined ? undefined : { engagement: of.engagement }),
  );
}

/** Openings, requests and replies of all engagements; reads are not among them. @throws ExhibitError LAKE_FAILED */
export async function engagementRequests(source: Source): Promise<Act[]> {
  return mustBeWhole(await readActs(source, {}, { kinds: ASKED }));
}

function mustBeWhole({ acts, missing }: Acts): Act[] {
  if (missing !== undefined)
    throw new ExhibitError('LAKE_FAILED', `what was done in audits cannot be listed whole: ${missing}`, {
      hint: 'exhibit lake status EVIDENCE shows what is missing; exhibit lake rebuild makes files anew from the log.',
    });
  return acts.filter(({ engagement }) => engagement !== undefined);
}

/**
 * All engagements of a log, in the order in which they were opened, with their state at a time (Unix milliseconds).
 * @param most openings; more are refused
 */
export async function listEngagements(source: Source, now: number, most?: number): Promise<Engagement[]> {
  return engagementsIn(source.reader, mustBeWhole(await readActs(source, {}, { kinds: OPENED }, most)), now);
}

/** The same out of acts that were read already. */
export async function engagementsIn(
  reader: LogReader,
  acts: readonly Act[],
  now: number,
): Promise<Engagement[]> {
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
export function requestsOf(acts: readonly Act[]): Request[] {
  const text = ({ details }: Act, name: string) => {
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

/** What an auditor asks for, as an act of the engagement; of one control where it is named. */
export function requestAct({ text, control }: { text: string; control?: string }) {
  return {
    ...{ type: 'access', kind: 'request', message: 'the auditor asked for something' },
    details: { text, ...(control === undefined ? {} : { control }) },
  } as const satisfies AuditAct;
}

/** What the team replies. @param request record id of what was asked */
export function replyAct({ text, request }: { text: string; request: string }) {
  return {
    ...{ type: 'response', kind: 'reply', message: 'the team replied to a request' },
    details: { text, request },
  } as const satisfies AuditAct;
}
