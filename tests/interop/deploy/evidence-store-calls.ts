import type { Call, Decision } from './iam.ts';
import type { Context } from './iam-condition.ts';

export const VARIABLES = {
  buckets: {
    first: {
      name: 'acme-evidence',
      account_id: '111122223333',
      region: 'eu-west-1',
      administrator_arns: ['arn:aws:iam::111122223333:role/terraform'],
    },
    second: {
      name: 'acme-evidence-copy',
      account_id: '444455556666',
      region: 'eu-central-1',
      administrator_arns: ['arn:aws:iam::444455556666:role/terraform'],
    },
  },
  ledgers: { prod: 'acme.example/evidence/2026' },
  writer_arns: ['arn:aws:iam::111122223333:role/exhibit-server'],
  reader_arns: ['arn:aws:iam::444455556666:role/verifier'],
  checker_arns: ['arn:aws:iam::111122223333:role/exhibit-check'],
  retention_days: 365,
};

export const [WRITER, READER, CHECKER, ADMINISTRATOR, OTHER, BREAKER] = [
  'arn:aws:iam::111122223333:role/exhibit-server',
  'arn:aws:iam::444455556666:role/verifier',
  'arn:aws:iam::111122223333:role/exhibit-check',
  'arn:aws:iam::111122223333:role/terraform',
  'arn:aws:iam::111122223333:role/anything',
  'arn:aws:iam::111122223333:role/unlock',
] as const;

const BUCKET = 'arn:aws:s3:::acme-evidence';
const object = (key: string) => `${BUCKET}/prod/${key}`;
export const TILE = object('log/tile/0/000');
export const TLS: Context = { 'aws:securetransport': 'true', 's3:tlsversion': '1.3' };
const CREATES = { 's3:objectcreationoperation': 'true' };
const ABSENT = { 's3:if-none-match': '*' };
const locked = (days: number, mode = 'GOVERNANCE') => ({
  's3:object-lock-mode': mode,
  's3:object-lock-remaining-retention-days': String(days),
});

type Row = [
  what: string,
  decision: Decision,
  by: string | undefined,
  action: string,
  resource: string,
  context?: Context,
];

