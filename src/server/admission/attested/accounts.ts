const OWN = 'system:serviceaccount:kube-system:';
const PROCESS = 'system:kube-controller-manager';
const PAIRS: readonly [account: string, owner: string, makes: string[]][] = [
  ['deployment-controller', 'apps/Deployment', ['ReplicaSet']],
  ['replicaset-controller', 'apps/ReplicaSet', ['Pod']],
  ['statefulset-controller', 'apps/StatefulSet', ['Pod', 'ControllerRevision', 'PersistentVolumeClaim']],
  ['daemon-set-controller', 'apps/DaemonSet', ['Pod', 'ControllerRevision']],
  ['job-controller', 'batch/Job', ['Pod']],
  ['cronjob-controller', 'batch/CronJob', ['Job']],
  ['replication-controller', 'ReplicationController', ['Pod']],
];

/** The controllers of Kubernetes itself: each with an account of its own, or all of them with the one of their process. */
export const CONTROLLERS = PAIRS.flatMap(([account, owner, makes]) =>
  [`${OWN}${account}`, PROCESS].map((name) => ({ account: name, owner, makes })),
);

const accounts = [`${OWN}*`, PROCESS];

/** What these controllers keep in objects that others wrote. */
export const BOOKKEEPING = [
  {
    kinds: ['Deployment', 'ReplicaSet'],
    path: '/metadata/annotations/deployment.kubernetes.io~1*',
    change: true,
    accounts,
  },
  {
    kinds: ['DaemonSet'],
    path: '/metadata/annotations/deprecated.daemonset.template.generation',
    change: true,
    accounts,
  },
  { kinds: ['**'], path: '/metadata/finalizers/**', change: true, accounts },
  { kinds: ['**'], path: '/metadata/ownerReferences/**', change: true, accounts },
];
