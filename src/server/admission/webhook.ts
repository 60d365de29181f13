/** Where an API server finds the webhook. */
export type WebhookPlace =
  | { service: { namespace: string; name: string; port: number } }
  /** Of a server outside of the cluster; https, without a path. */
  | { url: string };

export interface WebhookOptions {
  place: WebhookPlace;
  /** PEM of the authority that signed the server's certificate. */
  ca?: Uint8Array;
  /** What happens to a request while the webhook cannot answer. */
  failure: 'Fail' | 'Ignore';
  /** Namespaces that are not judged, besides those of the cluster's own parts and the webhook's. */
  exempt: readonly string[];
  /** Seconds that an API server waits, 1 to 30. */
  timeout: number;
  /** Also judge what is deleted. */
  deletes: boolean;
  /** The server keeps caBundle itself (`tls.issued.webhook`). */
  keepsCa?: boolean;
}

/** Name of the configuration that is printed. */
export const CONFIGURATION = 'exhibit';
/** Name of our webhook in a configuration. */
export const WEBHOOK = 'validate.admission.exhibit';
/** Annotation of a configuration whose caBundle the server may change. */
export const KEPT_BY = { name: 'admission.exhibit/ca-bundle', value: 'server' } as const;

/** Without these a cluster could not repair itself: leases of its parts, and what a webhook that is away would need to come back. */
const OWN_NAMESPACES = ['kube-system', 'kube-node-lease', 'kube-public'];
const CONDITIONS = [
  {
    name: 'not-a-lease',
    expression: "!(request.resource.group == 'coordination.k8s.io' && request.resource.resource == 'leases')",
  },
  {
    name: 'not-an-event',
    // Kinds of others may have the same name.
    expression: "!(request.resource.group in ['', 'events.k8s.io'] && request.resource.resource == 'events')",
  },
  {
    name: 'not-a-question-about-access',
    expression: "!(request.resource.group in ['authentication.k8s.io', 'authorization.k8s.io'])",
  },
  // A namespace that goes must not wait for us; what these two parts of it may change besides, is judged.
  {
    name: 'not-the-state-of-a-namespace',
    expression: `!(request.resource.group == '' && request.resource.resource == 'namespaces' && has(request.subResource) && request.subResource in ['status', 'finalize'] && ${same('labels')} && ${same('annotations')})`,
  },
];

/** CEL: whether a member of `metadata` is as it was. */
function same(member: string): string {
  const of = (object: string) => `(has(${object}.metadata.${member}) ? ${object}.metadata.${member} : {})`;
  return `${of('object')} == ${of('oldObject')}`;
}

/**
 * The ValidatingWebhookConfiguration that lets an API server ask `POST /v1/admission`. Namespaces are left out by the name that the API
 * server itself puts on each as a label, which nobody can give to another.
 * @see https://kubernetes.io/docs/reference/access-authn-authz/extensible-admission-controllers/
 */
export function webhookConfiguration(options: WebhookOptions): Record<string, unknown> {
  const { place, ca, failure, timeout, deletes } = options;
  const own = 'service' in place ? [place.service.namespace] : [];
  const exempt = [...new Set([...OWN_NAMESPACES, ...own, ...options.exempt])].sort();
  const clientConfig = {
    ...('service' in place
      ? { service: { ...place.service, path: PATH } }
      : { url: new URL(PATH, place.url).href }),
    ...(ca === undefined ? {} : { caBundle: Buffer.from(ca).toString('base64') }),
  };
  const writes = ['CREATE', 'UPDATE', ...(deletes ? ['DELETE'] : [])];
  return {
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: 'ValidatingWebhookConfiguration',
    metadata: {
      name: CONFIGURATION,
      labels: { 'app.kubernetes.io/name': 'exhibit' },
      ...(options.keepsCa === true ? { annotations: { [KEPT_BY.name]: KEPT_BY.value } } : {}),
    },
    webhooks: [
      {
        name: WEBHOOK,
        admissionReviewVersions: ['v1'],
        clientConfig,
        failurePolicy: failure,
        matchPolicy: 'Equivalent',
        // What is only tried is answered without a record.
        sideEffects: 'NoneOnDryRun',
        timeoutSeconds: timeout,
        namespaceSelector: {
          matchExpressions: [{ key: 'kubernetes.io/metadata.name', operator: 'NotIn', values: exempt }],
        },
        matchConditions: CONDITIONS,
        rules: [
          {
            apiGroups: ['*'],
            apiVersions: ['*'],
            operations: writes,
            resources: ['*', '*/scale', ...PARTS],
            scope: '*',
          },
          {
            apiGroups: [''],
            apiVersions: ['v1'],
            operations: ['CONNECT'],
            // By way of a node its kubelet runs commands in any pod of it.
            resources: ['pods/exec', 'pods/attach', 'pods/portforward', 'pods/proxy', 'nodes/proxy'],
            scope: '*',
          },
        ],
      },
    ],
  };
}

const PATH = '/v1/admission';
/** Parts of objects by which more is changed than a state: containers, their resources, and the labels of a namespace. */
const PARTS = ['pods/ephemeralcontainers', 'pods/resize', 'namespaces/status', 'namespaces/finalize'];
