/** What a cloud account has, as its own inventory tells it. */
export { type AwsConfigOptions, awsConfigItems } from './aws-config.ts';
export { type DeletedResource, DeletedResources } from './deleted.ts';
export { inventoryFiles } from './files.ts';
export { AWS_TYPES } from './types.ts';
