import { z } from 'zod';
import type { LogReader, Unnumbered } from '../../ledger/index.ts';
import { sha256 } from '../../policy/index.ts';
import {
  type Clock,
  derivedId,
  ExhibitError,
  formatInstant,
  instant,
  type RandomBytes,
  toHex,
} from '../../record/index.ts';
import { actById } from '../scope/act.ts';
import { auditDraft } from '../scope/draft.ts';
import { type Scope, scopeSchema } from '../scope/scope.ts';

/** Longest that an engagement may be open: who needs longer opens another one. */
const LONGEST_DAYS = 400;

const tree = z.object({ size: z.int().min(0), root: z.string().regex(/^[0-9a-f]{64}$/) });

const openedSchema = z.object({
  kind: z.literal('engagement opened'),
  engagement: z.string().regex(/^eng-[0-9a-f]{16}$/),
  framework: z.string(),
  from: z.string(),
  to: z.string(),
  /** A salted reference, never a name. */
  auditor: z.string().min(1),
  expires: instant,
  /** The log when it was opened, and as it was at the end of the period. */
  at_opening: tree,
  period_end: tree.extend({ over: z.boolean() }),
});

/** One audit: framework, period, auditor, expiry. What it says stands in the log and cannot be changed. */
export interface Engagement extends z.infer<typeof openedSchema> {
  scope: Scope;
  /** Index of the record that opened it, and when the ledger took that. */
  log_index: number;
  opened_at: string;
  /** A salted reference to who opened it. */
  opened_by: string | undefined;
  state: 'open' | 'expired' | 'closed';
  closed?: { at: string; reason: string; log_index: number };
}

const openedId = (id: string) => derivedId('exhibit.audit/engagement', id, sha256);
const closedId = (id: string) => derivedId('exhibit.audit/engagement-closed', id, sha256);

export interface Opening {
  scope: Scope;
  /** A salted reference to the auditor. */
  auditor: string;
  /** Unix milliseconds. */
  expires: number;
  opened_by?: string;
  at_opening: { size: number; root: string };
  period_end: { size: number; root: string; over: boolean };
}

/**
 * The record that opens an engagement. It has no way to be changed: who wants another period or a longer time opens another one, and
 * both are seen.
 * @throws ExhibitError USAGE: the time is over, too long, or the period has not begun
 */
export function engagementDraft(
  opening: Opening,
  { clock, random }: { clock: Clock; random: RandomBytes },
): { engagement: string; draft: Unnumbered } {
  const now = clock();
  const { scope, auditor, expires, opened_by, at_opening, period_end } = opening;
  if (!(expires > now)) throw wrong('it would be over before it begins', 'Give --expires a day to come.');
  if (expires - now > LONGEST_DAYS * 86_400_000)
    throw wrong(`it would be open for more than ${LONGEST_DAYS} days`, 'Give --expires an earlier day.');
  if (scope.from > formatInstant(now).slice(0, 10))
    throw wrong(
      `the period begins on ${scope.from}, which has not come: there is no evidence of a day to come`,
    );
  const engagement = `eng-${toHex(random(8))}`;
  const { framework, from, to } = scope;
  const draft = auditDraft(
    {
      type: 'access',
      kind: 'engagement opened',
      engagement,
      message: `an engagement was opened: ${framework}, ${from} to ${to}, until ${formatInstant(expires)}`,
      details: {
        ...{ framework, from, to, auditor, expires: formatInstant(expires) },
        at_opening: { size: at_opening.size, root: at_opening.root },
        period_end: { size: period_end.size, root: period_end.root, over: period_end.over },
      },
      ...(opened_by === undefined ? {} : { actor: opened_by }),
    },
    { clock, random },
  );
  return { engagement, draft: { ...draft, record_id: openedId(engagement) } };
}

/** The record that ends an engagement before its time. There is one at most: its id follows from the engagement's. */
export function closingDraft(
  { engagement }: Pick<Engagement, 'engagement'>,
  reason: string,
  deps: { clock: Clock; random: RandomBytes; actor?: string },
): Unnumbered {
  const { actor } = deps;
  const draft = auditDraft(
    {
      type: 'access',
      kind: 'engagement closed',
      engagement,
      message: `the engagement was closed: ${reason}`,
      details: { reason },
      ...(actor === undefined ? {} : { actor }),
    },
    deps,
  );
  return { ...draft, record_id: closedId(engagement) };
}

/**
 * An engagement as the log has it, with its state at a time.
 * @param id attacker-controlled: it comes out of addresses
 * @param now Unix milliseconds
 * @throws ExhibitError NOT_FOUND; LEDGER_CORRUPT
 */
export async function readEngagement(reader: LogReader, id: string, now: number): Promise<Engagement> {
  const opened = /^eng-[0-9a-f]{16}$/.test(id) ? await actById(reader, openedId(id)) : undefined;
  const details = openedSchema.safeParse(opened?.details);
  if (opened === undefined || !details.success || details.data.engagement !== id)
    throw new ExhibitError('NOT_FOUND', 'the log has no engagement of this id', {
      details: { engagement: id.slice(0, 64) },
      hint: 'exhibit engagement list shows those that it has.',
    });
  const { framework, from, to, expires } = details.data;
  const ended = await actById(reader, closedId(id));
  const state = ended !== undefined ? 'closed' : Date.parse(expires) <= now ? 'expired' : 'open';
  return {
    ...details.data,
    scope: scopeSchema.parse({ framework, from, to }),
    log_index: opened.log_index,
    opened_at: opened.recorded_at,
    opened_by: opened.actor,
    state,
    ...(ended === undefined
      ? {}
      : {
          closed: {
            at: ended.recorded_at,
            reason: String(ended.details.reason),
            log_index: ended.log_index,
          },
        }),
  };
}

/** @throws ExhibitError NOT_ALLOWED where its time is over */
export function requireOpen({ engagement, state, expires, closed }: Engagement): void {
  if (state === 'open') return;
  const what = state === 'expired' ? `expired at ${expires}` : `was closed at ${closed?.at ?? ''}`;
  throw new ExhibitError(
    'ENGAGEMENT_OVER',
    `engagement ${engagement} ${what}: nothing more can be read in it`,
    {
      details: { engagement, state },
      hint: 'The compliance lead can open another one; this one and all that was read in it stay on the record.',
    },
  );
}

function wrong(
  message: string,
  hint = 'An engagement has one framework, a period that has begun, and a last day.',
) {
  return new ExhibitError('USAGE', message, { hint });
}
