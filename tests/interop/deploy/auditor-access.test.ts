import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { ROOT } from '../../acceptance/workshop.ts';
import { type Moto, startMoto, why as whyNoMoto } from '../events/moto.ts';
import { type Decision, decide } from './iam.ts';
import type { Context } from './iam-condition.ts';
import { policyOf } from './iam-schema.ts';
import { ask, documentOf, element } from './moto-query.ts';
import { outputsOf, terraform, why } from './terraform.ts';

const VARIABLES = {
  engagement: 'soc2-2026',
  framework: 'soc2',
  period: { from: '2026-01', to: '2026-12' },
  not_before: '2027-01-04T00:00:00Z',
  expires: '2027-03-31T23:59:59Z',
  auditor_arns: ['arn:aws:iam::777788889999:role/audit-team'],
  bucket: { name: 'acme-evidence', account_id: '123456789012', region: 'eu-west-1' },
  prefix: 'prod',
  key_alias: 'alias/exhibit-acme-evidence',
  database: 'exhibit_soc2',
};

const outputsSchema = z.object({ permissions: z.string(), trust_policy: z.string(), role_arn: z.string() });
const MODULE = 'auditor-access/modules/policy';
const AUDITOR = 'arn:aws:iam::123456789012:role/exhibit-audit-soc2-2026';
const BUCKET = 'arn:aws:s3:::acme-evidence';
const object = (key: string) => `${BUCKET}/prod/${key}`;
const FILE = 'cc6.1/year=2026/month=03/day=31/evidence.parquet';
const glue = (rest: string) => `arn:aws:glue:eu-west-1:123456789012:${rest}`;

type Row = [decision: Decision, action: string, resource: string, context?: Context];

/** On a day within the engagement. */
const ROWS: readonly Row[] = [
  ['allowed', 's3:GetObject', object(`evidence/soc2/${FILE}`)],
  ['allowed', 's3:GetObjectVersion', object(`evidence/soc2/${FILE}`)],
  [
    'allowed',
    's3:ListBucket',
    BUCKET,
    { 's3:prefix': 'prod/evidence/soc2/cc6.1/year=2026/month=03/day=31/' },
  ],
  ['allowed', 's3:GetObject', object('log/checkpoint')],
  ['allowed', 's3:GetObject', object('log/tile/1/x001/234')],
  ['allowed', 's3:GetObject', object('manifests/2026-03-31.json')],
  ['allowed', 's3:GetBucketVersioning', BUCKET],
  ['allowed', 'glue:GetTable', glue('table/exhibit_soc2/evidence')],
  [
    'allowed',
    'athena:StartQueryExecution',
    'arn:aws:athena:eu-west-1:123456789012:workgroup/exhibit-audit-soc2-2026',
  ],
  // Another framework, ledger, period, bucket.
  ['refused', 's3:GetObject', object(`evidence/iso27001/${FILE}`)],
  ['refused', 's3:GetObject', object(`evidence/soc2x/${FILE}`)],
  ['refused', 's3:GetObject', `${BUCKET}/test/evidence/soc2/${FILE}`],
  ['refused', 's3:GetObject', object(`evidence/soc2/${FILE.replace('2026', '2025')}`)],
  ['refused', 's3:GetObject', `arn:aws:s3:::acme-evidence-copy/prod/evidence/soc2/${FILE}`],
  ['refused', 's3:GetObject', object('fact/year=2026/month=03/day=31/fact.parquet')],
  // Records and inputs of all frameworks.
  ['refused', 's3:GetObject', object('log/tile/entries/000')],
  ['refused', 's3:GetObject', object('blobs/sha256/ab/cd')],
  ['refused', 's3:ListBucket', BUCKET, { 's3:prefix': '' }],
  ['refused', 's3:ListBucket', BUCKET, { 's3:prefix': 'prod/' }],
  ['refused', 's3:ListBucket', BUCKET, { 's3:prefix': 'prod/evidence/iso27001/' }],
  ['refused', 's3:ListBucket', BUCKET],
  // Other tables and workgroups.
  ['refused', 'glue:GetTable', glue('table/exhibit_iso27001/evidence')],
  ['refused', 'glue:GetTable', glue('table/exhibit/fact')],
  ['refused', 'glue:GetTables', glue('table/exhibit_soc2/evidence')],
  ['refused', 'glue:UpdateTable', glue('table/exhibit_soc2/evidence')],
  ['allowed', 'athena:GetTableMetadata', 'arn:aws:athena:eu-west-1:123456789012:datacatalog/AwsDataCatalog'],
  ['refused', 'athena:StartQueryExecution', 'arn:aws:athena:eu-west-1:123456789012:workgroup/exhibit'],
  [
    'refused',
    'athena:UpdateWorkGroup',
    'arn:aws:athena:eu-west-1:123456789012:workgroup/exhibit-audit-soc2-2026',
  ],
  // Nothing is written.
  ['refused', 's3:PutObject', object(`evidence/soc2/${FILE}`)],
  ['refused', 's3:DeleteObject', object(`evidence/soc2/${FILE}`)],
  ['refused', 's3:PutObjectRetention', object(`evidence/soc2/${FILE}`)],
  ['refused', 'iam:PutRolePolicy', AUDITOR],
  ['refused', 'sts:AssumeRole', 'arn:aws:iam::123456789012:role/exhibit-server'],
];

