import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, it } from 'vitest';
import { describeWithOpa } from '../../engine/testing/need-opa.ts';
import { openReader } from '../../ledger/index.ts';
import { type EvidenceRecord, parseRecord } from '../../record/index.ts';
import { Machine } from '../testing/program.ts';
import { libraryBundle } from './testing/library.ts';

const POLICY = 'db-encrypted-at-rest';
const TAGS = { Environment: 'production' };

/** A database as a plan of Terraform has it. */
const planned = (address: string, identifier: string, storage_encrypted = true) => ({
  address,
  mode: 'managed',
  type: 'aws_db_instance',
  name: address.replace(/^.*\./, ''),
  provider_name: 'registry.terraform.io/hashicorp/aws',
  change: {
    actions: ['create'],
    before: null,
    after: { identifier, engine: 'postgres', storage_encrypted, tags: TAGS, tags_all: TAGS },
    after_unknown: { arn: true, id: true, kms_key_id: true },
    before_sensitive: false,
    after_sensitive: {},
  },
});
const plan = (...resource_changes: unknown[]) =>
  JSON.stringify({
    ...{ format_version: '1.2', terraform_version: '1.11.0', resource_changes },
    ...{ planned_values: { root_module: {} }, complete: true, applyable: true, errored: false },
  });

/** The same database as AWS Config has it. */
const item = (name: string, storageEncrypted: boolean) => ({
  configurationItemVersion: '1.3',
  configurationItemCaptureTime: '2026-11-20T06:12:41.118Z',
  configurationItemStatus: 'OK',
  ARN: `arn:aws:rds:eu-west-1:111122223333:db:${name}`,
  awsAccountId: '111122223333',
  awsRegion: 'eu-west-1',
  resourceType: 'AWS::RDS::DBInstance',
  resourceId: `db-${name.toUpperCase()}7X4`,
  resourceName: name,
  tags: TAGS,
  configuration: { dBInstanceIdentifier: name, engine: 'postgres', storageEncrypted },
  supplementaryConfiguration: {},
});
const snapshot = (...configurationItems: unknown[]) =>
  JSON.stringify({ fileVersion: '1.0', configSnapshotId: '4f9e7c2a', configurationItems });

describeWithOpa('what passed in a plan and fails in an inventory', () => {
  let made: Awaited<ReturnType<typeof libraryBundle>>;
  beforeAll(async () => {
    made = await libraryBundle([`data/${POLICY}`], Date.parse('2026-11-01T00:00:00Z') / 1_000);
  }, 60_000);

  /** Records of the policy, in order, after a plan at the gate and an inventory. */
  const after = async (plans: readonly string[], inventory: string): Promise<EvidenceRecord[]> => {
    const own = new Machine('2026-11-20T12:00:00Z');
    const write = (name: string, text: string | Uint8Array) => writeFileSync(join(own.folder, name), text);
    write('bundle.tar.gz', made.bundle);
    write('bundle.pub.pem', made.key);
    write('snapshot.json', inventory);
    expect((await own.run('ledger', 'init', 'evidence')).code).toBe(0);
    const common = ['--bundle', 'bundle.tar.gz', '--bundle-key', 'bundle.pub.pem', '--evidence', 'evidence'];
    for (const text of plans) {
      write('plan.json', text);
      await own.run('check', 'plan.json', '--layer', 'ci', ...common, '--emitter', 'ci/shop');
    }
    await own.run('inventory', 'snapshot.json', ...common, '--emitter', 'inventory@prod');
    const reader = await openReader(join(own.folder, 'evidence'));
    const records: EvidenceRecord[] = [];
    for await (const { bytes } of reader.entries(0, (await reader.checkpoint()).size)) {
      const record = parseRecord(bytes);
      if (record.policy_id === POLICY) records.push(record);
    }
    await reader.close();
    return records;
  };
  const fails = (records: readonly EvidenceRecord[]) =>
    records.filter(({ layer, verdict }) => layer === 'runtime' && verdict === 'fail');

  it('names the pass of the plan, its run, and the field as it was planned and is', async () => {
    const both = plan(
      planned('module.shop.aws_db_instance.orders', 'orders'),
      planned('aws_db_instance.carts', 'carts'),
    );
    const records = await after([both], snapshot(item('orders', false), item('carts', true)));
    const pass = records.find(({ subject_id }) => subject_id === 'module.shop.aws_db_instance.orders');
    const [fail, ...others] = fails(records);
    expect(others).toEqual([]);
    expect([pass?.layer, pass?.verdict, fail?.subject_name]).toEqual(['ci', 'pass', 'orders']);
    expect(fail?.details?.drift).toEqual({
      ...{ before: pass?.record_id, layer: 'ci', planned_as: pass?.subject_id, same_by: 'name' },
      ci: { run_id: pass?.run_id },
      changed: [{ path: '/configuration/storageEncrypted', before: true, after: false }],
    });
  }, 60_000);

  it('names none where two of a name passed, where the last plan failed it, and where no plan had it', async () => {
    const twice = plan(
      planned('aws_db_instance.a', 'orders'),
      planned('module.b.aws_db_instance.a', 'orders'),
    );
    const failed = plan(planned('aws_db_instance.b', 'carts', false));
    const records = await after(
      [twice, plan(planned('aws_db_instance.b', 'carts')), failed],
      snapshot(item('orders', false), item('carts', false), item('users', false)),
    );
    expect(fails(records).map(({ subject_name, details }) => [subject_name, details?.drift])).toEqual([
      ['carts', undefined],
      ['orders', undefined],
      ['users', undefined],
    ]);
  }, 60_000);
});
