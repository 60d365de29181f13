import { formatInstant } from '../../record/index.ts';
import type { Notice } from './notices.ts';

/** A notice in words and in fields; what others wrote in it is cleaned for one line. */
export interface Message {
  title: string;
  facts: [string, string][];
  text: string;
  /** What a program reads. */
  body: Record<string, string | number | boolean | null>;
}

const MOST_OCCURRENCES = 20;

/** @param now Unix milliseconds */
export function messageOf({ finding, event, key }: Notice, now: number): Message {
  const { id, policy, rule, severity, environment, owner, deadline, state, occurrences } = finding;
  const open = occurrences.filter((each) => each.state === 'open');
  const subject = line(finding.subject);
  // Nothing that changes: by its title a ticket is found again.
  const title = `[${id}] ${line(policy)} on ${subject}`;
  const due = formatInstant(deadline.due);
  const step = finding.article23?.steps.find((each) => event === `incident/${each.step}`);
  const facts: [string, string][] = [
    ['event', wordsOf(event)],
    ['state', state],
    ['severity', severity],
    ['policy', line(rule ?? policy)],
    ['subject', subject],
    ...(environment === undefined ? [] : [['environment', line(environment)] as [string, string]]),
    ['owner', `${line(owner.name)}${owner.weak ? ' (nobody is named: the default)' : ''}`],
    ['due', `${due}${deadline.overdue ? ' (overdue)' : ''}`],
    ['open occurrences', String(open.length)],
    ...(step === undefined
      ? []
      : [
          ['NIS2 Article 23', `${step.step} due ${formatInstant(step.due)}${step.late ? ' (late)' : ''}`] as [
            string,
            string,
          ],
        ]),
  ];
  const listed = open.slice(0, MOST_OCCURRENCES).map(({ subject_id, message }) => {
    return `- ${line(subject_id)}${message === undefined ? '' : `: ${line(message)}`}`;
  });
  const more = open.length - listed.length;
  const text = [
    ...facts.map(([name, value]) => `${name}: ${value}`),
    ...(listed.length === 0 ? [] : ['', ...listed]),
    ...(more > 0 ? [`and ${more} more: exhibit findings show ${id}`] : []),
  ].join('\n');
  return {
    title: title.slice(0, 250).toWellFormed(),
    facts,
    text,
    body: {
      schema: 'exhibit.notice/1',
      key,
      event,
      finding: id,
      state,
      severity,
      policy,
      rule: rule ?? null,
      subject: finding.subject,
      environment: environment ?? null,
      owner: owner.name,
      owner_by: owner.by,
      due,
      overdue: deadline.overdue,
      escalation: deadline.level,
      open_occurrences: open.length,
      at: formatInstant(now),
    },
  };
}

function wordsOf(event: string): string {
  const [kind, rest] = event.split('/');
  return rest === undefined ? (kind ?? '') : `${kind} (${kind === 'escalated' ? `level ${rest}` : rest})`;
}

/** One line without signs that are not seen, of bounded length. */
const line = (text: string): string => {
  const clean = text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu, ' ').trim();
  return (clean.length > 300 ? `${clean.slice(0, 300)} (cut)` : clean).toWellFormed();
};
