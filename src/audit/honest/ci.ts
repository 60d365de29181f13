import { plural } from '../../record/index.ts';
import type { Answered, GateRunTold, HonestFacts, MergeTold } from './types.ts';
import { besides, noneCounts } from './words.ts';

/**
 * Yes needs one change that a gate blocked, and that the code host's own log says was not merged as it was: either no change with that
 * commit was merged until a later merge of the same repository, or it was merged after another run of it was clean. Declared modes,
 * simulations and gates that only advise do not count.
 */
export function blocksInCi({ runs, merges, made_up }: HonestFacts): Answered {
  const blocked = runs.filter(
    ({ simulated, advisory, blocking, exit_code }) =>
      !simulated && !advisory && blocking > 0 && (exit_code === undefined || exit_code === 1),
  );
  const weighed = blocked.map((run) => ({ run, ...outcome(run, merges) }));
  const of = (kind: Outcome['kind']) => weighed.filter((each) => each.kind === kind);
  const held = [...of('held'), ...of('not_merged')];
  const counts = {
    runs: runs.length,
    blocked: blocked.length,
    held: held.length,
    merged_over: of('merged_over').length,
    not_compared: of('unknown').length,
  };
  const base = { question: 'ci' as const, counts, made_up: made_up.runs };
  const more = besides(made_up.runs);
  const [first] = held.toSorted((a, b) => b.run.log_index - a.run.log_index);
  const over = counts.merged_over === 0 ? '' : `; merged all the same: ${counts.merged_over}`;
  if (first !== undefined) {
    const { run, merge, kind } = first;
    return {
      ...base,
      answer: 'yes',
      why: `${plural(held.length, 'blocked run')} held, as the code host's log shows${over}${more}`,
      rests_on: [
        {
          record_id: run.record_id,
          log_index: run.log_index,
          says: `the gate of ${run.repository} blocked ${run.commit || 'a commit'} by ${run.failing.join(', ')}; who sent it is vouched for by ${run.level}`,
        },
        ...(merge === undefined
          ? []
          : [
              {
                record_id: merge.record_id,
                log_index: merge.log_index,
                reference: merge.url,
                says:
                  kind === 'held'
                    ? `merged at ${merge.merged_at}, after another run of it was clean`
                    : `merged at ${merge.merged_at}, later, and it is another change: the blocked one is not among the merged ones`,
              },
            ]),
      ],
    };
  }
  if (counts.merged_over > 0)
    return {
      ...base,
      answer: 'no',
      why: `of ${plural(counts.merged_over, 'blocked run')} that could be compared each was merged over${more}`,
      rests_on: of('merged_over')
        .slice(0, 5)
        .map(({ run, merge }) => ({
          record_id: run.record_id,
          log_index: run.log_index,
          ...(merge === undefined ? {} : { reference: merge.url }),
          says: `blocked, and merged all the same${merge === undefined ? '' : ` at ${merge.merged_at}`}`,
        })),
    };
  const why =
    runs.length === 0
      ? noneCounts('run of a gate', made_up.runs, 'no run of a gate was recorded in the period')
      : `${missing(runs.length, blocked.length)}${more}`;
  return { ...base, answer: 'not_shown', why, rests_on: [] };
}

function missing(runs: number, blocked: number): string {
  if (blocked === 0) return `${plural(runs, 'run')} of gates, and none blocked anything`;
  return `${plural(blocked, 'run')} blocked, and no log of the code host says what became of that: exhibit merges import`;
}

interface Outcome {
  kind: 'held' | 'not_merged' | 'merged_over' | 'unknown';
  /** What of the code host's log it rests on. */
  merge?: MergeTold;
}

function outcome(run: GateRunTold, merges: readonly MergeTold[]): Outcome {
  const own = merges.filter(({ repository }) => repository === run.repository);
  const named = own.filter(
    ({ head, merge_commit, refused }) =>
      refused.includes(run.record_id) ||
      (run.commit !== '' && (head === run.commit || merge_commit === run.commit)),
  );
  const over = named.find(({ verdict }) => verdict !== 'pass');
  if (over !== undefined) return { kind: 'merged_over', merge: over };
  const [after] = named;
  if (after !== undefined)
    // A run after the merge holds nothing back.
    return run.recorded_at <= after.merged_at
      ? { kind: 'held', merge: after }
      : { kind: 'unknown', merge: after };
  if (run.commit === '') return { kind: 'unknown' };
  const later = own.find(({ merged_at }) => merged_at >= run.recorded_at);
  return later === undefined ? { kind: 'unknown' } : { kind: 'not_merged', merge: later };
}
