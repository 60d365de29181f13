/** The API server of a cluster: how it is reached and as whom; what it has, listed and watched. */
export { inCluster } from './access/in-cluster.ts';
export { fromKubeconfig, type KubeconfigOptions } from './access/kubeconfig.ts';
export type { ClusterAccess, Credentials } from './access/types.ts';
export { ChangingConnection, type JsonPatch, type JsonPatchStep } from './change.ts';
export { Connection, type Limits } from './connection.ts';
export { findResource, type NamedResource, parseResource, resourcesOf } from './discover.ts';
export { detailsOf as faultDetails, type FaultDetails } from './fault.ts';
export { listObjects } from './list.ts';
export { nameOf } from './path.ts';
export type { KubernetesObject, ObjectMetadata, Resource, WatchEvent, WatchOptions } from './types.ts';
export { watchResource } from './watch-resource.ts';
