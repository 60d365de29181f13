import { z } from 'zod';
import { jsonOf } from '../http/body.ts';
import { requestInvalid } from '../http/reply.ts';

/** An API server bounds few of them: roles have names of any length. What is refused here is left to its policy of failures. */
const name = z.string().max(65_536);
const groupVersionKind = z.looseObject({ group: name, version: name, kind: name });
const groupVersionResource = z.looseObject({ group: name, version: name, resource: name });

/**
 * What an API server asks. Everything but its own words about the request comes from whoever made the request.
 * @see k8s.io/api/admission/v1 AdmissionReview, AdmissionRequest
 */
const reviewSchema = z.looseObject({
  apiVersion: z.literal('admission.k8s.io/v1'),
  kind: z.literal('AdmissionReview'),
  request: z.looseObject({
    uid: z.string().min(1).max(256),
    kind: groupVersionKind,
    resource: groupVersionResource,
    subResource: name.optional(),
    name: name.optional(),
    namespace: name.optional(),
    operation: z.enum(['CREATE', 'UPDATE', 'DELETE', 'CONNECT']),
    userInfo: z.looseObject({ username: name.optional() }).default({}),
    dryRun: z.boolean().nullish(),
  }),
});

export type ReviewRequest = z.infer<typeof reviewSchema>['request'];

/** What answers and records say of a request: a few short texts, without what is asked to be admitted. */
export interface RequestOfReview {
  uid: string;
  operation: ReviewRequest['operation'];
  kind: { group: string; version: string; kind: string };
  resource: { group: string; version: string; resource: string };
  subResource: string | undefined;
  namespace: string | undefined;
  name: string | undefined;
  dryRun: boolean;
}

export function requestOf({
  uid,
  operation,
  kind: { group, version, kind },
  resource,
  subResource,
  namespace,
  name,
  dryRun,
}: ReviewRequest): RequestOfReview {
  return {
    uid,
    operation,
    kind: { group, version, kind },
    resource: { group: resource.group, version: resource.version, resource: resource.resource },
    subResource,
    namespace,
    name,
    dryRun: dryRun === true,
  };
}

/** @throws ExhibitError REQUEST_INVALID for what is no review of version v1 */
export function readReview(bytes: Buffer): ReviewRequest {
  const value = jsonOf(bytes);
  const parsed = reviewSchema.safeParse(value);
  // Policies trust what stands there, so nobody else may write it.
  if (typeof value === 'object' && value !== null && Object.hasOwn(value, 'exhibit'))
    throw requestInvalid('the review has a member exhibit, which only this server writes');
  if (parsed.success) return parsed.data.request;
  const version = (value as { apiVersion?: unknown } | null)?.apiVersion;
  if (typeof version === 'string' && version !== 'admission.k8s.io/v1')
    throw requestInvalid(
      `the review is of ${JSON.stringify(version.slice(0, 100))}, and admission.k8s.io/v1 is what is judged`,
      'Let the webhook configuration say admissionReviewVersions: ["v1"].',
    );
  const [issue] = parsed.error.issues;
  const place = issue?.path.join('.') ?? '';
  throw requestInvalid(
    `the body is no AdmissionReview: ${place === '' ? '' : `${place}: `}${issue?.message ?? ''}`,
  );
}
