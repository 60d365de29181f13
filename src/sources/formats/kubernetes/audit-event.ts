import { z } from 'zod';
import { quickly, UNSURE } from '../../quick.ts';
import type { Outcome } from '../../types.ts';
import { instantOf } from '../../values.ts';
import { isObject, subjectOf } from './objects.ts';
import { KINDS } from './resource-kinds.ts';

/** One request to the API server as its audit log tells it, from whichever cloud it comes. */
export interface AuditEvent {
  /** Names the request; undefined where the log has no id. */
  id: string | undefined;
  stage: string | undefined;
  verb: string | undefined;
  subject: Outcome['subject'];
  /** Undefined where the request was about no object (`/version`). */
  target: AuditTarget | undefined;
  /** The object as the API server answered it, where the log's level keeps it. Attacker-controlled. */
  answered: unknown;
  actor: string | undefined;
  impersonated: boolean;
  refused: boolean;
  code: number | undefined;
  message: string;
  annotations: Readonly<Record<string, string>>;
  time: string | undefined;
  dryRun: boolean;
}

/** What a request was about, in the words of the API. Names come from whoever made the request. */
export interface AuditTarget {
  /** Empty for the core group. */
  group: string;
  resource: string;
  subresource?: string;
  namespace?: string;
  name?: string;
}

const text = z.string().nullish();
const named = z.looseObject({
  kind: text,
  metadata: z.looseObject({ name: text, generateName: text, namespace: text }).nullish(),
});
const status = z.looseObject({ code: z.number().nullish(), message: text, status: text });
const annotations = z.record(z.string(), z.string()).nullish();

/** An event of audit.k8s.io/v1. */
export const kubernetesEvent = z.looseObject({
  auditID: text,
  stage: text,
  verb: z.string(),
  requestURI: text,
  user: z.looseObject({ username: text }).nullish(),
  impersonatedUser: z.unknown().optional(),
  objectRef: z
    .looseObject({ resource: text, namespace: text, name: text, subresource: text, apiGroup: text })
    .nullish(),
  responseStatus: status.nullish(),
  requestObject: z.unknown().optional(),
  responseObject: z.unknown().optional(),
  requestReceivedTimestamp: text,
  stageTimestamp: text,
  annotations,
});

/** An entry of Google's audit log about GKE: the annotations stand in its labels. */
export const googleEntry = z.looseObject({
  insertId: text,
  timestamp: text,
  labels: annotations,
  protoPayload: z.looseObject({
    serviceName: z.literal('k8s.io'),
    methodName: z.string(),
    resourceName: text,
    authenticationInfo: z.looseObject({ principalEmail: text }).nullish(),
    status: z.looseObject({ code: z.number().nullish(), message: text }).nullish(),
    request: z.unknown().optional(),
    response: z.unknown().optional(),
  }),
});

/** The event that a value surely is, without anything around it; undefined where only the schema can tell. */
export function usualEvent(value: unknown): AuditEvent | undefined {
  if (!isObject(value) || value.kind === 'EventList') return undefined;
  if (value.protoPayload !== undefined || value.category !== undefined) return undefined;
  const event = quickly(kubernetesEvent, value);
  return event === UNSURE ? undefined : ofKubernetes(event);
}

export function ofKubernetes(event: z.infer<typeof kubernetesEvent>): AuditEvent {
  return new KubernetesEvent(event);
}

/** Most events are of no interest beyond their stage, id and time: what costs more is worked out when it is asked for. */
class KubernetesEvent implements AuditEvent {
  readonly id: string | undefined;
  readonly stage: string | undefined;
  readonly refused: boolean;
  readonly code: number | undefined;
  readonly annotations: Readonly<Record<string, string>>;
  readonly #event: z.infer<typeof kubernetesEvent>;

  constructor(event: z.infer<typeof kubernetesEvent>) {
    const { responseStatus } = event;
    this.#event = event;
    this.id = event.auditID ?? undefined;
    this.stage = event.stage ?? undefined;
    this.code = responseStatus?.code ?? undefined;
    this.refused = this.code === undefined ? responseStatus?.status === 'Failure' : this.code >= 400;
    this.annotations = event.annotations ?? {};
  }

