import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { LAKE_FOLDERS } from '../../../src/lake/index.ts';
import { CHECKPOINT, CONFIG, currentKeyFile } from '../../../src/ledger/layout.ts';
import {
  ADMINISTRATOR,
  BREAKER,
  CALLS,
  CHECKER,
  OTHER,
  READER,
  TILE,
  TLS,
  VARIABLES,
  WRITER,
} from './evidence-store-calls.ts';
import { type Call, type Decision, decide } from './iam.ts';
import { type Policy, policyOf } from './iam-schema.ts';
import { outputsOf, terraform, why } from './terraform.ts';

const both = z.object({ first: z.string(), second: z.string() });
const outputsSchema = z.object({
  bucket_policies: both,
  key_policies: both,
  key_aliases: both,
  writer_policy: z.string(),
  reader_policy: z.string(),
  checker_policy: z.string(),
  service_control_policy: z.string(),
  copy_commands: z.record(z.string(), z.array(z.string())),
});

const EVERYTHING = policyOf(
  JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }] }),
);

async function policies(variables: Readonly<Record<string, unknown>> = VARIABLES) {
  const outputs = outputsSchema.parse(await outputsOf('evidence-store/modules/policy', variables));
  const roles: Readonly<Record<string, Policy>> = {
    [WRITER]: policyOf(outputs.writer_policy),
    [READER]: policyOf(outputs.reader_policy),
    [CHECKER]: policyOf(outputs.checker_policy),
    [ADMINISTRATOR]: EVERYTHING,
    [OTHER]: EVERYTHING,
    [BREAKER]: EVERYTHING,
  };
  const identity = (by: string | undefined) => (by === undefined ? [] : [roles[by] ?? EVERYTHING]);
  const bucket = policyOf(outputs.bucket_policies.first);
  const key = policyOf(outputs.key_policies.first);
  return {
    outputs,
    onBucket: (call: Call, resource = bucket): Decision =>
      decide(call, { identity: identity(call.by), resource, account: '111122223333' }),
    onSecond: (call: Call): Decision =>
      decide(call, {
        identity: identity(call.by),
        resource: policyOf(outputs.bucket_policies.second),
        account: '444455556666',
      }),
    onKey: (call: Call): Decision =>
      decide(call, { identity: identity(call.by), resource: key, account: '111122223333', key: true }),
    onControl: (call: Call): Decision =>
      decide(call, {
        identity: [EVERYTHING],
        control: policyOf(outputs.service_control_policy),
        account: '111122223333',
      }),
  };
}

const KEY = 'arn:aws:kms:eu-west-1:111122223333:key/0a1b';
const ALIASED = { 'kms:resourcealiases': ['alias/exhibit-acme-evidence'] };
const BY_S3 = { ...ALIASED, 'kms:viaservice': 's3.eu-west-1.amazonaws.com' };