/** Calls of S3 on the first bucket, with what is to become of them. `Context` comes on top of TLS 1.3. */
const ROWS: readonly Row[] = [
  // What the writer does.
  [
    'writes an object that was not there',
    'allowed',
    WRITER,
    's3:PutObject',
    TILE,
    { ...CREATES, ...ABSENT, ...locked(365) },
  ],
  [
    'writes one with the lock of the bucket',
    'allowed',
    WRITER,
    's3:PutObject',
    TILE,
    { ...CREATES, ...ABSENT },
  ],
  [
    'begins an upload in parts',
    'allowed',
    WRITER,
    's3:PutObject',
    TILE,
    { 's3:objectcreationoperation': 'false', ...locked(365) },
  ],
  ['gives an upload up', 'allowed', WRITER, 's3:AbortMultipartUpload', TILE],
  [
    'replaces the checkpoint',
    'allowed',
    WRITER,
    's3:PutObject',
    object('log/checkpoint'),
    { ...CREATES, ...locked(365) },
  ],
  [
    'replaces the key that signs now',
    'allowed',
    WRITER,
    's3:PutObject',
    object('keys/acme.example_evidence_2026.vkey'),
    { ...CREATES, ...locked(365) },
  ],
  [
    'tries whether a second writer is refused',
    'allowed',
    WRITER,
    's3:PutObject',
    object('exhibit-check/if-none-match'),
    CREATES,
  ],
  ['gives a lock to what had none', 'allowed', WRITER, 's3:PutObjectRetention', TILE, locked(365)],
  [
    'holds an object',
    'allowed',
    WRITER,
    's3:PutObjectLegalHold',
    TILE,
    { 's3:object-lock-legal-hold': 'ON' },
  ],
  ['lists its prefix', 'allowed', WRITER, 's3:ListBucketVersions', BUCKET, { 's3:prefix': 'prod/log/' }],
  ['reads back', 'allowed', WRITER, 's3:GetObjectVersion', TILE],
  // What nobody may do with its credentials.
  ['replaces a tile', 'denied', WRITER, 's3:PutObject', TILE, { ...CREATES, ...locked(365) }],
  [
    'replaces a former key',
    'denied',
    WRITER,
    's3:PutObject',
    object('keys/acme.example_evidence_2026.0a1b2c3d.vkey'),
    { ...CREATES, ...locked(365) },
  ],
  [
    'replaces the checkpoint of another prefix',
    'denied',
    WRITER,
    's3:PutObject',
    `${BUCKET}/test/log/checkpoint`,
    { ...CREATES, ...locked(365) },
  ],
  [
    'writes beside the ledgers',
    'refused',
    WRITER,
    's3:PutObject',
    `${BUCKET}/test/x`,
    { ...CREATES, ...ABSENT },
  ],
  [
    'writes for a year less two days',
    'denied',
    WRITER,
    's3:PutObject',
    TILE,
    { ...CREATES, ...ABSENT, ...locked(363) },
  ],
  ['shortens a lock', 'denied', WRITER, 's3:PutObjectRetention', TILE, locked(1)],
  ['bypasses a lock', 'denied', WRITER, 's3:BypassGovernanceRetention', TILE],
  [
    'locks for good',
    'denied',
    WRITER,
    's3:PutObject',
    TILE,
    { ...CREATES, ...ABSENT, ...locked(365, 'COMPLIANCE') },
  ],
  ['makes a lock one for good', 'denied', WRITER, 's3:PutObjectRetention', TILE, locked(365, 'COMPLIANCE')],
  [
    'takes a hold off',
    'denied',
    WRITER,
    's3:PutObjectLegalHold',
    TILE,
    { 's3:object-lock-legal-hold': 'OFF' },
  ],
  ['puts a delete marker', 'denied', WRITER, 's3:DeleteObject', TILE],
  ['deletes a version', 'denied', WRITER, 's3:DeleteObjectVersion', TILE],
  ['lists the whole bucket', 'refused', WRITER, 's3:ListBucket', BUCKET, { 's3:prefix': '' }],
  ['lists without a prefix', 'refused', WRITER, 's3:ListBucket', BUCKET],
  [
    'brings its own key',
    'denied',
    WRITER,
    's3:PutObject',
    TILE,
    { ...CREATES, ...ABSENT, 's3:x-amz-server-side-encryption-customer-algorithm': 'AES256' },
  ],
  [
    'names a key that is another than that of the bucket',
    'denied',
    WRITER,
    's3:PutObject',
    TILE,
    {
      ...CREATES,
      ...ABSENT,
      's3:x-amz-server-side-encryption': 'aws:kms',
      's3:x-amz-server-side-encryption-aws-kms-key-id': 'arn:aws:kms:eu-west-1:111122223333:key/k',
    },
  ],
  [
    'has S3 encrypt it with a key of S3',
    'denied',
    WRITER,
    's3:PutObject',
    TILE,
    { ...CREATES, ...ABSENT, 's3:x-amz-server-side-encryption': 'AES256' },
  ],
  ['comes without TLS', 'denied', WRITER, 's3:GetObject', TILE, { 'aws:securetransport': 'false' }],
  ['comes with TLS 1.1', 'denied', WRITER, 's3:GetObject', TILE, { 's3:tlsversion': '1.1' }],
  ['changes the default lock', 'denied', WRITER, 's3:PutBucketObjectLockConfiguration', BUCKET],
  ['suspends versions', 'denied', WRITER, 's3:PutBucketVersioning', BUCKET],
  ['changes the policy', 'denied', WRITER, 's3:PutBucketPolicy', BUCKET],
  // Who only verifies, in the other account.
  ['reads', 'allowed', READER, 's3:GetObject', TILE],
  ['writes', 'refused', READER, 's3:PutObject', TILE, { ...CREATES, ...ABSENT, ...locked(365) }],
  // Who tries the locks.
  [
    'writes a probe for ten minutes',
    'allowed',
    CHECKER,
    's3:PutObject',
    object('exhibit-check/ab12'),
    { ...CREATES, ...locked(0) },
  ],
  [
    'shortens that lock, which S3 is to refuse',
    'allowed',
    CHECKER,
    's3:PutObjectRetention',
    object('exhibit-check/ab12'),
    locked(0),
  ],
  [
    'deletes it, which S3 is to refuse',
    'allowed',
    CHECKER,
    's3:DeleteObjectVersion',
    object('exhibit-check/ab12'),
  ],
  ['bypasses it', 'denied', CHECKER, 's3:BypassGovernanceRetention', object('exhibit-check/ab12')],
  ['deletes evidence', 'denied', CHECKER, 's3:DeleteObjectVersion', TILE],
  ['writes evidence', 'denied', CHECKER, 's3:PutObject', TILE, CREATES],
  // Administrators of the account, whose own policies allow everything.
  ['mends the policy', 'allowed', ADMINISTRATOR, 's3:PutBucketPolicy', BUCKET],
  ['changes the lifecycle', 'allowed', ADMINISTRATOR, 's3:PutLifecycleConfiguration', BUCKET],
  ['changes the default lock', 'denied', ADMINISTRATOR, 's3:PutBucketObjectLockConfiguration', BUCKET],
  ['suspends versions', 'denied', ADMINISTRATOR, 's3:PutBucketVersioning', BUCKET],
  ['deletes the bucket', 'denied', ADMINISTRATOR, 's3:DeleteBucket', BUCKET],
  ['deletes a version', 'denied', ADMINISTRATOR, 's3:DeleteObjectVersion', TILE],
  ['bypasses a lock', 'denied', ADMINISTRATOR, 's3:BypassGovernanceRetention', TILE],
  ['brings another version from a bucket of its own', 'denied', OTHER, 's3:ReplicateObject', TILE],
  ['brings a delete marker from there', 'denied', OTHER, 's3:ReplicateDelete', TILE],
  ['opens the bucket', 'denied', OTHER, 's3:PutBucketPublicAccessBlock', BUCKET],
  ['takes the policy away', 'denied', OTHER, 's3:DeleteBucketPolicy', BUCKET],
  ['hides objects by a lifecycle', 'denied', OTHER, 's3:PutLifecycleConfiguration', BUCKET],
  ['changes the key of the bucket', 'denied', OTHER, 's3:PutEncryptionConfiguration', BUCKET],
  // Nobody who is known.
  ['reads', 'refused', undefined, 's3:GetObject', TILE],
  ['lists', 'refused', undefined, 's3:ListBucket', BUCKET, { 's3:prefix': 'prod/log/' }],
  ['deletes', 'denied', undefined, 's3:DeleteObject', TILE],
  ['changes the policy', 'denied', undefined, 's3:PutBucketPolicy', BUCKET],
];

export interface Expected extends Call {
  what: string;
  decision: Decision;
}

export const CALLS: readonly Expected[] = ROWS.map(
  ([what, decision, by, action, resource, context = {}]) => ({
    what: `${by?.split('/').at(-1) ?? 'nobody'} ${what}`,
    decision,
    by,
    action,
    resource,
    context: { ...TLS, ...context },
  }),
);
