import { SEVERITIES, type Severity } from '../../record/index.ts';
import type { JudgedFact, Occurrence, Place, RawFinding } from './types.ts';

/** A finding without an occurrence yet. */
export function newFinding(
  id: string,
  { policy, rule, subject }: { policy: string; rule: string | undefined; subject: string },
  place: Place,
  { severity, subject_id }: JudgedFact,
): RawFinding {
  return {
    id,
    policy,
    policies: [],
    ...(rule === undefined ? {} : { rule }),
    subject,
    ...place,
    state: 'open',
    severity,
    occurrences: [],
    episodes: [],
    history: [],
    incident_steps: [],
    deliveries: [],
    notes: [],
    last: { subject_id },
  };
}

export function newOccurrence(fact: JudgedFact, policy: string, rule: string | undefined): Occurrence {
  const { subject_type, subject_id, subject_name, message, at, record_id, severity } = fact;
  return {
    policy,
    ...(rule === undefined ? {} : { rule }),
    ...(subject_type === undefined ? {} : { subject_type }),
    subject_id,
    ...(subject_name === undefined ? {} : { subject_name }),
    layers: [fact.layer],
    tools: [fact.tool],
    state: 'open',
    severity,
    ...(message === undefined ? {} : { message }),
    ...{ first_failed: at, last_failed: at, first_record: record_id, last_record: record_id },
  };
}

/** A fail again. */
export function seen(occurrence: Occurrence, fact: JudgedFact): void {
  const add = <T extends string>(all: readonly T[], one: T): T[] =>
    all.includes(one) ? [...all] : [...all, one].sort();
  occurrence.layers = add(occurrence.layers, fact.layer);
  occurrence.tools = add(occurrence.tools, fact.tool);
  occurrence.last_failed = fact.at;
  occurrence.last_record = fact.record_id;
  occurrence.severity = fact.severity;
  if (fact.message !== undefined) occurrence.message = fact.message;
  delete occurrence.not_judged_since;
}

/** State and severity, from the occurrences and the last episode. */
export function settle(finding: RawFinding): void {
  const { occurrences, episodes } = finding;
  const is = (state: Occurrence['state']) => occurrences.filter((each) => each.state === state);
  const open = is('open');
  finding.severity = worst((open.length > 0 ? open : occurrences).map(({ severity }) => severity));
  if (open.length > 0) {
    const acknowledged = episodes.at(-1)?.acknowledged !== undefined;
    finding.state = acknowledged ? 'acknowledged' : episodes.length > 1 ? 'reopened' : 'open';
  } else if (is('waived').length > 0) finding.state = 'waived';
  else if (is('withdrawn').length > 0) finding.state = 'withdrawn';
  else finding.state = is('passed').length > 0 ? 'resolved' : 'gone';
}

const worst = (all: readonly Severity[]): Severity =>
  SEVERITIES.find((each) => all.includes(each)) ?? 'critical';
