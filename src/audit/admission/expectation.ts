import { z } from 'zod';
import { ExhibitError } from '../../record/index.ts';
import { askedBy } from './asked.ts';
import { type AuditWrite, leftOut } from './write.ts';

/** The webhook that is asked at admission, by the name that its configuration gives it. */
const WEBHOOK = 'validate.admission.exhibit';

const selector = z.looseObject({
  matchLabels: z.record(z.string(), z.string()).optional(),
  matchExpressions: z
    .array(
      z.looseObject({
        key: z.string(),
        operator: z.enum(['In', 'NotIn', 'Exists', 'DoesNotExist']),
        values: z.array(z.string()).optional(),
      }),
    )
    .optional(),
});
const rule = z.looseObject({
  apiGroups: z.array(z.string()),
  operations: z.array(z.string()),
  resources: z.array(z.string()),
  scope: z.enum(['*', 'Namespaced', 'Cluster']).default('*'),
});
const webhook = z.looseObject({
  name: z.string(),
  rules: z.array(rule).default([]),
  namespaceSelector: selector.optional(),
  objectSelector: selector.optional(),
  matchConditions: z.array(z.looseObject({ name: z.string(), expression: z.string() })).default([]),
});
const configuration = z.looseObject({
  kind: z.literal('ValidatingWebhookConfiguration'),
  metadata: z.looseObject({ name: z.string() }),
  webhooks: z.array(z.looseObject({ name: z.string() })),
});

/** What the webhook is to be asked about. */
export interface Expectation {
  /** Name of the configuration in the cluster. */
  configuration: string;
  webhook: string;
  rules: z.infer<typeof rule>[];
  /** Why a namespace is left out; undefined where it is not. */
  exempts(namespace: string): boolean;
  conditions: Condition[];
  /** The parts that decide what is asked, to be compared with what stands in the cluster. */
  asked: Record<string, unknown>;
}

interface Condition {
  name: string;
  leaves(write: AuditWrite): boolean;
}

/** The conditions of `exhibit admission webhook`, which are evaluated here; CEL of others is not. */
const CONDITIONS: Readonly<Record<string, (write: AuditWrite) => boolean>> = {
  "!(request.resource.group == 'coordination.k8s.io' && request.resource.resource == 'leases')": (write) =>
    leftOut(write) === 'leases',
  "!(request.resource.group in ['', 'events.k8s.io'] && request.resource.resource == 'events')": (write) =>
    leftOut(write) === 'events',
  // As it was printed once.
  "request.resource.resource != 'events'": ({ resource }) => resource === 'events',
  "!(request.resource.group in ['authentication.k8s.io', 'authorization.k8s.io'])": (write) =>
    leftOut(write) === 'questions about access',
  // An audit log does not say whether labels changed as well: where the webhook was asked, it names a run.
  "!(request.resource.group == '' && request.resource.resource == 'namespaces' && has(request.subResource) && request.subResource in ['status', 'finalize'] && (has(object.metadata.labels) ? object.metadata.labels : {}) == (has(oldObject.metadata.labels) ? oldObject.metadata.labels : {}) && (has(object.metadata.annotations) ? object.metadata.annotations : {}) == (has(oldObject.metadata.annotations) ? oldObject.metadata.annotations : {}))":
    ({ group, resource, subresource }) =>
      group === '' && resource === 'namespaces' && (subresource === 'status' || subresource === 'finalize'),
};

/**
 * Reads the configuration that is meant to be in the cluster.
 * @param value a ValidatingWebhookConfiguration
 * @throws ExhibitError CONFIG_INVALID where it is none, has no webhook of ours, or decides by what an audit log does not hold
 */
export function readExpectation(value: unknown): Expectation {
  const parsed = configuration.safeParse(value);
  if (!parsed.success) throw unfit(`it is no ValidatingWebhookConfiguration: ${issueOf(parsed.error)}`);
  const one = parsed.data.webhooks.find(({ name }) => name === WEBHOOK);
  if (one === undefined) throw unfit(`it has no webhook ${WEBHOOK}`);
  const own = webhook.safeParse(one);
  if (!own.success) throw unfit(`webhook ${WEBHOOK}: ${issueOf(own.error)}`);
  const { rules, namespaceSelector, objectSelector, matchConditions } = own.data;
  if (!isEmpty(objectSelector))
    throw unfit('it has an objectSelector, and an audit log has no labels of objects');
  return {
    configuration: parsed.data.metadata.name,
    webhook: WEBHOOK,
    rules,
    exempts: exemption(namespaceSelector),
    conditions: matchConditions.map(({ name, expression }) => {
      const plain = expression.replaceAll(/\s+/g, ' ').trim();
      const leaves = CONDITIONS[plain];
      if (leaves === undefined)
        throw unfit(`its match condition ${name} is none of exhibit admission webhook`);
      return { name, leaves };
    }),
    asked: askedBy(one),
  };
}

