import type { Bundle } from '../../policy/index.ts';
import { ExhibitError, isExhibitError } from '../../record/index.ts';
import type { App, Call, Handler, Route } from '../app.ts';
import { readBody } from '../http/body.ts';
import { sendJson } from '../http/reply.ts';
import type { ReviewResponse } from './answer.ts';
import { parseReview } from './judge.ts';
import type { Question } from './question.ts';
import { nameOfActor } from './record.ts';
import { type ReviewRequest, readReview, requestOf } from './review.ts';
import { noBundle } from './reviewer.ts';
import { unjudged } from './unjudged.ts';

/**
 * The webhook of a Kubernetes API server. Each answer is on disk before it is given. What cannot be judged or kept is no answer but an
 * error, so that the failure policy of the webhook's configuration decides, which is to deny unless somebody changed it.
 */
const postReview: Handler = async (call, app) => {
  try {
    await answer(call, app);
  } catch (error) {
    // An API server that is told when to come again does so for as long as it waits: its caller would wait for nothing, and not learn why.
    if (isExhibitError(error)) error.details.again = false;
    throw error;
  }
};

async function answer(call: Call, app: App): Promise<void> {
  const { admission } = app.settings;
  if (admission === undefined) throw new ExhibitError('NOT_FOUND', 'admission is not set here');
  app.store.admit();
  const body = await readBody(call.request, admission.review_bytes, app.queue);
  try {
    const request = readReview(body.bytes);
    const response = await review(request, body.bytes, call, app);
    app.metrics.add('reviews_total', { allowed: String(response.allowed), operation: request.operation });
    sendJson(call.response, 200, { apiVersion: 'admission.k8s.io/v1', kind: 'AdmissionReview', response });
  } finally {
    body.done();
  }
}

async function review(
  request: ReviewRequest,
  bytes: Buffer,
  { identity }: Call,
  app: App,
): Promise<ReviewResponse> {
  const { bundle } = app.admission;
  const of = requestOf(request);
  if (bundle === undefined) {
    await app.store.appendOwn([unjudged(of, 'no bundle was verified yet', app)]);
    throw noBundle();
  }
  const { response, records, blobs } = await app.admission.review({
    bytes,
    request: of,
    shown: await shownOf(bytes, bundle, app),
    actor: app.actorOf(nameOfActor(request)),
    actor_verified_by: identity.verified_by,
  });
  if (records.length > 0) await app.store.appendEncoded(records, blobs);
  return response;
}

/** What the server knows of a review that its text does not say. */
async function shownOf(bytes: Buffer, bundle: Bundle, { attested }: App): Promise<Question['shown']> {
  if (attested === undefined) return undefined;
  const { documents } = parseReview(bytes);
  return Promise.all(
    documents.map(async ({ value }) => ({ attestation: await attested.show(value, bundle) })),
  );
}

export const ADMISSION_ROUTES: readonly Route[] = [
  {
    name: 'admission',
    method: 'POST',
    path: '/v1/admission',
    roles: ['emitter'],
    anyone: ({ admission }) => admission?.callers === 'anyone',
    handle: postReview,
  },
];