  get verb(): string {
    return this.#event.verb;
  }
  get subject(): Outcome['subject'] {
    return subjectOfEvent(this.#event);
  }
  get target(): AuditTarget | undefined {
    const { objectRef } = this.#event;
    const object = objectOf(this.#event.requestObject) ?? objectOf(this.#event.responseObject);
    return targetOf({ ...objectRef, name: objectRef?.name ?? object?.metadata?.name });
  }
  get answered(): unknown {
    return this.#event.responseObject ?? this.#event.requestObject;
  }
  get actor(): string | undefined {
    return this.#event.user?.username ?? undefined;
  }
  get impersonated(): boolean {
    return this.#event.impersonatedUser != null;
  }
  get message(): string {
    return this.#event.responseStatus?.message ?? '';
  }
  get time(): string | undefined {
    const { requestReceivedTimestamp, stageTimestamp } = this.#event;
    return instantOf(requestReceivedTimestamp) ?? instantOf(stageTimestamp);
  }
  get dryRun(): boolean {
    return /[?&]dryRun=/.test(this.#event.requestURI ?? '');
  }
}

function subjectOfEvent(event: z.infer<typeof kubernetesEvent>): Outcome['subject'] {
  const { objectRef } = event;
  const object = objectOf(event.requestObject) ?? objectOf(event.responseObject);
  return subject({
    resource: objectRef?.resource ?? undefined,
    kind: objectRef?.subresource ? undefined : object?.kind,
    namespace: objectRef?.namespace ?? object?.metadata?.namespace,
    name: objectRef?.name ?? object?.metadata?.name ?? object?.metadata?.generateName,
    uri: event.requestURI ?? undefined,
  });
}

export function ofGoogle({
  insertId,
  timestamp,
  labels,
  protoPayload,
}: z.infer<typeof googleEntry>): AuditEvent {
  const { methodName, resourceName, authenticationInfo } = protoPayload;
  const object = objectOf(protoPayload.request) ?? objectOf(protoPayload.response);
  // core/v1/namespaces/NAMESPACE/pods/NAME, core/v1/nodes/NAME
  const [apiGroup, , ...path] = (resourceName ?? '').split('/');
  const [namespace, rest] =
    path[0] === 'namespaces' && path.length > 2 ? [path[1], path.slice(2)] : [undefined, path];
  const code = protoPayload.status?.code ?? undefined;
  return {
    id: insertId ?? undefined,
    stage: undefined,
    verb: methodName.split('.').at(-1),
    subject: subject({
      resource: rest[0],
      kind: rest.length > 2 ? undefined : object?.kind,
      namespace,
      name: rest[1] ?? object?.metadata?.name ?? object?.metadata?.generateName,
      uri: resourceName ?? undefined,
    }),
    target: targetOf({
      apiGroup: apiGroup === 'core' ? '' : apiGroup,
      resource: rest[0],
      subresource: rest[2],
      namespace,
      name: rest[1] ?? object?.metadata?.name,
    }),
    answered: protoPayload.response ?? protoPayload.request,
    actor: authenticationInfo?.principalEmail ?? undefined,
    impersonated: false,
    refused: code !== undefined && code !== 0,
    code,
    message: protoPayload.status?.message ?? '',
    annotations: labels ?? {},
    time: instantOf(timestamp),
    dryRun: false,
  };
}

interface Reference {
  apiGroup?: string | null | undefined;
  resource?: string | null | undefined;
  subresource?: string | null | undefined;
  namespace?: string | null | undefined;
  name?: string | null | undefined;
}

function targetOf({ apiGroup, resource, subresource, namespace, name }: Reference): AuditTarget | undefined {
  if (!resource) return undefined;
  return {
    group: apiGroup ?? '',
    resource,
    ...(subresource ? { subresource } : {}),
    ...(namespace ? { namespace } : {}),
    ...(name ? { name } : {}),
  };
}

function objectOf(value: unknown): z.infer<typeof named> | undefined {
  const object = isObject(value) ? named.safeParse(value).data : undefined;
  // The answer to a refused request, and options of a deletion, are no objects of the cluster.
  return object?.kind == null || /^(Status|DeleteOptions)$/.test(object.kind) ? undefined : object;
}

interface Said {
  resource: string | undefined;
  kind: string | null | undefined;
  namespace: string | null | undefined;
  name: string | null | undefined;
  uri: string | undefined;
}

/** The same subject as at the other layers where the kind is known, else resource and name. */
function subject({ resource, kind, namespace, name, uri }: Said): Outcome['subject'] {
  const known = subjectOf({ kind: kind ?? KINDS[resource ?? ''] ?? resource, namespace, name });
  return (
    known ?? {
      type: KINDS[resource ?? ''] ?? resource ?? 'request',
      id: (uri ?? '').split('?')[0] || 'unnamed',
    }
  );
}
