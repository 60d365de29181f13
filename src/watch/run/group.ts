import { type Decision, INPUT_POLICY, type Judged, type UnnumberedRecord } from '../../engine/index.ts';
import type { Digest } from '../../record/index.ts';
import { goneDecision, keyOf } from '../judge/gone.ts';
import type { LiveJudge } from '../judge/judge.ts';
import { type Live, type Origin, recordsOf } from '../judge/records.ts';
import { firstFails, type Judged1, knownNow, storedObject, withDrift } from '../judge/remember.ts';
import type { Known, WatchState } from '../judge/state.ts';
import type { EarlierFound, FindEarlier } from '../types.ts';

export interface GroupOptions {
  judge: LiveJudge;
  state: WatchState;
  earlier: FindEarlier | undefined;
  origin: Origin;
  run_id: string;
  /** Number of the first decision within the run. */
  at: number;
}

export interface JudgedGroup {
  judged: Judged;
  decisions: UnnumberedRecord[];
  run: UnnumberedRecord;
  blobs: Map<Digest, Uint8Array>;
  /** To be kept once the records are on disk. */
  known: Known[];
}

/** Judges some objects as a part of a run, or as a whole one. Policies that found nothing are numbers of the run, not decisions. */
export async function judgeGroup(lives: readonly Live[], options: GroupOptions): Promise<JudgedGroup> {
  const { judge, state, origin } = options;
  const byObject = new Map(lives.map((live) => [live.object, live]));
  const { judged: all, objectOf } = await judge.judge(lives.map(({ object }) => object));
  const own = new Map<Live, Decision[]>(lives.map((live) => [live, []]));
  for (const decision of all.decisions) {
    const object = objectOf(decision);
    const live = object === undefined ? undefined : byObject.get(object);
    if (live !== undefined) own.get(live)?.push(decision);
  }
  const before = new Map(lives.map((live) => [live, state.get(live.object.metadata.uid)]));
  const decisions: Decision[] = [];
  const of = new Map<Decision, Live>();
  for (const [live, said] of own) {
    const left = leftOut(before.get(live), said, judge);
    for (const decision of [...said, ...left]) {
      of.set(decision, live);
      decisions.push(decision);
    }
  }
  const judged: Judged = { ...all, decisions, counts: countsOf(decisions) };
  const made = recordsOf(
    { judged, bundle: judge.bundle, run_id: options.run_id, at: options.at },
    (decision) => of.get(decision),
    origin,
  );
  const recordsBy = Map.groupBy(made.decisions.entries(), ([index]) => of.get(decisions[index] as Decision));
  const each = lives.map((live): Judged1 => {
    const records = (recordsBy.get(live) ?? []).map(([, record]) => record);
    return { live, before: before.get(live), records };
  });
  const digest = judge.bundle.digest;
  const earlier = await earlierOf(each, options.earlier);
  const drifted = new Map<string, UnnumberedRecord>();
  const known = each.map((one) => {
    const object = storedObject(one.records, made.blobs);
    for (const record of withDrift(one, object, digest, earlier)) drifted.set(record.record_id, record);
    return knownNow(one, object, digest);
  });
  return {
    judged,
    decisions: made.decisions.map((record) => drifted.get(record.record_id) ?? record),
    run: made.run,
    blobs: made.blobs,
    known,
  };
}

/** Subjects within the object that failed before and are not there any more, by the word of the policy that judges them. */
function leftOut(before: Known | undefined, now: readonly Decision[], judge: LiveJudge): Decision[] {
  if (before === undefined) return [];
  const said = new Set(
    now.map(({ policy_id, rule_id, subject }) => keyOf({ policy_id, rule_id, subject_id: subject.id })),
  );
  const broken = new Set(
    now
      .filter(({ verdict }) => verdict === 'error' || verdict === 'not_evaluated')
      .map(({ policy_id }) => policy_id),
  );
  const unread = now.some(({ policy_id }) => policy_id === INPUT_POLICY);
  return before.said
    .filter((one) => one.verdict === 'fail' && !said.has(keyOf(one)))
    .filter(({ policy_id }) => !unread && !broken.has(policy_id) && judge.has(policy_id))
    .map((one) => goneDecision(one, `it is no part of ${before.place} any more`));
}

function countsOf(decisions: readonly Decision[]): Judged['counts'] {
  const counts = { pass: 0, fail: 0, error: 0, not_applicable: 0, not_evaluated: 0, waived: 0 };
  for (const { verdict, disposition } of decisions) {
    counts[verdict] += 1;
    if (disposition === 'waived') counts.waived += 1;
  }
  return counts;
}

async function earlierOf(
  each: readonly Judged1[],
  find: FindEarlier | undefined,
): Promise<Map<string, NonNullable<EarlierFound>>> {
  const asked = find === undefined ? [] : each.flatMap(firstFails);
  if (find === undefined || asked.length === 0) return new Map();
  const found = await find(asked);
  return new Map(
    asked.flatMap((one, at): [string, NonNullable<EarlierFound>][] => {
      const pass = found[at];
      return pass === undefined ? [] : [[keyOf(one), pass]];
    }),
  );
}
