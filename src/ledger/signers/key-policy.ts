import { ExhibitError } from '../../record/index.ts';

const ROLE = /^arn:aws[a-z-]*:iam::\d{12}:(?:role|user)\/[\w+=,.@/-]{1,576}$/;

/**
 * Statements for the key policy of a signing key in AWS KMS: the writer may sign with Ed25519 and read the public key, and nobody
 * may have the key deleted or disabled, or change what it is used for. The statement that lets administrators manage the key at all stays the
 * reader's; a denial goes before it.
 * @param role ARN of the role (or user) that writes the ledger
 * @throws ExhibitError USAGE
 * @see docs.aws.amazon.com/kms/latest/developerguide/conditions-kms.html, "kms:SigningAlgorithm"
 */
export function keyPolicy(role: string): { Sid: string; Effect: string; [member: string]: unknown }[] {
  if (!ROLE.test(role)) throw new ExhibitError('USAGE', `${role} is no ARN of a role or a user`);
  return [
    {
      Sid: 'ExhibitSigns',
      Effect: 'Allow',
      Principal: { AWS: role },
      Action: 'kms:Sign',
      Resource: '*',
      Condition: { StringEquals: { 'kms:SigningAlgorithm': 'ED25519_SHA_512', 'kms:MessageType': 'RAW' } },
    },
    {
      Sid: 'ExhibitReadsThePublicKey',
      Effect: 'Allow',
      Principal: { AWS: role },
      Action: 'kms:GetPublicKey',
      Resource: '*',
    },
    {
      Sid: 'NobodyEndsTheKey',
      Effect: 'Deny',
      Principal: { AWS: '*' },
      Action: ['kms:ScheduleKeyDeletion', 'kms:DisableKey'],
      Resource: '*',
    },
  ];
}
