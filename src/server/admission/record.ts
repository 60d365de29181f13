import { type Judged, type RunAttribution, recordsOfRun, type UnnumberedRecord } from '../../engine/index.ts';
import type { Bundle } from '../../policy/index.ts';
import { canonicalize, type Digest, type RandomBytes } from '../../record/index.ts';
import { NO_USAGE } from '../opa/record.ts';
import type { Attestation } from './attested/attested.ts';
import { passFields } from './attested/passes.ts';
import type { RequestOfReview, ReviewRequest } from './review.ts';

const MOST_ACTOR = 1_000;
const MOST_TEXT = 2_000;

export interface RecordedReview {
  bundle: Bundle;
  judged: Judged;
  run_id: string;
  now: number;
  random: RandomBytes;
  emitter: string;
  /** Of this program. */
  version: string;
  attribution: RunAttribution;
  /** Of the cluster, as the settings name it. */
  cluster: string | undefined;
  /** What was found of the gate's pass; undefined where none is looked for. */
  attestation: Attestation | undefined;
}

/** Name of who made a request, of which a salted reference is kept; attacker-controlled in what may be long. */
export function nameOfActor({ userInfo }: ReviewRequest): string {
  return `kubernetes ${(userInfo.username ?? '').slice(0, MOST_ACTOR)}`;
}

/**
 * The records of a review: one for each policy that judged something of it, and its run with the counts of all. Policies that found nothing
 * are numbers of the run: a hundred records that say so for each object would bury the others.
 */
export function recordsOfReview(
  request: RequestOfReview,
  { judged, version, attestation, ...options }: RecordedReview,
): { records: UnnumberedRecord[]; blobs: ReadonlyMap<Digest, Uint8Array> } {
  const { records, blobs } = recordsOfRun({
    ...judged,
    ...options,
    overrides: { ...NO_USAGE, used: judged.overrides.used },
    layer: 'admission',
    tool: 'exhibit',
    tool_version: version,
    ext: extOf(request),
    simulated: false,
  });
  if (attestation === undefined) return { records, blobs };
  const { details: passed, ...pass } = passFields(attestation);
  const named = records.map((record) => ({
    ...record,
    ...pass,
    ...(passed === undefined ? {} : { details: { ...record.details, ...passed } }),
  }));
  return { records: named, blobs };
}

/** What joins a record with the audit log of the API server: `uid` is its name for the review. */
export function extOf({
  uid,
  operation,
  kind,
  resource,
  subResource,
  namespace,
  name,
}: RequestOfReview): string {
  return canonicalize({
    uid,
    operation,
    kind: cut([kind.group, kind.version, kind.kind].join('/')),
    resource: cut([resource.group, resource.version, resource.resource].join('/')),
    ...(subResource === undefined || subResource === '' ? {} : { subresource: cut(subResource) }),
    ...(namespace === undefined || namespace === '' ? {} : { namespace: cut(namespace) }),
    ...(name === undefined || name === '' ? {} : { name: cut(name) }),
  });
}

/** As the audit log's own names are cut, so that both are the same. */
const cut = (text: string): string => text.slice(0, MOST_TEXT).toWellFormed();
