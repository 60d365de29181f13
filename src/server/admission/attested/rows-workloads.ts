import { dropped, type Row, rowsAt } from './row.ts';
import { POD, TEMPLATE } from './rows-pod.ts';

/** Of every object. */
const OBJECT = dropped(
  '/metadata/annotations',
  '/metadata/finalizers',
  '/metadata/labels',
  '/metadata/ownerReferences',
);
const TEMPLATED = [...OBJECT, ...rowsAt('/spec/template', TEMPLATE)];
const COPIES = dropped('/spec/minReadySeconds');

const DEPLOYMENT: Row[] = [
  ...TEMPLATED,
  ...COPIES,
  { at: '/spec/replicas', is: 1 },
  { at: '/spec/progressDeadlineSeconds', is: 600 },
  { at: '/spec/revisionHistoryLimit', is: 10 },
  { at: '/spec/strategy/type', is: 'RollingUpdate' },
  { at: '/spec/strategy/rollingUpdate/maxSurge', is: '25%' },
  { at: '/spec/strategy/rollingUpdate/maxUnavailable', is: '25%' },
  ...dropped('/spec/paused'),
];

const STATEFUL_SET: Row[] = [
  ...TEMPLATED,
  ...COPIES,
  { at: '/spec/replicas', is: 1 },
  { at: '/spec/revisionHistoryLimit', is: 10 },
  { at: '/spec/podManagementPolicy', is: 'OrderedReady' },
  { at: '/spec/persistentVolumeClaimRetentionPolicy/whenDeleted', is: 'Retain' },
  { at: '/spec/persistentVolumeClaimRetentionPolicy/whenScaled', is: 'Retain' },
  { at: '/spec/updateStrategy/type', is: 'RollingUpdate' },
  { at: '/spec/updateStrategy/rollingUpdate/partition', is: 0 },
  { at: '/spec/volumeClaimTemplates/*/apiVersion', is: 'v1' },
  { at: '/spec/volumeClaimTemplates/*/kind', is: 'PersistentVolumeClaim' },
  { at: '/spec/volumeClaimTemplates/*/spec/volumeMode', is: 'Filesystem' },
  { at: '/spec/volumeClaimTemplates/*/spec/resources/requests/storage', quantity: true },
  { at: '/spec/volumeClaimTemplates/*/status/phase', is: 'Pending' },
];

const DAEMON_SET: Row[] = [
  ...TEMPLATED,
  ...COPIES,
  { at: '/metadata/annotations/deprecated.daemonset.template.generation', is: /^\d+$/ },
  { at: '/spec/revisionHistoryLimit', is: 10 },
  { at: '/spec/updateStrategy/type', is: 'RollingUpdate' },
  { at: '/spec/updateStrategy/rollingUpdate/maxSurge', is: 0 },
  { at: '/spec/updateStrategy/rollingUpdate/maxUnavailable', is: 1 },
];

const REPLICA_SET: Row[] = [...TEMPLATED, ...COPIES, { at: '/spec/replicas', is: 1 }];

/** Where it names no labels of its own, those of its pods. */
const REPLICATION_CONTROLLER: Row[] = [
  ...REPLICA_SET,
  { at: '/metadata/labels/*', like: '/spec/template/metadata/labels/$1' },
  { at: '/spec/selector/*', like: '/spec/template/metadata/labels/$1' },
];

/** Names by which a Job knows its pods. */
const GENERATED = ['', '/spec/template'].flatMap((place): Row[] => [
  { at: `${place}/metadata/labels/controller-uid`, like: '/metadata/uid' },
  { at: `${place}/metadata/labels/batch.kubernetes.io~1controller-uid`, like: '/metadata/uid' },
  { at: `${place}/metadata/labels/job-name`, like: '/metadata/name' },
  { at: `${place}/metadata/labels/batch.kubernetes.io~1job-name`, like: '/metadata/name' },
]);

const JOB: Row[] = [
  ...TEMPLATED,
  ...GENERATED,
  { at: '/metadata/labels/*', like: '/spec/template/metadata/labels/$1' },
  { at: '/spec/selector/matchLabels/batch.kubernetes.io~1controller-uid', like: '/metadata/uid' },
  { at: '/spec/backoffLimit', is: 6 },
  { at: '/spec/completionMode', is: 'NonIndexed' },
  { at: '/spec/completions', is: 1 },
  { at: '/spec/manualSelector', is: false },
  { at: '/spec/parallelism', is: 1 },
  { at: '/spec/podFailurePolicy/rules/*/onPodConditions/*/status', is: 'True' },
  { at: '/spec/podReplacementPolicy', is: 'TerminatingOrFailed' },
  {
    at: '/spec/podReplacementPolicy',
    is: 'Failed',
    where: { at: '/spec/podFailurePolicy', not: [undefined] },
  },
  { at: '/spec/suspend', is: false },
];

const CRON_JOB: Row[] = [
  ...OBJECT,
  ...rowsAt('/spec/jobTemplate/spec/template', TEMPLATE),
  { at: '/spec/concurrencyPolicy', is: 'Allow' },
  { at: '/spec/failedJobsHistoryLimit', is: 1 },
  { at: '/spec/successfulJobsHistoryLimit', is: 3 },
  { at: '/spec/suspend', is: false },
  { at: '/spec/jobTemplate/metadata', is: {} },
  { at: '/spec/jobTemplate/spec/template/metadata', is: {} },
];

export const WORKLOADS: Readonly<Record<string, readonly Row[]>> = {
  'v1 Pod': [...OBJECT, ...TEMPLATE, ...POD],
  'v1 ReplicationController': REPLICATION_CONTROLLER,
  'apps/v1 Deployment': DEPLOYMENT,
  'apps/v1 StatefulSet': STATEFUL_SET,
  'apps/v1 DaemonSet': DAEMON_SET,
  'apps/v1 ReplicaSet': REPLICA_SET,
  'batch/v1 Job': JOB,
  'batch/v1 CronJob': CRON_JOB,
};
export { OBJECT };