describe.skipIf(terraform === undefined)(`the policies of the module evidence-store${why}`, () => {
  it('let in and keep out, call by call', async () => {
    const { onBucket } = await policies();
    expect(CALLS.map((call) => [call.what, onBucket(call)])).toEqual(
      CALLS.map(({ what, decision }) => [what, decision]),
    );
  });

  it('have no denial that could be left out', async () => {
    const { outputs, onBucket } = await policies();
    const { Statement: all } = policyOf(outputs.bucket_policies.first);
    const denials = all.filter(({ Effect }) => Effect === 'Deny').map(({ Sid }) => Sid);
    const noticed = denials.filter((left) => {
      const without = { Version: '2012-10-17' as const, Statement: all.filter(({ Sid }) => Sid !== left) };
      return CALLS.some((call) => onBucket(call, without) !== call.decision);
    });
    expect(noticed).toEqual(denials);
  });

  it('name the objects that change as the ledger names them', async () => {
    const { outputs } = await policies();
    const replaced = policyOf(outputs.bucket_policies.first).Statement.find(
      ({ Sid }) => Sid === 'NothingReplaced',
    );
    expect(replaced?.NotResource).toEqual([
      'arn:aws:s3:::acme-evidence/prod/log/checkpoint',
      `arn:aws:s3:::acme-evidence/prod/${currentKeyFile(VARIABLES.ledgers.prod)}`,
      'arn:aws:s3:::acme-evidence/prod/exhibit-check/*',
    ]);
  });

  it('let nobody end the key, and S3 alone use it', async () => {
    const { onKey } = await policies();
    const ends = ['ScheduleKeyDeletion', 'DisableKey', 'DeleteImportedKeyMaterial', 'DeleteAlias'];
    const ended = [ADMINISTRATOR, OTHER, WRITER, 'arn:aws:iam::111122223333:root'].flatMap((by) =>
      ends.map((end) => onKey({ by, action: `kms:${end}`, resource: KEY, context: ALIASED })),
    );
    expect(new Set(ended)).toEqual(new Set(['denied']));
    const use = (by: string, action: string, context = {}) =>
      onKey({ by, action, resource: KEY, context: { ...ALIASED, ...context } });
    expect(use(WRITER, 'kms:GenerateDataKey', BY_S3)).toBe('allowed');
    expect(use(WRITER, 'kms:GenerateDataKey')).toBe('refused');
    expect(use(READER, 'kms:Decrypt', BY_S3)).toBe('allowed');
    expect(use(READER, 'kms:GenerateDataKey', BY_S3)).toBe('refused');
    expect(use(ADMINISTRATOR, 'kms:Decrypt', BY_S3)).toBe('refused');
    expect(use(ADMINISTRATOR, 'kms:PutKeyPolicy')).toBe('allowed');
    // An object under the key of the bucket is not put under another one.
    expect([WRITER, OTHER, ADMINISTRATOR].map((by) => use(by, 'kms:ReEncryptFrom', BY_S3))).toEqual([
      'refused',
      'refused',
      'refused',
    ]);
    // Who changes the policy can mend it, and what was done in between.
    expect(use(ADMINISTRATOR, 'kms:CancelKeyDeletion')).toBe('allowed');
    expect(use(OTHER, 'kms:PutKeyPolicy')).toBe('refused');
  });

  it('for an organisation hold the administrators, too', async () => {
    const { onControl } = await policies();
    const bucket = 'arn:aws:s3:::acme-evidence';
    const control = (action: string, resource: string, context = {}) =>
      onControl({ by: ADMINISTRATOR, action, resource, context });
    expect(control('s3:PutBucketObjectLockConfiguration', bucket)).toBe('denied');
    expect(control('s3:BypassGovernanceRetention', `${bucket}/prod/log/tile/0/000`)).toBe('denied');
    expect(control('s3:DeleteObject', `${bucket}/prod/evidence/soc2/cc6.1/x`)).toBe('denied');
    expect(control('s3:DeleteObjectVersion', `${bucket}/prod/exhibit-check/ab12`)).toBe('allowed');
    expect(control('kms:ScheduleKeyDeletion', KEY, ALIASED)).toBe('denied');
    expect(control('kms:ScheduleKeyDeletion', KEY, { 'kms:resourcealiases': ['alias/other'] })).toBe(
      'allowed',
    );
    expect(control('kms:DeleteAlias', 'arn:aws:kms:eu-west-1:111122223333:alias/exhibit-acme-evidence')).toBe(
      'denied',
    );
    expect(control('account:CloseAccount', '*')).toBe('denied');
    expect(control('s3:DeleteObject', 'arn:aws:s3:::other/x')).toBe('allowed');
  });

  it('for an organisation guard all that `store copy` writes, in both accounts', async () => {
    const { onControl } = await policies();
    const written = [
      ...[CONFIG, CHECKPOINT, currentKeyFile(VARIABLES.ledgers.prod), 'blobs/sha256/ab/cd', 'log/tile/0/000'],
      ...LAKE_FOLDERS.map((folder) => `${folder}/x`),
    ];
    const deleted = Object.values(VARIABLES.buckets).flatMap(({ name }) =>
      written.map((key) => [
        key,
        ...['s3:DeleteObject', 's3:DeleteObjectVersion', 's3:ReplicateDelete'].map((action) =>
          onControl({ by: ADMINISTRATOR, action, resource: `arn:aws:s3:::${name}/prod/${key}` }),
        ),
      ]),
    );
    expect(deleted).toEqual([...written, ...written].map((key) => [key, 'denied', 'denied', 'denied']));
  });

  it('decide in the second account as in the first, where both sides have to allow', async () => {
    const { onSecond } = await policies();
    const there = (arn: string) => arn.replace(':acme-evidence', ':acme-evidence-copy');
    const calls = CALLS.filter(({ by }) => by === WRITER || by === CHECKER).map((call) => ({
      ...call,
      resource: there(call.resource),
    }));
    expect(calls.length).toBeGreaterThan(30);
    expect(calls.map((call) => [call.what, onSecond(call)])).toEqual(
      calls.map(({ what, decision }) => [what, decision]),
    );
    expect(onSecond({ by: OTHER, action: 's3:GetObject', resource: there(TILE), context: TLS })).toBe(
      'refused',
    );
  });

  it('let the one who unlocks do it, and nobody else', async () => {
    const { onBucket } = await policies({ ...VARIABLES, unlock_arns: [BREAKER] });
    const call = (by: string, action: string) =>
      onBucket({ by, action, resource: 'arn:aws:s3:::acme-evidence/prod/log/tile/0/000' });
    expect(call(BREAKER, 's3:BypassGovernanceRetention')).toBe('allowed');
    expect(call(BREAKER, 's3:DeleteObjectVersion')).toBe('allowed');
    expect(call(ADMINISTRATOR, 's3:BypassGovernanceRetention')).toBe('denied');
    expect(call(WRITER, 's3:DeleteObjectVersion')).toBe('denied');
  });

  it('in COMPLIANCE let nobody write what can be undone', async () => {
    const { onBucket, outputs } = await policies({
      ...VARIABLES,
      lock_mode: 'COMPLIANCE',
      acknowledge_irreversible: true,
    });
    const put = (mode: string) =>
      onBucket({
        by: WRITER,
        action: 's3:PutObject',
        resource: 'arn:aws:s3:::acme-evidence/prod/log/tile/0/000',
        context: {
          's3:objectcreationoperation': 'true',
          's3:if-none-match': '*',
          's3:object-lock-mode': mode,
          's3:object-lock-remaining-retention-days': '365',
        },
      });
    expect([put('COMPLIANCE'), put('GOVERNANCE')]).toEqual(['allowed', 'denied']);
    expect(outputs.copy_commands.prod?.[1]).toBe(
      'exhibit store copy EVIDENCE s3://acme-evidence-copy/prod --region eu-central-1 --lock-days 365 --lock-mode compliance --acknowledge-irreversible',
    );
  });
});
