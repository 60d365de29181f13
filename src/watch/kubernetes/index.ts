export { inCluster } from './access/in-cluster.ts';
export { fromKubeconfig, type KubeconfigOptions } from './access/kubeconfig.ts';
export type { ClusterAccess, Credentials } from './access/types.ts';
export { Connection, type Limits } from './connection.ts';
export { findResource, type NamedResource, parseResource, resourcesOf } from './discover.ts';
export { detailsOf as faultDetails, type FaultDetails } from './fault.ts';
export { nameOf } from './path.ts';
export type { KubernetesObject, ObjectMetadata, Resource, WatchEvent, WatchOptions } from './types.ts';
export { watchResource } from './watch-resource.ts';
