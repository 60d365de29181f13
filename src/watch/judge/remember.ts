import { INPUT_POLICY, type UnnumberedRecord } from '../../engine/index.ts';
import { nameOf } from '../../kubernetes/index.ts';
import { type Digest, isDigest, isObject, type Severity, type Verdict } from '../../record/index.ts';
import type { Asked, EarlierFound } from '../types.ts';
import { driftOf } from './drift.ts';
import { formDigest, placeOf } from './form.ts';
import { keyOf } from './gone.ts';
import { type Live, withDetails } from './records.ts';
import type { Known, Said } from './state.ts';

const MOST_WHY = 500;

/** One object that was judged: what was known of it before, and what is said of it now. */
export interface Judged1 {
  live: Live;
  before: Known | undefined;
  records: UnnumberedRecord[];
}

/** What the records say, as it is kept until the next time. */
export function saidOf(record: UnnumberedRecord): Said | undefined {
  const { policy_id, rule_id, subject_type, subject_id, subject_name, environment, severity, verdict } =
    record;
  if (policy_id === undefined || subject_id === undefined || subject_type === undefined) return undefined;
  return {
    policy_id,
    rule_id: rule_id ?? policy_id,
    subject_type,
    subject_id,
    subject_name: subject_name ?? subject_id,
    ...(environment === undefined ? {} : { environment }),
    severity: severity as Severity,
    verdict: verdict as Verdict,
    record_id: record.record_id,
  };
}

/** The stored form of an object that its records name. */
export function storedObject(
  records: readonly UnnumberedRecord[],
  blobs: ReadonlyMap<Digest, Uint8Array>,
): Buffer | undefined {
  const ref = records.find(({ input_ref }) => input_ref !== undefined)?.input_ref;
  const bytes = ref !== undefined && isDigest(ref) ? blobs.get(ref) : undefined;
  return bytes === undefined ? undefined : Buffer.from(bytes);
}

/**
 * What to keep. Where a policy could not judge, what was said and what passed before stays: a fail that follows is still the drift from
 * that pass.
 */
export function knownNow(
  { live, before, records }: Judged1,
  object: Buffer | undefined,
  bundle: string,
): Known {
  const { metadata } = live.object;
  const said = new Map<string, Said>();
  let unjudged = false;
  for (const record of records) {
    const one = saidOf(record);
    if (one === undefined || isGone(record)) continue;
    if (one.verdict !== 'error' && one.verdict !== 'not_evaluated') said.set(keyOf(one), one);
    else {
      unjudged = true;
      // What could not be read at all was judged by no policy.
      for (const old of before?.said ?? [])
        if (one.policy_id === INPUT_POLICY || old.policy_id === one.policy_id) said.set(keyOf(old), old);
    }
  }
  return {
    uid: metadata.uid,
    resource: nameOf(live.resource),
    namespace: metadata.namespace ?? '',
    place: placeOf(live.object),
    version: metadata.resourceVersion,
    form: formDigest(live.object),
    bundle,
    said: [...said.values()],
    object: unjudged && before?.object !== undefined ? before.object : object,
  };
}

const isGone = ({ details }: UnnumberedRecord): boolean => details?.subject_state === 'gone';

/** Fails of which nothing was known here before, so that an earlier gate is asked. */
export function firstFails({ before, records }: Judged1): Asked[] {
  const known = new Set<string>(before?.said.map(keyOf));
  return records.flatMap((record) => {
    const said = record.verdict === 'fail' ? saidOf(record) : undefined;
    if (said === undefined || known.has(keyOf(said))) return [];
    const { policy_id, rule_id, subject_id, environment } = said;
    const cluster = record.details?.cluster;
    return [
      {
        ...{ policy_id, rule_id, subject_id },
        ...(environment === undefined ? {} : { environment }),
        ...(typeof cluster === 'string' ? { cluster } : {}),
      },
    ];
  });
}

/**
 * Says of each fail after a pass what the pass was and which fields changed since.
 * @param earlier what is known of passes at an earlier gate, by key
 */
export function withDrift(
  { live, before, records }: Judged1,
  object: Buffer | undefined,
  bundle: string,
  earlier: ReadonlyMap<string, NonNullable<EarlierFound>>,
): UnnumberedRecord[] {
  const known = new Map(before?.said.map((said) => [keyOf(said), said]));
  const changed = before === undefined || before.form !== formDigest(live.object);
  return records.map((record) => {
    const said = record.verdict === 'fail' ? saidOf(record) : undefined;
    if (said === undefined) return record;
    const old = known.get(keyOf(said));
    // The same object that fails now is the change of a policy, and no drift.
    if (old?.verdict === 'pass' && changed) {
      const pass = { record_id: old.record_id, layer: 'runtime', object: parsed(before?.object) };
      return withDetails(record, { drift: driftOf(pass, parsed(object), before?.bundle !== bundle) });
    }
    const pass = old === undefined ? earlier.get(keyOf(said)) : undefined;
    if (pass === undefined) return record;
    // Neither that it drifted nor that it never passed is known.
    if ('unknown' in pass) return withDetails(record, { earlier_unknown: pass.unknown.slice(0, MOST_WHY) });
    const drift = driftOf(pass, parsed(object), false);
    // What is as it passed there did not drift; the policies did, or asked less there.
    return drift.changed.length === 0 && drift.object_unknown !== true
      ? record
      : withDetails(record, { drift });
  });
}

function parsed(bytes: Buffer | undefined): unknown {
  if (bytes === undefined) return undefined;
  const value: unknown = JSON.parse(bytes.toString());
  return isObject(value) ? value : undefined;
}
