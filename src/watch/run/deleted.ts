import { type Judged, judgeAll } from '../../engine/index.ts';
import { canonicalize, uuidv7 } from '../../record/index.ts';
import { goneDecision } from '../judge/gone.ts';
import type { LiveJudge } from '../judge/judge.ts';
import { type Origin, recordsOf, withDetails } from '../judge/records.ts';
import type { Known } from '../judge/state.ts';
import type { WatchSink } from '../types.ts';

type Put = Parameters<WatchSink['put']>;

/**
 * The run of an object that was deleted: a decision for each of its subjects that failed, and the run's own record names the object itself, so that
 * what others found on it ends, too.
 */
export async function deletedRun(known: Known, judge: LiveJudge, origin: Origin): Promise<Put> {
  const decisions = known.said
    .filter(({ verdict }) => verdict === 'fail')
    .map((said) => goneDecision(said, `${known.place} was deleted`));
  const nothing = await judgeNothing(judge, origin);
  const judged: Judged = {
    ...nothing,
    decisions,
    counts: { ...nothing.counts, not_applicable: decisions.length },
  };
  const run_id = uuidv7(origin.clock(), origin.random);
  const made = recordsOf({ judged, bundle: judge.bundle, run_id, at: 0 }, () => undefined, origin);
  const ext = canonicalize({ resource: known.resource, uid: known.uid });
  const [type = ''] = known.place.split('/');
  const run = {
    ...withDetails(made.run, { subject_state: 'gone', trigger: 'deleted' }),
    subject_type: type.slice(0, 256),
    subject_id: known.place,
    subject_name: known.place.split('/').at(-1) ?? known.place,
    ext,
  };
  return [[...made.decisions.map((record) => ({ ...record, ext })), run], made.blobs];
}

/** What a run says that had nothing to judge: of each policy that it found nothing, and of overrides that end soon. */
export function judgeNothing({ bundle }: LiveJudge, { clock }: Pick<Origin, 'clock'>): Promise<Judged> {
  return judgeAll({ judgeMany: async () => [] }, [], { bundle, layer: 'runtime', now: clock() });
}
