import { type Judged, placed, recordsOfRun, type UnnumberedRecord } from '../../engine/index.ts';
import type { Bundle } from '../../policy/index.ts';
import { canonicalize, type Digest, redactText } from '../../record/index.ts';
import type { App } from '../app.ts';
import type { Identity } from '../auth/identity.ts';
import { NO_USAGE } from '../opa/record.ts';
import { ownRecord } from '../own-record.ts';
import { type Attestation, passFields } from './attested/index.ts';
import type { ReviewRequest } from './review.ts';

const MOST_ACTOR = 1_000;

export interface JudgedReview {
  bundle: Bundle;
  judged: Judged;
  run_id: string;
  /** What was found of the gate's pass; undefined where none is looked for. */
  attestation: Attestation | undefined;
}

/**
 * The records of a review: one for each policy that judged something of it, and its run with the counts of all. Policies that found nothing
 * are numbers of the run: a hundred records that say so for each object would bury the others.
 */
export function recordsOfReview(
  request: ReviewRequest,
  { bundle, judged, run_id, attestation }: JudgedReview,
  identity: Identity,
  app: App,
): { records: UnnumberedRecord[]; blobs: ReadonlyMap<Digest, Uint8Array> } {
  const now = app.clock();
  const { records, blobs } = recordsOfRun({
    ...judged,
    overrides: { ...NO_USAGE, used: judged.overrides.used },
    bundle,
    layer: 'admission',
    tool: 'exhibit',
    tool_version: app.version,
    emitter: app.emitter,
    cluster: app.settings.admission?.cluster,
    run_id,
    now,
    random: app.random,
    attribution: {
      actor: app.actorOf(`kubernetes ${(request.userInfo.username ?? '').slice(0, MOST_ACTOR)}`),
      actor_verified_by: identity.verified_by,
    },
    simulated: false,
  });
  const ext = extOf(request);
  const { details: passed, ...pass } = attestation === undefined ? {} : passFields(attestation);
  const all = records.map(({ file: _file, ...record }) => ({
    ...record,
    ...pass,
    ...(passed === undefined ? {} : { details: { ...record.details, ...passed } }),
    ext,
  }));
  return { records: all, blobs };
}

/** A review that nothing could judge: it was not admitted by us, and the API server's own policy of failures decided. */
export function unjudged(request: ReviewRequest, why: string, app: App): UnnumberedRecord {
  const record: UnnumberedRecord = {
    ...ownRecord('gap', app),
    layer: 'admission',
    verdict: 'not_evaluated',
    message: `a review could not be judged: ${redactText(why).slice(0, 1_000).toWellFormed()}`,
    details: { kind: 'review not judged' },
    ext: extOf(request),
  };
  return placed(record, app.settings.admission ?? {});
}

/** What joins a record with the audit log of the API server: `uid` is its name for the review. */
function extOf({ uid, operation, kind, resource, subResource, namespace, name }: ReviewRequest): string {
  return canonicalize({
    uid,
    operation,
    kind: [kind.group, kind.version, kind.kind].join('/'),
    resource: [resource.group, resource.version, resource.resource].join('/'),
    ...(subResource === undefined || subResource === '' ? {} : { subresource: subResource.toWellFormed() }),
    ...(namespace === undefined || namespace === '' ? {} : { namespace: namespace.toWellFormed() }),
    ...(name === undefined || name === '' ? {} : { name: name.toWellFormed() }),
  });
}
