import type { HistoryEntry, RawFinding, ResponseFact } from './types.ts';

const SAID: Record<ResponseFact['act']['action'], HistoryEntry['what']> = {
  acknowledge: 'acknowledged',
  comment: 'commented',
  assign: 'assigned',
  snooze: 'snoozed',
  incident: 'incident',
  incident_step: 'incident_step',
  delivery: 'delivery',
};

/** Takes one response into a finding. None of them closes it. */
export function respond(finding: RawFinding, { act, at, record_id, actor, text }: ResponseFact): void {
  const episode = finding.episodes.at(-1);
  finding.history.push({
    at,
    what: SAID[act.action],
    record_id,
    ...(actor === undefined ? {} : { actor }),
    ...(text === undefined ? {} : { text }),
  });
  switch (act.action) {
    case 'comment':
      return;
    case 'acknowledge':
      if (episode === undefined || episode.closed !== undefined) return;
      episode.acknowledged ??= at;
      finding.state = 'acknowledged';
      return;
    case 'assign':
      finding.assigned = act.owner;
      return;
    case 'snooze':
      if (episode !== undefined && episode.closed === undefined)
        finding.snoozed_until = Date.parse(act.until);
      return;
    case 'incident':
      // The earliest knowledge counts: a later word does not move the clock.
      if (finding.incident === undefined || Date.parse(act.known_at) < finding.incident.known)
        finding.incident = { known: Date.parse(act.known_at), record_id };
      return;
    case 'incident_step': {
      const { step, reference } = act;
      finding.incident_steps.push({ step, submitted: Date.parse(act.submitted_at), reference, record_id });
      return;
    }
    case 'delivery': {
      const { key, number, channel, event, outcome } = act;
      finding.deliveries.push({ key, number, channel, event, outcome, at, record_id });
      finding.deliveries.sort((a, b) => (a.key === b.key ? a.number - b.number : a.at - b.at));
      return;
    }
  }
}
