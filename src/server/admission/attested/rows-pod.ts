import { dropped, type Row, rowsAt } from './row.ts';

/** No tag and no digest, or the tag `latest`. @see k8s.io/kubernetes/pkg/apis/core/v1, SetDefaults_Container */
const LATEST = /^(?:[^@]*\/)?[^:@/]+(?::latest)?$/;

const probe = (place: string): Row[] =>
  rowsAt(place, [
    { at: '/failureThreshold', is: 3, zero: true },
    { at: '/periodSeconds', is: 10, zero: true },
    { at: '/successThreshold', is: 1, zero: true },
    { at: '/timeoutSeconds', is: 1, zero: true },
    ...http('/httpGet'),
    { at: '/grpc/service', is: '' },
    ...dropped('/initialDelaySeconds'),
  ]);

const http = (place: string): Row[] => [
  { at: `${place}/path`, is: '/' },
  { at: `${place}/scheme`, is: 'HTTP' },
];

/** What the plug-in ServiceAccount mounts, where the manifest does not say that it wants none. */
const TOKEN_MOUNT = {
  name: /^kube-api-access-[a-z0-9]{5}$/,
  readOnly: true,
  mountPath: '/var/run/secrets/kubernetes.io/serviceaccount',
};

const CONTAINER: Row[] = [
  { at: '/imagePullPolicy', is: 'Always', where: { at: '/image', in: [LATEST] } },
  { at: '/imagePullPolicy', is: 'IfNotPresent', where: { at: '/image', not: [LATEST] } },
  { at: '/resources', is: {} },
  { at: '/resources/requests/*', like: '/resources/limits/$2' },
  { at: '/resources/limits/*', quantity: true },
  { at: '/resources/requests/*', quantity: true },
  { at: '/terminationMessagePath', is: '/dev/termination-log' },
  { at: '/terminationMessagePolicy', is: 'File' },
  { at: '/ports/*/protocol', is: 'TCP' },
  { at: '/env/*/valueFrom/fieldRef/apiVersion', is: 'v1' },
  { at: '/env/*/valueFrom/resourceFieldRef/divisor', is: '0' },
  ...['/livenessProbe', '/readinessProbe', '/startupProbe'].flatMap(probe),
  ...['/lifecycle/preStop/httpGet', '/lifecycle/postStart/httpGet'].flatMap(http),
  ...dropped(
    '/args',
    '/command',
    '/env',
    '/env/*/value',
    '/envFrom/*/prefix',
    '/ports/*/hostIP',
    '/ports/*/hostPort',
    '/securityContext/capabilities/add',
    '/stdin',
    '/stdinOnce',
    '/tty',
    '/volumeMounts',
    '/volumeMounts/*/readOnly',
    '/volumeMounts/*/subPath',
    '/workingDir',
  ),
];

const VOLUMES: Row[] = [
  ...['configMap', 'secret', 'downwardAPI', 'projected'].map(
    (kind): Row => ({ at: `/volumes/*/${kind}/defaultMode`, is: 420 }),
  ),
  { at: '/volumes/*/hostPath/type', is: '' },
  { at: '/volumes/*/downwardAPI/items/*/fieldRef/apiVersion', is: 'v1' },
  { at: '/volumes/*/projected/sources/*/serviceAccountToken/expirationSeconds', is: 3600 },
  { at: '/volumes/*/projected/sources/*/downwardAPI/items/*/fieldRef/apiVersion', is: 'v1' },
  { at: '/volumes/*/emptyDir/sizeLimit', quantity: true },
  { at: '/volumes/*/ephemeral/volumeClaimTemplate/metadata', is: {} },
  { at: '/volumes/*/ephemeral/volumeClaimTemplate/spec/volumeMode', is: 'Filesystem' },
  { at: '/volumes/*/ephemeral/volumeClaimTemplate/spec/resources/requests/storage', quantity: true },
  ...dropped(
    '/volumes/*/emptyDir/medium',
    '/volumes/*/nfs/readOnly',
    '/volumes/*/persistentVolumeClaim/readOnly',
    '/volumes/*/projected/sources/*/configMap/items',
  ),
];

const SPEC: Row[] = [
  { at: '/dnsPolicy', is: 'ClusterFirst' },
  { at: '/restartPolicy', is: 'Always' },
  { at: '/schedulerName', is: 'default-scheduler' },
  { at: '/securityContext', is: {} },
  { at: '/terminationGracePeriodSeconds', is: 30 },
  // Two names of one field.
  { at: '/serviceAccount', like: '/serviceAccountName' },
  { at: '/serviceAccountName', like: '/serviceAccount' },
  ...dropped(
    '/hostIPC',
    '/hostNetwork',
    '/hostPID',
    '/imagePullSecrets',
    '/nodeName',
    '/nodeSelector',
    '/tolerations',
  ),
  ...VOLUMES,
];

const LISTS = ['containers', 'initContainers', 'ephemeralContainers'];

/** Of a pod's template, and of a pod. */
export const TEMPLATE: Row[] = [
  ...dropped('/metadata/annotations', '/metadata/labels'),
  ...rowsAt('/spec', SPEC),
  ...LISTS.flatMap((list) => rowsAt(`/spec/${list}/*`, CONTAINER)),
];

const toleration = (what: string) => ({
  key: `node.kubernetes.io/${what}`,
  operator: 'Exists',
  effect: 'NoExecute',
  tolerationSeconds: 300,
});

/** Of a pod only: what the API server's own plug-ins add when one is made. */
export const POD: Row[] = [
  { at: '/spec/enableServiceLinks', is: true },
  { at: '/spec/priority', is: 0 },
  { at: '/spec/preemptionPolicy', is: 'PreemptLowerPriority' },
  { at: '/spec/tolerations/*', is: toleration('not-ready') },
  { at: '/spec/tolerations/*', is: toleration('unreachable') },
  { at: '/spec/serviceAccountName', is: 'default' },
  {
    at: '/spec/volumes/*',
    where: { at: '/spec/automountServiceAccountToken', not: [false] },
    is: {
      name: TOKEN_MOUNT.name,
      projected: {
        defaultMode: 420,
        sources: [
          { serviceAccountToken: { expirationSeconds: 3607, path: 'token' } },
          { configMap: { name: 'kube-root-ca.crt', items: [{ key: 'ca.crt', path: 'ca.crt' }] } },
          {
            downwardAPI: {
              items: [{ path: 'namespace', fieldRef: { apiVersion: 'v1', fieldPath: 'metadata.namespace' } }],
            },
          },
        ],
      },
    },
  },
  ...LISTS.map(
    (list): Row => ({
      at: `/spec/${list}/*/volumeMounts/*`,
      where: { at: '/spec/automountServiceAccountToken', not: [false] },
      is: TOKEN_MOUNT,
    }),
  ),
];
