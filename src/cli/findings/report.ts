import { formatInstant } from '../../record/index.ts';
import { type Finding, STATES } from '../../respond/index.ts';
import type { Loaded } from './load.ts';
import type { FindingReport, FindingsReport } from './schema.ts';

type Summary = FindingsReport['findings'][number];

/** What every document begins with. */
export function headOf({ now, ledger }: Pick<Loaded, 'now' | 'ledger'>) {
  return { schemaVersion: 1 as const, at: formatInstant(now), ledger };
}

export function summaryOf(finding: Finding): Summary {
  const { id, policy, policies, rule, subject, environment, cluster, severity, state, owner } = finding;
  const { deadline, episodes, occurrences, article23 } = finding;
  const last = episodes.at(-1) ?? { opened: 0, detected: 0 };
  const count = (which: string) => occurrences.filter((each) => each.state === which).length;
  return {
    id,
    policy,
    policies,
    ...(rule === undefined ? {} : { rule }),
    subject,
    ...(environment === undefined ? {} : { environment }),
    ...(cluster === undefined ? {} : { cluster }),
    severity,
    state,
    owner,
    opened: formatInstant(last.opened),
    detected: formatInstant(last.detected),
    due: formatInstant(deadline.due),
    overdue: deadline.overdue,
    escalation: {
      level: deadline.level,
      ...(deadline.level_since === undefined ? {} : { since: formatInstant(deadline.level_since) }),
    },
    ...(deadline.snoozed_until === undefined ? {} : { snoozed_until: formatInstant(deadline.snoozed_until) }),
    episodes: episodes.length,
    occurrences: {
      open: count('open'),
      passed: count('passed'),
      waived: count('waived'),
      withdrawn: count('withdrawn'),
      gone: count('gone'),
    },
    ...(article23 === undefined
      ? {}
      : {
          article23: {
            known: formatInstant(article23.known),
            steps: article23.steps.map(({ due, limit, submitted, ...step }) => ({
              ...step,
              due: formatInstant(due),
              ...(limit === undefined ? {} : { limit: formatInstant(limit) }),
              ...(submitted === undefined ? {} : { submitted: formatInstant(submitted) }),
            })),
          },
        }),
  };
}

export function countsOf(findings: readonly Finding[]): FindingsReport['counts'] {
  const states = Object.fromEntries(
    STATES.map((state) => [state, findings.filter((each) => each.state === state).length]),
  ) as Record<(typeof STATES)[number], number>;
  return {
    ...states,
    overdue: findings.filter(({ deadline }) => deadline.overdue).length,
    escalated: findings.filter(({ deadline }) => deadline.level > 0).length,
  };
}

export function findingReport(finding: Finding, loaded: Pick<Loaded, 'now' | 'ledger'>): FindingReport {
  const { occurrences, episodes, history, deliveries, notes } = finding;
  return {
    ...headOf(loaded),
    finding: {
      ...summaryOf(finding),
      notes,
      all_occurrences: occurrences.map(({ first_failed, last_failed, not_judged_since, ...each }) => ({
        ...each,
        first_failed: formatInstant(first_failed),
        last_failed: formatInstant(last_failed),
        ...(not_judged_since === undefined ? {} : { not_judged_since: formatInstant(not_judged_since) }),
      })),
      all_episodes: episodes.map(({ opened, detected, passed_before, acknowledged, closed, closed_as }) => ({
        opened: formatInstant(opened),
        detected: formatInstant(detected),
        ...(passed_before === undefined ? {} : { passed_before: formatInstant(passed_before) }),
        ...(acknowledged === undefined ? {} : { acknowledged: formatInstant(acknowledged) }),
        ...(closed === undefined ? {} : { closed: formatInstant(closed) }),
        ...(closed_as === undefined ? {} : { closed_as }),
      })),
      history: history.map(({ at, ...entry }) => ({ at: formatInstant(at), ...entry })),
      deliveries: deliveries.map(({ at, ...each }) => ({ at: formatInstant(at), ...each })),
    },
  };
}