const at = (time: string): Context => ({ 'aws:currenttime': time });
const WITHIN = at('2027-02-01T12:00:00Z');

describe.skipIf(terraform === undefined)(`the policies of the module auditor-access${why}`, () => {
  it('let read one framework of one ledger and one period, and no more', async () => {
    const { permissions, role_arn } = outputsSchema.parse(await outputsOf(MODULE, VARIABLES));
    expect(role_arn).toBe(AUDITOR);
    const identity = [policyOf(permissions)];
    const found = ROWS.map(([, action, resource, context = {}]) => [
      decide(
        { by: AUDITOR, action, resource, context: { ...WITHIN, ...context } },
        { identity, account: '123456789012' },
      ),
      action,
      resource,
      context,
    ]);
    expect(found).toEqual(
      ROWS.map(([decision, action, resource, context = {}]) => [decision, action, resource, context]),
    );
  });

  it('hold from their first second to the one before their last, whatever else the role is given', async () => {
    const { permissions, trust_policy } = outputsSchema.parse(await outputsOf(MODULE, VARIABLES));
    const all = policyOf(
      JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }] }),
    );
    const read = (time: string, more = [] as (typeof all)[]) =>
      decide(
        { by: AUDITOR, action: 's3:GetObject', resource: object(`evidence/soc2/${FILE}`), context: at(time) },
        { identity: [policyOf(permissions), ...more], account: '123456789012' },
      );
    expect(
      ['2027-01-03T23:59:59Z', '2027-01-04T00:00:01Z', '2027-03-31T23:59:58Z', '2027-03-31T23:59:59Z'].map(
        (time) => read(time),
      ),
    ).toEqual(['refused', 'allowed', 'allowed', 'denied']);
    expect(read('2027-04-01T00:00:00Z', [all])).toBe('denied');
    // IAM itself looks at the trust policy when the role is taken.
    const take = (by: string, time: string) =>
      decide(
        { by, action: 'sts:AssumeRole', resource: AUDITOR, context: at(time) },
        { identity: [all], resource: policyOf(trust_policy), account: '123456789012' },
      );
    const team = 'arn:aws:iam::777788889999:role/audit-team';
    expect(take(team, '2027-02-01T12:00:00Z')).toBe('allowed');
    expect(take(team, '2027-04-01T00:00:00Z')).toBe('refused');
    expect(take('arn:aws:iam::777788889999:role/another', '2027-02-01T12:00:00Z')).toBe('refused');
  });

  it('decrypt through S3 alone, with the one key', async () => {
    const { permissions } = outputsSchema.parse(await outputsOf(MODULE, VARIABLES));
    const decrypt = (context: Context) =>
      decide(
        {
          by: AUDITOR,
          action: 'kms:Decrypt',
          resource: 'arn:aws:kms:eu-west-1:123456789012:key/0a1b',
          context: { ...WITHIN, ...context },
        },
        { identity: [policyOf(permissions)], account: '123456789012' },
      );
    const alias = { 'kms:resourcealiases': ['alias/exhibit-acme-evidence'] };
    const service = { 'kms:viaservice': 's3.eu-west-1.amazonaws.com' };
    expect([decrypt({ ...alias, ...service }), decrypt(alias), decrypt(service)]).toEqual([
      'allowed',
      'refused',
      'refused',
    ]);
  });
});

