import { afterAll, beforeAll, expect, it } from 'vitest';
import type { UnnumberedRecord } from '../../engine/index.ts';
import { closeDay } from '../../lake/index.ts';
import { type Fixture, makeFixture } from '../../lake/testing/fixture.ts';
import { SCHEMA, uuidv7 } from '../../record/index.ts';
import { withDrift } from './drift.ts';
import { goneDecisions } from './earlier.ts';

const POLICY = 'encrypted';
const random = (length: number) => crypto.getRandomValues(new Uint8Array(length));
const arn = (name: string) => `arn:aws:rds:eu-west-1:111122223333:db:${name}`;
const NAMES = ['turned', 'failing', 'planned', "o'brien", 'nobody'];

/** As AWS Config has it. */
const snapshot = (name: string, storageEncrypted: boolean) => ({
  configurationItems: [
    {
      ...{ configurationItemVersion: '1.3', configurationItemStatus: 'OK', ARN: arn(name) },
      ...{ resourceType: 'AWS::RDS::DBInstance', resourceId: `db-${name}`, resourceName: name },
      ...{ awsAccountId: '111122223333', awsRegion: 'eu-west-1' },
      configurationItemCaptureTime: '2026-03-03T06:00:00.000Z',
      configuration: { dBInstanceIdentifier: name, storageEncrypted },
    },
  ],
});
/** As a plan of Terraform has it. */
const plan = (identifier: string) => ({
  resource_changes: [
    {
      ...{ address: 'aws_db_instance.a', mode: 'managed', type: 'aws_db_instance', name: 'a' },
      change: { actions: ['create'], after: { identifier, storage_encrypted: true } },
    },
  ],
});

let lake: Fixture;
const blobs = new Map<`sha256:${string}`, Uint8Array>();
let fails: UnnumberedRecord[];

/** Two closed days and an open one. */
beforeAll(async () => {
  lake = await makeFixture('2026-03-01T10:00:00.000Z');
  const blob = (value: unknown) => lake.ledger.putBlob(Buffer.from(JSON.stringify(value)));
  const quiet = Array.from({ length: 600 }, () => ({ record_type: 'heartbeat' as const }));
  const judged = async (name: string, encrypted: boolean) =>
    [
      ...[POLICY, arn(name), encrypted ? 'pass' : 'fail'],
      { layer: 'runtime', input_ref: await blob(snapshot(name, encrypted)) },
    ] as unknown as Parameters<Fixture['decide']>[1];
  await lake.decide(undefined, await judged('turned', true), await judged('failing', false));
  await lake.put('quiet', ...quiet);
  lake.at('2026-03-02T10:00:00.000Z');
  await closeDay(lake.ledger, '2026-03-01', { clock: lake.clock });
  const planned = { layer: 'ci' as const, input_ref: await blob(plan('planned')) };
  await lake.decide(undefined, [POLICY, 'aws_db_instance.a', 'pass', planned]);
  await lake.put('quiet', ...quiet);
  lake.at('2026-03-03T10:00:00.000Z');
  await closeDay(lake.ledger, '2026-03-02', { clock: lake.clock });
  await lake.put('quiet', ...quiet);
  await lake.decide(undefined, await judged("o'brien", true));
  fails = await Promise.all(
    NAMES.map(async (name): Promise<UnnumberedRecord> => {
      const now = snapshot(name, false);
      const input_ref = await blob(now);
      blobs.set(input_ref, Buffer.from(JSON.stringify(now)));
      return {
        ...{ schema: SCHEMA, record_id: uuidv7(lake.clock(), random), record_type: 'decision' },
        ...{ observed_at: '2026-03-03T11:00:00.000Z', layer: 'runtime', tool: 'exhibit', input_ref },
        ...{ policy_id: POLICY, rule_id: POLICY, subject_type: 'database', subject_id: arn(name) },
        ...{ verdict: 'fail', disposition: 'observed', severity: 'high' },
      } as UnnumberedRecord;
    }),
  );
}, 60_000);
afterAll(() => lake.remove());

const HERE = { cwd: '/' };

it('drift is the same by the lake and by the log: what passed before, or was planned', async () => {
  const linked = (few: number) => withDrift(fails, blobs, lake.folder, HERE, few);
  const read = await linked(Number.POSITIVE_INFINITY);
  expect(await linked(0)).toEqual(read);
  const changed = { changed: [{ path: '/configuration/storageEncrypted', before: true, after: false }] };
  expect(read.map(({ details }) => details?.drift)).toEqual([
    expect.objectContaining({ layer: 'runtime', ...changed }),
    undefined,
    expect.objectContaining({ layer: 'ci', planned_as: 'aws_db_instance.a' }),
    expect.objectContaining({ layer: 'runtime', ...changed }),
    undefined,
  ]);
}, 60_000);

it('so is what failed of resources that are deleted', async () => {
  const deleted = NAMES.map((name) => ({ id: arn(name), type: 'database', name, at: undefined }));
  const gone = (few: number) => goneDecisions(deleted, lake.folder, HERE, few);
  const read = await gone(Number.POSITIVE_INFINITY);
  expect(await gone(0)).toEqual(read);
  expect(read.map(({ subject }) => subject.id)).toEqual([arn('failing')]);
}, 60_000);
