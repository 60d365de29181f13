/** What a cloud account has, as its own inventory tells it. */
export { type AwsConfigOptions, awsConfigItems } from './aws/api.ts';
export { bucketInventory, isBucket } from './aws/bucket.ts';
export { type DeletedResource, DeletedResources } from './aws/deleted.ts';
export { ConfigQueue } from './aws/queue.ts';
export { AWS_TYPES } from './aws/types.ts';
export { type ResourceGraphOptions, resourceGraph } from './azure/resource-graph.ts';
export { AZURE_TABLES, AZURE_UNLISTED } from './azure/types.ts';
export { inventoryEntry } from './entry.ts';
export { inventoryFiles } from './files.ts';
export { type AssetOptions, cloudAssets } from './gcp/assets.ts';
export { GCP_TYPES } from './gcp/types.ts';
export {
  type Identities,
  identitiesOfEntry,
  identitiesOfPlanned,
  type PlannedBy,
  plannedField,
  plannedResources,
} from './planned.ts';
