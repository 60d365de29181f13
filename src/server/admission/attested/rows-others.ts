import { dropped, type Row } from './row.ts';
import { OBJECT } from './rows-workloads.ts';

/** Addresses that the API server gives out; one that the manifest names is compared. */
const ADDRESS = /^(?:[0-9.]+|[0-9a-f:]+)$/;

const SERVICE: Row[] = [
  ...OBJECT,
  { at: '/spec/clusterIP', is: ADDRESS },
  { at: '/spec/clusterIPs/*', is: ADDRESS },
  { at: '/spec/clusterIPs/*', like: '/spec/clusterIP' },
  { at: '/spec/ipFamilies/*', is: /^IPv[46]$/ },
  { at: '/spec/ipFamilyPolicy', is: 'SingleStack' },
  { at: '/spec/internalTrafficPolicy', is: 'Cluster' },
  { at: '/spec/externalTrafficPolicy', is: 'Cluster' },
  { at: '/spec/allocateLoadBalancerNodePorts', is: true },
  { at: '/spec/sessionAffinity', is: 'None' },
  { at: '/spec/sessionAffinityConfig/clientIP/timeoutSeconds', is: 10800 },
  { at: '/spec/type', is: 'ClusterIP' },
  { at: '/spec/ports/*/protocol', is: 'TCP' },
  { at: '/spec/ports/*/targetPort', like: '/spec/ports/$1/port' },
  { at: '/spec/ports/*/nodePort', given: true },
  ...dropped('/spec/externalIPs', '/spec/ports/*/name', '/spec/publishNotReadyAddresses'),
];

const NETWORK_POLICY: Row[] = [
  ...OBJECT,
  { at: '/spec/ingress/*/ports/*/protocol', is: 'TCP' },
  { at: '/spec/egress/*/ports/*/protocol', is: 'TCP' },
  { at: '/spec/policyTypes/0', is: 'Ingress' },
  { at: '/spec/policyTypes/1', is: 'Egress', where: { at: '/spec/egress/0', not: [undefined] } },
  ...dropped('/spec/ingress', '/spec/egress', '/spec/ingress/*/from', '/spec/ingress/*/ports'),
];

const NAMESPACE: Row[] = [
  ...OBJECT,
  { at: '/metadata/labels/kubernetes.io~1metadata.name', like: '/metadata/name' },
  { at: '/spec/finalizers/*', is: 'kubernetes' },
];

const CLAIM: Row[] = [
  ...OBJECT,
  { at: '/metadata/finalizers/*', is: 'kubernetes.io/pvc-protection' },
  { at: '/spec/volumeMode', is: 'Filesystem' },
  { at: '/spec/resources/requests/storage', quantity: true },
];

const step = (type: string, value: number) => ({ type, value, periodSeconds: 15 });

const AUTOSCALER: Row[] = [
  ...OBJECT,
  { at: '/spec/minReplicas', is: 1 },
  {
    at: '/spec/metrics/*',
    is: {
      type: 'Resource',
      resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 80 } },
    },
  },
  { at: '/spec/behavior/scaleDown/policies/*', is: step('Percent', 100) },
  { at: '/spec/behavior/scaleDown/selectPolicy', is: 'Max' },
  { at: '/spec/behavior/scaleUp/policies/*', is: step('Pods', 4) },
  { at: '/spec/behavior/scaleUp/policies/*', is: step('Percent', 100) },
  { at: '/spec/behavior/scaleUp/selectPolicy', is: 'Max' },
  { at: '/spec/behavior/scaleUp/stabilizationWindowSeconds', is: 0 },
];

export const OTHERS: Readonly<Record<string, readonly Row[]>> = {
  'v1 Service': SERVICE,
  'v1 Secret': [...OBJECT, { at: '/type', is: 'Opaque' }],
  'v1 Namespace': NAMESPACE,
  'v1 PersistentVolumeClaim': CLAIM,
  'networking.k8s.io/v1 NetworkPolicy': NETWORK_POLICY,
  'autoscaling/v2 HorizontalPodAutoscaler': AUTOSCALER,
};
