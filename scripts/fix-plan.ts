// Makes examples/shop/infra-fixed/plan.json from the real plan: the same resources with the faults mended.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

interface Change {
  address: string;
  mode: string;
  type: string;
  name: string;
  provider_name: string;
  change: {
    actions: string[];
    before: unknown;
    after: Record<string, unknown>;
    after_unknown: Record<string, unknown>;
  };
}
interface Configured {
  address: string;
  mode: string;
  type: string;
  name: string;
  provider_config_key: string;
  expressions: Record<string, unknown>;
  schema_version: number;
}
interface Plan {
  resource_changes: Change[];
  configuration: { root_module: { resources: Configured[] } };
}

const shop = join(import.meta.dirname, '..', 'examples', 'shop');
const plan = JSON.parse(readFileSync(join(shop, 'infra', 'plan.json'), 'utf8')) as Plan;

for (const { type, change } of plan.resource_changes) {
  if (type === 'aws_lambda_function') change.after.runtime = 'nodejs22.x';
  if (type !== 'aws_instance') continue;
  change.after.metadata_options = [{ http_endpoint: 'enabled', http_tokens: 'required' }];
  change.after_unknown.metadata_options = [{}];
  change.after.associate_public_ip_address = false;
  delete change.after_unknown.associate_public_ip_address;
  for (const disk of ['root_block_device', 'ebs_block_device']) {
    for (const block of change.after[disk] as Record<string, unknown>[]) block.encrypted = true;
    for (const block of (change.after_unknown[disk] ?? []) as Record<string, unknown>[])
      delete block.encrypted;
  }
}

const bucket = { bucket: { references: ['aws_s3_bucket.usage.id', 'aws_s3_bucket.usage'] } };
add('aws_s3_bucket_public_access_block', {
  block_public_acls: true,
  block_public_policy: true,
  ignore_public_acls: true,
  restrict_public_buckets: true,
});
add('aws_s3_bucket_server_side_encryption_configuration', {
  rule: [
    { apply_server_side_encryption_by_default: [{ sse_algorithm: 'aws:kms' }], bucket_key_enabled: true },
  ],
});

add('aws_s3_bucket_ownership_controls', { rule: [{ object_ownership: 'BucketOwnerEnforced' }] });
add('aws_s3_bucket_versioning', { versioning_configuration: [{ status: 'Enabled' }] });
add('aws_s3_bucket_logging', { target_bucket: 'shop-access-logs', target_prefix: 'usage/' });
add('aws_s3_bucket_policy', {
  policy: JSON.stringify({
    Version: '2012-10-17',
    Statement: [
      {
        Sid: 'TlsOnly',
        Effect: 'Deny',
        Principal: '*',
        Action: 's3:*',
        Resource: ['arn:aws:s3:::usage', 'arn:aws:s3:::usage/*'],
        Condition: { Bool: { 'aws:SecureTransport': 'false' } },
      },
    ],
  }),
});

mkdirSync(join(shop, 'infra-fixed'), { recursive: true });
writeFileSync(join(shop, 'infra-fixed', 'plan.json'), `${JSON.stringify(plan, null, 1)}\n`);

/** A resource beside the bucket that configures it, as Terraform plans it: its bucket is known only after apply. */
function add(type: string, after: Record<string, unknown>): void {
  const at = { address: `${type}.usage`, mode: 'managed', type, name: 'usage' };
  plan.resource_changes.push({
    ...at,
    provider_name: 'registry.terraform.io/hashicorp/aws',
    change: { actions: ['create'], before: null, after, after_unknown: { id: true, bucket: true } },
  });
  plan.configuration.root_module.resources.push({
    ...at,
    provider_config_key: 'aws',
    expressions: bucket,
    schema_version: 0,
  });
}
