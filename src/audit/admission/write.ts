import { z } from 'zod';
import { redactText } from '../../record/index.ts';
import { askedBy } from './asked.ts';

/** The annotation by which our webhook names its run in the audit log of the API server. */
export const RUN_ANNOTATION = 'validate.admission.exhibit/run';
const FAILED_OPEN = /^failed-open\.(?:validating|mutating)\.webhook\.admission\.k8s\.io\//;
const MUTATED = /^mutation\.webhook\.admission\.k8s\.io\/round_\d+_index_\d+$/;

const name = z.string().max(2_048);

/**
 * One request that changed something, or opened a connection into a pod, as an audit log tells it: what a comparison with the records of
 * the webhook needs, and no object. Names come from whoever made the request, without what looks like a secret.
 */
export const writeSchema = z.strictObject({
  audit_id: z.string().min(1).max(256),
  /** RFC 3339: when the API server received it. */
  time: z.iso.datetime(),
  operation: z.enum(['CREATE', 'UPDATE', 'DELETE', 'CONNECT']),
  verb: name,
  group: name,
  resource: name,
  subresource: name.exactOptional(),
  namespace: name.exactOptional(),
  name: name.exactOptional(),
  /** A salted reference. */
  actor: z.string().max(256).exactOptional(),
  code: z.int().exactOptional(),
  refused: z.literal(true).exactOptional(),
  dry_run: z.literal(true).exactOptional(),
  /** Run that our webhook named. */
  run: z.string().max(256).exactOptional(),
  /** Webhooks that could not be asked, so that the request went on. */
  failed_open: z.array(name).exactOptional(),
  /** How many webhooks changed the object. */
  mutations: z.int().positive().exactOptional(),
  /** Of a webhook configuration: what the API server answered of it, without addresses and certificates. */
  webhooks: z.unknown().exactOptional(),
});
export type AuditWrite = z.infer<typeof writeSchema>;

/** What an event of an audit log says, of whichever cloud. */
export interface RequestTold {
  id: string | undefined;
  verb: string | undefined;
  time: string | undefined;
  target:
    | { group: string; resource: string; subresource?: string; namespace?: string; name?: string }
    | undefined;
  actor: string | undefined;
  refused: boolean;
  code: number | undefined;
  dryRun: boolean;
  annotations: Readonly<Record<string, string>>;
  answered: unknown;
}

const OPERATIONS: Readonly<Record<string, AuditWrite['operation']>> = {
  create: 'CREATE',
  update: 'UPDATE',
  patch: 'UPDATE',
  delete: 'DELETE',
  deletecollection: 'DELETE',
};
const CONNECTIONS: ReadonlySet<string | undefined> = new Set(['exec', 'attach', 'portforward', 'proxy']);
const MOST = 2_000;

/**
 * The write of an event; undefined for what only reads, and for what cannot be told apart: without an id, a time or an object.
 * @param actor makes a reference of a user name
 */
export function writeOf(
  event: RequestTold,
  actor: (name: string) => string | undefined,
): AuditWrite | undefined {
  const { id, verb, time, target, code, annotations } = event;
  if (id === undefined || time === undefined || target === undefined || verb === undefined) return undefined;
  const operation = operationOf(verb, target.subresource, code);
  if (operation === undefined) return undefined;
  const run = Object.hasOwn(annotations, RUN_ANNOTATION) ? annotations[RUN_ANNOTATION] : undefined;
  const keys = Object.keys(annotations);
  const failed = keys.filter((key) => FAILED_OPEN.test(key)).map((key) => cut(annotations[key] ?? ''));
  const mutations = keys.filter((key) => MUTATED.test(key) && /"mutated":true/.test(annotations[key] ?? ''));
  const who = event.actor === undefined ? undefined : actor(event.actor);
  return {
    audit_id: cut(id, 256),
    time,
    operation,
    verb: cut(verb),
    group: cut(target.group),
    resource: cut(target.resource),
    ...(target.subresource === undefined ? {} : { subresource: cut(target.subresource) }),
    ...(target.namespace === undefined ? {} : { namespace: cut(redactText(target.namespace)) }),
    ...(target.name === undefined ? {} : { name: cut(redactText(target.name)) }),
    ...(who === undefined ? {} : { actor: who }),
    ...(code === undefined ? {} : { code }),
    ...(event.refused ? { refused: true } : {}),
    ...(event.dryRun ? { dry_run: true } : {}),
    ...(run === undefined ? {} : { run: cut(run, 256) }),
    ...(failed.length === 0 ? {} : { failed_open: failed }),
    ...(mutations.length === 0 ? {} : { mutations: mutations.length }),
    ...(target.resource === 'validatingwebhookconfigurations'
      ? { webhooks: webhooksOf(event.answered) }
      : {}),
  };
}

/** Kubernetes itself makes an object by PATCH (server-side apply) and PUT, too: then it answers 201. */
function operationOf(
  verb: string,
  subresource: string | undefined,
  code: number | undefined,
): AuditWrite['operation'] | undefined {
  if (CONNECTIONS.has(subresource)) return 'CONNECT';
  const operation = OPERATIONS[verb];
  return operation === 'UPDATE' && code === 201 ? 'CREATE' : operation;
}

const answer = z.looseObject({ webhooks: z.array(z.looseObject({ name: z.string() })) });

/** What the rules of a webhook configuration are; `null` where the log does not keep objects. */
function webhooksOf(answered: unknown): unknown {
  const parsed = answer.safeParse(answered);
  if (!parsed.success) return null;
  return parsed.data.webhooks.map((one) => ({ name: one.name, ...askedBy(one) }));
}

const cut = (text: string, most = MOST): string => text.slice(0, most).toWellFormed();

/** A kind of write that comes all the time and that no policy judges: they are counted, and not listed. */
export function leftOut({ group, resource }: Pick<AuditWrite, 'group' | 'resource'>): string | undefined {
  if (group === 'coordination.k8s.io' && resource === 'leases') return 'leases';
  if ((group === '' || group === 'events.k8s.io') && resource === 'events') return 'events';
  return group === 'authentication.k8s.io' || group === 'authorization.k8s.io'
    ? 'questions about access'
    : undefined;
}
