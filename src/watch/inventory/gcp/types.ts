/** Types of Cloud Asset Inventory that the library of policies judges. A test holds them against the library. */
export const GCP_TYPES = [
  'alloydb.googleapis.com/Cluster',
  'alloydb.googleapis.com/Instance',
  'bigtableadmin.googleapis.com/Instance',
  'cloudkms.googleapis.com/CryptoKey',
  'compute.googleapis.com/Disk',
  'compute.googleapis.com/Firewall',
  'compute.googleapis.com/RegionDisk',
  'dns.googleapis.com/ManagedZone',
  'file.googleapis.com/Instance',
  'pubsub.googleapis.com/Topic',
  'redis.googleapis.com/Instance',
  'spanner.googleapis.com/Database',
  'sqladmin.googleapis.com/Instance',
  'storage.googleapis.com/Bucket',
] as const;
