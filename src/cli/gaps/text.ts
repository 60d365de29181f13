import type { Gap, Gaps } from '../../audit/index.ts';
import { plural } from '../../record/index.ts';
import type { Sink } from '../context.ts';
import { sentence, table } from '../terminal/table.ts';

/** Most gaps that are shown; what is left out is counted, and `-o json` has all. */
const MOST = 50;

/** @param added how many records were written; undefined where none were to be */
export function gapsText(
  { from, to, emitters, policies, unregistered, gaps }: Gaps,
  added: number | undefined,
  sink: Pick<Sink, 'isTTY' | 'columns'>,
): string {
  const parts = [table([['period', `${from} to ${to}`]], sink)];
  if (emitters.length === 0)
    parts.push(
      sentence(
        'no emitter is expected: register them under emitters in exhibit.yaml, build, sign, and let one run record the bundle',
        sink,
      ),
    );
  else {
    const rows = emitters.map(({ name, cadence, runs, last_run, gaps: count }) => [
      name,
      cadence,
      String(runs),
      last_run ?? 'never',
      count === 0 ? 'none' : String(count),
    ]);
    parts.push('\n', table([['EMITTER', 'EVERY', 'RUNS', 'LAST RUN', 'GAPS'], ...rows], sink));
  }
  if (policies.length > 0) {
    const silent = policies.filter(({ gaps: count }) => count > 0).length;
    parts.push(
      '\n',
      sentence(
        `${policies.length} ${policies.length === 1 ? 'policy' : 'policies'} with a cadence, ${silent} not judged in time`,
        sink,
      ),
    );
  }
  if (gaps.length > 0) parts.push('\n');
  for (const gap of gaps.slice(0, MOST)) parts.push(sentence(line(gap), sink));
  if (gaps.length > MOST) parts.push(`and ${gaps.length - MOST} more: -o json has all\n`);
  if (unregistered.length > 0)
    parts.push(
      '\n',
      sentence(
        `not registered: ${unregistered.map(({ name }) => name).join(', ')}: nobody would miss them`,
        sink,
      ),
    );
  parts.push('\n', `${plural(gaps.length, 'gap')}\n`);
  if (added !== undefined) parts.push(`${plural(added, 'new gap record')}\n`);
  return parts.join('');
}

function line(gap: Gap): string {
  switch (gap.kind) {
    case 'run missing':
    case 'heartbeat missing': {
      const last = gap.last === undefined ? 'none before' : `last ${gap.last}`;
      const end = gap.ended === undefined ? 'still silent' : `came at ${gap.ended}`;
      return `gap: ${gap.kind}: ${gap.emitter}: due ${gap.due}, ${last}, ${end}, ${gap.missed} missed; owner ${gap.owner}`;
    }
    case 'policy not judged': {
      const last = gap.last === undefined ? 'never judged before' : `last ${gap.last}`;
      const end = gap.ended === undefined ? 'still not judged' : `judged at ${gap.ended}`;
      return `gap: ${gap.kind}: ${gap.policy}: due ${gap.due}, ${last}, ${end}, ${gap.missed} missed; owner ${gap.owner}`;
    }
    case 'sequence missing':
      return `gap: ${gap.kind}: ${gap.emitter}: numbers ${gap.first} to ${gap.last_number} (${gap.missing}), shown at ${gap.shown_at}`;
    case 'run incomplete':
      return `gap: ${gap.kind}: ${gap.emitter}: ${gap.arrived} of ${gap.expected} decisions of run ${gap.run_id}`;
  }
}
