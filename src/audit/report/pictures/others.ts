import { readableInstant } from '../../../record/index.ts';
import type { Beat, HourRow, LineageStep } from '../document/pictures.ts';
import type { DocumentBlock } from '../document/types.ts';
import type { AuditReport, ControlReport } from '../schema.ts';
import { LAYERS } from './matrix.ts';
import { knownDays } from './until.ts';

type Source = AuditReport['completeness']['sources'][number];

/** One strip for each source: a day that should have had a run and has none is a gap. */
export function heartbeatOf(report: AuditReport): DocumentBlock[] {
  const days = knownDays(report);
  // No day is expected of what Exhibit itself writes.
  const sources = report.completeness.sources.filter(({ own }) => !own);
  if (days.length === 0 || sources.length === 0) return [];
  const rows = sources.map((source) => ({
    name: source.emitter,
    about: source.owner === null ? 'not registered' : `${source.owner}, ${source.cadence ?? ''}`,
    beats: beatsOf(source, days),
  }));
  return [{ kind: 'picture', picture: { shape: 'heartbeat', days, rows } }];
}

function beatsOf({ days_missed, days: seen }: Source, days: readonly string[]): Beat[] {
  const missed = new Set(days_missed);
  const found = new Map(seen.map((each) => [each.day, each]));
  return days.map((day): Beat => {
    const { runs = 0, records = 0 } = found.get(day) ?? {};
    if (runs > 0) return 'sent';
    if (missed.has(day)) return 'missed';
    return records > 0 ? 'records' : 'quiet';
  });
}

/** The hours of sources that are to run more than once a day. */
export function hoursOf(report: AuditReport): DocumentBlock[] {
  const days = knownDays(report);
  const rows = report.completeness.sources.flatMap(({ emitter, owner, cadence, hours }): HourRow[] =>
    hours === null
      ? []
      : [
          {
            name: emitter,
            about: `${owner ?? ''}, ${cadence ?? ''}`,
            cells: hours.days.map(({ cells }) => cells),
            silences: hours.silences.length,
            longest: Math.max(0, ...hours.silences.map(({ minutes }) => minutes)),
          },
        ],
  );
  return days.length === 0 || rows.length === 0
    ? []
    : [{ kind: 'picture', picture: { shape: 'hours', days, rows } }];
}

const ORDER: readonly string[] = LAYERS;

export function funnelOf({ funnel }: AuditReport): DocumentBlock[] {
  if (funnel.length === 0) return [];
  const rows = [...funnel].sort((a, b) => ORDER.indexOf(a.layer) - ORDER.indexOf(b.layer));
  return [{ kind: 'picture', picture: { shape: 'funnel', rows } }];
}

/** From the commit of the policies to the time stamp, for the last decision of a control. */
export function lineageOf(report: AuditReport, { latest }: ControlReport): DocumentBlock[] {
  if (latest === null) return [];
  const { checkpoint, standing, versions, time_stamps } = report;
  const version = versions.find(({ bundle_digest }) => bundle_digest === latest.bundle_digest);
  const stamp = time_stamps.find(({ size }) => size > latest.log_index);
  const failed = standing.verification.state === 'failed';
  const steps: LineageStep[] = [
    {
      name: 'Commit',
      hash: latest.policy_revision,
      check: latest.policy_revision === '' ? 'missing' : 'told',
      words: latest.policy_revision === '' ? '' : 'named by the decision',
    },
    {
      name: 'Bundle',
      hash: latest.bundle_digest,
      check: version === undefined ? 'missing' : 'told',
      words:
        version === undefined
          ? 'no record of the period announces it'
          : `announced by leaf ${version.log_index}`,
    },
    {
      name: 'Decision',
      hash: latest.leaf_hash,
      check: latest.leaf_hash === '' || failed ? 'missing' : 'held',
      words:
        latest.leaf_hash === '' ? 'it is not at its place' : `leaf ${latest.log_index}: ${latest.verdict}`,
    },
    {
      name: 'Checkpoint',
      hash: checkpoint.root,
      check: failed ? 'missing' : 'held',
      words: failed ? 'the verification failed' : `size ${checkpoint.size}, signature`,
    },
    {
      name: 'Time stamp',
      hash: stamp?.token_digest ?? '',
      check: stamp === undefined ? 'missing' : 'told',
      words:
        stamp === undefined ? 'none of the period covers it' : `${readableInstant(stamp.at, 'minute')} UTC`,
    },
  ];
  return [{ kind: 'picture', picture: { shape: 'lineage', steps } }];
}