describe.skipIf(terraform === undefined || whyNoMoto !== '')(
  `the template of CloudFormation${why}${whyNoMoto}`,
  () => {
    let moto: Moto;
    beforeAll(async () => {
      moto = await startMoto();
    });
    afterAll(() => moto.stop());

    it.each([
      ['a whole year', { from: '2026-01', to: '2026-12' }, 'year=2026', 'year=2026', ''],
      [
        'two months and an external id',
        { from: '2026-12', to: '2027-01' },
        'year=2026/month=12',
        'year=2027/month=01',
        'acme-1',
      ],
    ])('makes the same policies: %s', async (_, period, first, second, external) => {
      const engagement = `e${external}`;
      const parameters = {
        Engagement: engagement,
        Framework: 'soc2',
        Period: first,
        SecondPeriod: second,
        NotBefore: VARIABLES.not_before,
        Expires: VARIABLES.expires,
        AuditorArn: VARIABLES.auditor_arns[0] ?? '',
        ExternalId: external,
        Bucket: 'acme-evidence',
        Prefix: 'prod',
        KeyAlias: VARIABLES.key_alias,
        Database: 'exhibit_soc2',
      };
      const { endpoint } = moto;
      await ask(endpoint, 'cloudformation', {
        Action: 'CreateStack',
        StackName: engagement,
        TemplateBody: readFileSync(join(ROOT, 'deploy', 'cloudformation', 'auditor-role.yaml'), 'utf8'),
        'Capabilities.member.1': 'CAPABILITY_NAMED_IAM',
        ...Object.fromEntries(
          Object.entries(parameters).flatMap(([name, value], index) => [
            [`Parameters.member.${index + 1}.ParameterKey`, name],
            [`Parameters.member.${index + 1}.ParameterValue`, value],
          ]),
        ),
      });
      const role = await ask(endpoint, 'iam', { Action: 'GetRole', RoleName: `exhibit-audit-${engagement}` });
      const boundary = element(role, 'PermissionsBoundaryArn');
      const policy = await ask(endpoint, 'iam', {
        Action: 'GetPolicyVersion',
        PolicyArn: boundary,
        VersionId: 'v1',
      });
      const made = outputsSchema.parse(
        await outputsOf(MODULE, { ...VARIABLES, engagement, period, external_id: external }),
      );
      const same = (document: unknown) => {
        const parsed = policyOf(JSON.stringify(document));
        // A pattern that stands there twice says nothing more.
        return parsed.Statement.map(({ Resource, Condition, ...rest }) => ({
          ...rest,
          ...(Resource === undefined ? {} : { Resource: [...new Set(Resource)] }),
          Condition: Object.fromEntries(
            Object.entries(Condition ?? {}).map(([operator, lines]) => [
              operator,
              Object.fromEntries(Object.entries(lines).map(([key, values]) => [key, [...new Set(values)]])),
            ]),
          ),
        }));
      };
      expect(boundary).toBe(`arn:aws:iam::123456789012:policy/exhibit-audit-${engagement}`);
      expect(same(documentOf(policy, 'Document'))).toEqual(same(JSON.parse(made.permissions)));
      expect(same(documentOf(role, 'AssumeRolePolicyDocument'))).toEqual(same(JSON.parse(made.trust_policy)));
    });
  },
);