const LABEL = 'kubernetes.io/metadata.name';

function exemption(namespaces: z.infer<typeof selector> | undefined): (namespace: string) => boolean {
  if (isEmpty(namespaces)) return () => false;
  const { matchLabels = {}, matchExpressions = [] } = namespaces ?? {};
  const others = [...Object.keys(matchLabels), ...matchExpressions.map(({ key }) => key)];
  if (others.some((key) => key !== LABEL))
    throw unfit(
      `its namespaceSelector is not by ${LABEL} alone, and an audit log has no labels of namespaces`,
    );
  const holds = (namespace: string, { operator, values = [] }: (typeof matchExpressions)[number]) => {
    switch (operator) {
      case 'In':
        return values.includes(namespace);
      case 'NotIn':
        return !values.includes(namespace);
      case 'Exists':
        return true;
      case 'DoesNotExist':
        return false;
    }
  };
  return (namespace) =>
    !Object.values(matchLabels).every((value) => value === namespace) ||
    !matchExpressions.every((one) => holds(namespace, one));
}

/**
 * Why the webhook is not asked about a write; undefined where it is.
 * @see k8s.io/apiserver, pkg/admission/plugin/webhook/predicates
 */
export function whyNotAsked(write: AuditWrite, expected: Expectation): string | undefined {
  if (isOfAdmission(write)) return 'the API server asks no webhook about what configures admission';
  if (!expected.rules.some((rule) => matches(rule, write))) {
    if (write.subresource !== undefined) return `subresource ${write.subresource}`;
    return `operation ${write.operation}`;
  }
  const namespace = namespaceOf(write);
  if (namespace !== undefined && expected.exempts(namespace)) return `namespace ${namespace}`;
  const condition = expected.conditions.find(({ leaves }) => leaves(write));
  return condition === undefined ? undefined : `condition ${condition.name}`;
}

const ADMISSION: ReadonlySet<string> = new Set([
  'validatingwebhookconfigurations',
  'mutatingwebhookconfigurations',
  'validatingadmissionpolicies',
  'validatingadmissionpolicybindings',
  'mutatingadmissionpolicies',
  'mutatingadmissionpolicybindings',
]);

function isOfAdmission({ group, resource }: AuditWrite): boolean {
  return group === 'admissionregistration.k8s.io' && ADMISSION.has(resource);
}

/** Of a Namespace the selector looks at the object itself; other objects of the whole cluster are never left out by it. */
function namespaceOf({ group, resource, namespace, name }: AuditWrite): string | undefined {
  return group === '' && resource === 'namespaces' ? name : namespace;
}

function matches(
  { apiGroups, operations, resources, scope }: z.infer<typeof rule>,
  write: AuditWrite,
): boolean {
  const { group, resource, operation } = write;
  const isNamespace = group === '' && resource === 'namespaces';
  const namespaced = write.namespace !== undefined && !isNamespace;
  if (scope !== '*' && (scope === 'Namespaced') !== namespaced) return false;
  if (!apiGroups.some((one) => one === '*' || one === group)) return false;
  if (!operations.some((one) => one === '*' || one === operation)) return false;
  return resources.some((one) => {
    const [ofRule = '', below = ''] = one.split('/');
    return (ofRule === '*' || ofRule === resource) && (below === '*' || below === (write.subresource ?? ''));
  });
}

function isEmpty(value: z.infer<typeof selector> | undefined): boolean {
  return (
    value === undefined ||
    (Object.keys(value.matchLabels ?? {}).length === 0 && (value.matchExpressions ?? []).length === 0)
  );
}

function issueOf({ issues: [issue] }: z.ZodError): string {
  return `${issue?.path.join('.')}: ${issue?.message}`;
}

function unfit(why: string): ExhibitError {
  return new ExhibitError('CONFIG_INVALID', `the webhook configuration cannot be reconciled with: ${why}`, {
    hint: 'Give the file that exhibit admission webhook printed.',
  });
}
