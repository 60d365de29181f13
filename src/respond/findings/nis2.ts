import { NIS2_STEPS, type Nis2Step, type RawFinding } from './types.ts';

const HOUR = 3_600_000;

export interface Article23Step {
  step: Nis2Step;
  /** 24 hours, 72 hours and one month from when the incident became known. */
  due: number;
  /**
   * The last moment that the directive allows, where it is another: the final report is due one month after the notification was
   * submitted, which is never earlier than `due`.
   */
  limit?: number;
  submitted?: number;
  /** After the due date; of a step that was not submitted: by now. */
  late: boolean;
  reference?: string;
  /** Records that it rests on: what failed, who said that it is an incident, who was told, and the submission. */
  evidence: string[];
}

export interface Article23 {
  known: number;
  steps: Article23Step[];
}

/**
 * The clock of Article 23(4) of Directive (EU) 2022/2555 (NIS2) for a finding that was marked as a significant incident: early warning (a),
 * incident notification (b), final report (d). Undefined for any other finding. That a finding is closed does not stop it.
 * @see https://eur-lex.europa.eu/eli/dir/2022/2555/oj
 */
export function article23(finding: RawFinding, now: number): Article23 | undefined {
  const { incident, incident_steps, occurrences, deliveries } = finding;
  if (incident === undefined) return undefined;
  const { known } = incident;
  const due: Record<Nis2Step, number> = {
    early_warning: known + 24 * HOUR,
    notification: known + 72 * HOUR,
    final_report: addMonth(known),
  };
  const first = (step: Nis2Step) =>
    incident_steps
      .filter((each) => each.step === step)
      .sort((a, b) => a.submitted - b.submitted)
      .at(0);
  const notified = first('notification')?.submitted;
  const basis = [
    incident.record_id,
    ...occurrences.map(({ first_record }) => first_record),
    ...deliveries
      .filter(({ outcome, event }) => outcome === 'delivered' && event.startsWith('incident'))
      .map(({ record_id }) => record_id),
  ];
  return {
    known,
    steps: NIS2_STEPS.map((step): Article23Step => {
      const done = first(step);
      const limit = step === 'final_report' && notified !== undefined ? addMonth(notified) : undefined;
      return {
        step,
        due: due[step],
        ...(limit === undefined || limit === due[step] ? {} : { limit }),
        late: (done?.submitted ?? now) > due[step],
        ...(done === undefined ? {} : { submitted: done.submitted, reference: done.reference }),
        evidence: [...new Set([...basis, ...(done === undefined ? [] : [done.record_id])])],
      };
    }),
  };
}

/**
 * The same day and time of the next month; its last day where it has no such day.
 * @see Regulation (EEC, Euratom) No 1182/71, Article 3(2)(c). That a period is longer where it ends on a holiday is left out.
 */
export function addMonth(time: number): number {
  const date = new Date(time);
  const day = date.getUTCDate();
  date.setUTCDate(1);
  date.setUTCMonth(date.getUTCMonth() + 1);
  const last = new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 0)).getUTCDate();
  date.setUTCDate(Math.min(day, last));
  return date.getTime();
}
