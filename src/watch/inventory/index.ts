/** What a cloud account has, as its own inventory tells it. */
export { type AwsConfigOptions, awsConfigItems } from './aws/api.ts';
export { bucketInventory, isBucket } from './aws/bucket.ts';
export { type DeletedResource, DeletedResources } from './aws/deleted.ts';
export { ConfigQueue } from './aws/queue.ts';
export { AWS_TYPES } from './aws/types.ts';
export { inventoryFiles } from './files.ts';
