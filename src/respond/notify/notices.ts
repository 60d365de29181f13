import { matchesGlob } from '../../engine/index.ts';
import { sha256 } from '../../policy/index.ts';
import { canonicalize, SEVERITIES, toHex } from '../../record/index.ts';
import type { Channel, NoticeEvent, RespondConfig } from '../findings/config.ts';
import type { Finding } from '../findings/evaluate.ts';
import { type Delivery, isOpen } from '../findings/types.ts';

/** Something that somebody is to be told. */
export interface Notice {
  finding: Finding;
  channel: Channel;
  /** `opened`, `reopened`, `escalated/2`, `closed`, `incident/early_warning`. */
  event: string;
  /** The same for the same event of the same episode on the same channel, also after a restart. */
  key: string;
}

/**
 * What is to be told now, and was not: of each finding its opening or coming back, each level of escalation that it reached, its end,
 * and each step of an incident that is due within a day or late. Nothing is told that was delivered before.
 * @param uncertain also what may have arrived already: a notice was begun and its end is not known
 */
export function dueNotices(
  findings: readonly Finding[],
  config: RespondConfig,
  now: number,
): { due: Notice[]; uncertain: Notice[] } {
  const due: Notice[] = [];
  const uncertain: Notice[] = [];
  for (const finding of findings)
    for (const { event, kind, only } of eventsOf(finding, config, now))
      for (const channel of config.channels) {
        const named = only?.includes(channel.name) === true;
        if (!named && !(channel.events.includes(kind) && concerns(channel, finding))) continue;
        const key = keyOf(finding, channel, event);
        const notice = { finding, channel, event, key };
        const last = lastOf(finding.deliveries, key);
        if (last?.outcome === 'delivered') continue;
        if (last?.outcome === 'sending' && !isIdempotent(channel)) uncertain.push(notice);
        else due.push(notice);
      }
  return { due, uncertain };
}

export function lastOf(deliveries: readonly Delivery[], key: string): Delivery | undefined {
  return deliveries.filter((each) => each.key === key).sort((a, b) => b.number - a.number)[0];
}

/** Whether the receiver can tell that it has a notice already: by a key, a message id, or because it is looked for first. */
export function isIdempotent({ kind }: Channel): boolean {
  return kind !== 'slack' && kind !== 'teams';
}

const DAY = 86_400_000;

function eventsOf(
  finding: Finding,
  config: RespondConfig,
  now: number,
): { event: string; kind: NoticeEvent; only?: readonly string[] }[] {
  const { deadline, state, episodes, article23 } = finding;
  const told: ReturnType<typeof eventsOf> = [];
  if (isOpen(state)) {
    const kind = episodes.length > 1 ? 'reopened' : 'opened';
    told.push({ event: kind, kind });
    if (deadline.snoozed_until === undefined)
      for (let level = 1; level <= deadline.level; level += 1)
        told.push({
          event: `escalated/${level}`,
          kind: 'escalated',
          only: config.escalation[level - 1]?.notify ?? [],
        });
  } else told.push({ event: `closed/${state}`, kind: 'closed' });
  for (const { step, due, submitted } of article23?.steps ?? [])
    if (submitted === undefined && now > due - DAY)
      told.push({ event: `incident/${step}`, kind: 'incident' });
  return told;
}

function concerns(channel: Channel, { severity, environment, owner }: Finding): boolean {
  const { severity: least, environments, owners } = channel;
  return (
    (least === undefined || SEVERITIES.indexOf(severity) <= SEVERITIES.indexOf(least)) &&
    (environments === undefined || environments.some((glob) => matchesGlob(glob, environment ?? ''))) &&
    (owners === undefined || owners.some((glob) => matchesGlob(glob, owner.name)))
  );
}

/** @returns 32 hexadecimal digits, so that it fits a header, a message id and a title */
export function keyOf({ id, episodes }: Finding, channel: Pick<Channel, 'name'>, event: string): string {
  const bytes = canonicalize([id, episodes.length, channel.name, event]);
  return toHex(sha256(Buffer.from(`exhibit.notice/1\n${bytes}`))).slice(0, 32);
}
