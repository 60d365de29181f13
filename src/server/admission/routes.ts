import { ExhibitError, isExhibitError, uuidv7 } from '../../record/index.ts';
import type { App, Call, Handler, Route } from '../app.ts';
import { readBody } from '../http/body.ts';
import { sendJson } from '../http/reply.ts';
import { answerOf, type ReviewResponse } from './answer.ts';
import type { Attestation } from './attested/index.ts';
import { recordsOfReview, unjudged } from './record.ts';
import { type ReviewRequest, readReview } from './review.ts';
import type { AdmissionSetting } from './settings.ts';

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
    const response = await review(request, body.bytes, admission, call, app);
    app.metrics.add('reviews_total', { allowed: String(response.allowed), operation: request.operation });
    sendJson(call.response, 200, { apiVersion: 'admission.k8s.io/v1', kind: 'AdmissionReview', response });
  } finally {
    body.done();
  }
}

async function review(
  request: ReviewRequest,
  bytes: Buffer,
  { environment }: AdmissionSetting,
  { identity }: Call,
  app: App,
): Promise<ReviewResponse> {
  const { judge } = app.admission;
  if (judge === undefined) {
    const why = 'no bundle was verified yet';
    await app.store.appendOwn([unjudged(request, why, app)]);
    throw new ExhibitError('BUNDLE_MISSING', `the review was not judged: ${why}`, {
      hint: 'Look at the log of the server: it says why a bundle was refused.',
    });
  }
  const { attested } = app;
  let attestation: Attestation | undefined;
  const judged = await judge.judge(
    bytes,
    environment,
    attested &&
      (async (value, bundle) => {
        attestation = await attested.show(value, bundle);
        return { attestation };
      }),
  );
  const run_id = uuidv7(app.clock(), app.random);
  // What is only tried changes nothing, here as there: it is answered, and no decision about anything that happened.
  if (request.dryRun !== true) {
    const { records, blobs } = recordsOfReview(
      request,
      { bundle: judge.bundle, judged, run_id, attestation },
      identity,
      app,
    );
    await app.store.appendOwn(records, blobs.values());
  }
  return answerOf(request.uid, run_id, judged, judge.bundle, app.admission.words(judge));
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
