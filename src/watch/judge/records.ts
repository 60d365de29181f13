import { type Decision, type Judged, recordsOfRun, type UnnumberedRecord } from '../../engine/index.ts';
import { type KubernetesObject, nameOf, type Resource } from '../../kubernetes/index.ts';
import type { Bundle } from '../../policy/index.ts';
import { canonicalize, type Digest } from '../../record/index.ts';
import type { WatcherOptions } from '../types.ts';

export type Origin = Pick<
  WatcherOptions,
  'emitter' | 'tool_version' | 'cluster' | 'environment' | 'clock' | 'random'
>;

/** An object, and of which kind the API server says that it is. */
export interface Live {
  object: KubernetesObject;
  resource: Resource;
}

export interface MadeRecords {
  /** One a decision, in order; `run` is that of the run itself. */
  decisions: UnnumberedRecord[];
  run: UnnumberedRecord;
  blobs: Map<Digest, Uint8Array>;
}

/**
 * The records of what was judged here. A live object has no file: what places in it would say, the stored input has.
 * @param at number of the first decision within the run
 */
export function recordsOf(
  { judged, bundle, run_id, at }: { judged: Judged; bundle: Bundle; run_id: string; at: number },
  liveOf: (decision: Decision) => Live | undefined,
  origin: Origin,
): MadeRecords {
  const { records, blobs } = recordsOfRun({
    ...judged,
    environment: origin.environment,
    cluster: origin.cluster,
    bundle,
    layer: 'runtime',
    tool: 'exhibit watch',
    tool_version: origin.tool_version,
    emitter: origin.emitter,
    run_id,
    now: origin.clock(),
    random: origin.random,
    attribution: {},
    simulated: false,
  });
  const run = records.pop();
  if (run === undefined) throw new TypeError('a run has its own record');
  const decisions = records.map((record, index) => {
    const { file: _file, line: _line, column: _column, ...rest } = record;
    const decision = judged.decisions[index];
    const live = decision === undefined ? undefined : liveOf(decision);
    return {
      ...rest,
      run_index: at + index,
      ...(live === undefined ? {} : { ext: extOf(live) }),
    };
  });
  return { decisions, run: { ...run, run_total: at + decisions.length }, blobs };
}

/** What joins a record with the cluster's own log. */
export function extOf({ object: { metadata }, resource }: Live): string {
  const { uid, resourceVersion } = metadata;
  return canonicalize({
    resource: nameOf(resource),
    version: resource.version,
    uid: uid.toWellFormed().slice(0, 256),
    resource_version: resourceVersion.toWellFormed().slice(0, 256),
  });
}

export function withDetails(record: UnnumberedRecord, more: object): UnnumberedRecord {
  return {
    ...record,
    details: { ...record.details, ...(JSON.parse(JSON.stringify(more)) as UnnumberedRecord['details']) },
  };
}
