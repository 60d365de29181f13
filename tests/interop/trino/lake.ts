import { randomBytes } from 'node:crypto';
import type { S3 } from '@aws-sdk/client-s3';
import { type AuditAct, auditDraft, recordActs } from '../../../src/audit/index.ts';
import {
  catalogueTables,
  closeDay,
  LAKE_FOLDERS,
  readNamed,
  type TrinoEngine,
  trinoEngine,
  trinoStatements,
} from '../../../src/lake/index.ts';
import { type Fixture, makeFixture } from '../../../src/lake/testing/fixture.ts';
import { putStamp } from '../../../src/lake/testing/stamp.ts';
import { copyLedger } from '../../../src/ledger/index.ts';
import { SCHEMA } from '../../../src/record/index.ts';
import { administrator, become, lockedBucket, storeOn } from '../s3/bucket.ts';
import { type S3Server, startS3 } from '../s3/start.ts';
import { startTrino, type Trino } from './server.ts';

export const DAYS = ['2026-03-01', '2026-03-02', '2026-03-03'] as const;
export const PERIOD = { from: '2026-03-01', to: '2026-03-03' };
export const RUN = '019ca8d7-2d00-7def-90be-371efe15a80a';

/** Ceph, Trino and a lake of three closed days that is in a bucket, locked, and in the catalogue of Trino. */
export interface Place {
  s3: S3Server;
  trino: Trino;
  client: S3;
  lake: Fixture;
  bucket: string;
  location: string;
  engine: TrinoEngine;
  /** A record of the lake, for its lineage. */
  record: string;
  /** Makes the catalogue anew, with changes. */
  catalogue(change?: Partial<Parameters<typeof catalogueTables>[0]>): Promise<void>;
  stop(): Promise<void>;
}

export async function startPlace(): Promise<Place> {
  const ends: (() => Promise<void>)[] = [];
  const stop = async () => {
    for (const end of ends.splice(0).reverse()) await end();
  };
  try {
    return await filled(ends, stop);
  } catch (error) {
    // Servers that were started would stay when the tests have gone.
    await stop();
    throw error;
  }
}

/** @param ends gets what ends each part, once it is started */
async function filled(ends: (() => Promise<void>)[], stop: Place['stop']): Promise<Place> {
  const { lake, record } = await threeDays();
  ends.push(() => lake.remove());
  const s3 = await startS3();
  ends.push(() => s3.stop());
  const trino = await startTrino(s3);
  ends.push(() => trino.stop());
  const client = administrator(s3);
  ends.push(async () => client.destroy());
  become(s3.credentials);
  const bucket = await lockedBucket(client);
  const location = `s3://${bucket}/prod`;
  await copyLedger(lake.folder, storeOn(s3, { url: location }), { folders: LAKE_FOLDERS });
  const engine = trinoEngine({ server: trino.url, user: 'auditor' });
  const catalogue: Place['catalogue'] = async (change = {}) => {
    const named = await readNamed(lake.ledger);
    const tables = catalogueTables({ location, name: 'exhibit', ...named, ...change });
    for (const sql of trinoStatements(tables, engine.catalog)) await engine.statement(sql);
  };
  await catalogue();
  return { s3, trino, client, lake, bucket, location, engine, record, catalogue, stop };
}

/** Records of all types that saved questions look for, with what engines like to differ on: empty fields, signs, times with milliseconds. */
async function threeDays(): Promise<{ lake: Fixture; record: string }> {
  const lake = await makeFixture('2026-03-01T10:00:00.123Z');
  const first = await lake.announce('r1', [
    ['encrypted', 'soc2/cc6.1'],
    ['encrypted', 'iso27001/a.8.24'],
    ['alerts', 'soc2/cc7.2', { strength: 'partial' }],
    ['silent', 'soc2/cc6.1'],
  ]);
  const [record = ''] = await lake.decide(
    first,
    [
      'encrypted',
      'db1',
      'fail',
      { run_id: RUN, message: `it's “öffen”\nand \${x}; DROP TABLE`, environment: 'prod' },
    ],
    [
      'encrypted',
      'db2',
      'pass',
      {
        ...{ run_id: RUN, actor: 'actor:1', change: 'https://x/1', commit: 'abc' },
        details: { ai_system: 'chät' },
      },
    ],
    ['encrypted', 'db3', 'error', { run_id: RUN }],
    ['alerts', 'db1', 'fail', { run_id: RUN, severity: 'low', disposition: 'warned' }],
    ['other', 'db1', 'pass', { run_id: RUN }],
  );
  await lake.put('ci', { record_type: 'run', run_id: RUN, run_total: 6, ...first });
  await lake.put('cron', {
    record_type: 'run',
    run_id: '019ca8d7-2d00-7def-90be-371efe15a80b',
    run_total: 0,
  });
  await lake.put('cron', { record_type: 'gap', message: 'nothing came', details: { since: '2026-02-27' } });
  lake.at('2026-03-01T23:59:59.999Z');
  const override = { override_id: 'OV-1', override_digest: `sha256:${'a'.repeat(64)}` as const };
  const details = {
    ...{ owner: 'a', approver: 'b', reason: 'a long reason that counts', ticket: 'T-1' },
    ...{ created: '2026-02-01T00:00:00Z', sunset: '2026-03-02T23:59:59Z' },
  };
  await lake.put('ci', { record_type: 'override', policy_id: 'encrypted', ...override, details });
  await lake.decide(
    first,
    ['encrypted', 'db1', 'pass'],
    ['encrypted', 'db4', 'fail', { disposition: 'waived', ...override }],
    [
      'encrypted',
      'db5',
      'fail',
      { disposition: 'waived', override_id: 'OV-2', override_digest: `sha256:${'c'.repeat(64)}` },
    ],
  );
  lake.at('2026-03-02T11:30:00.000Z');
  const second = await lake.announce('r2', [
    ['encrypted', 'soc2/cc6.1', { until: '2026-03-01' }],
    ['alerts', 'soc2/cc6.1', { from: '2026-03-02' }],
    ['alerts', 'iso27001/a.8.15'],
    ['silent', 'soc2/cc6.1'],
  ]);
  await lake.decide(
    second,
    ['alerts', 'db1', 'pass', { observed_at: '2026-03-01T22:00:00.001Z' }],
    ['alerts', 'db2', 'not_evaluated'],
    ['encrypted', 'db1', 'pass'],
    ['alerts', 'db1', 'fail', { layer: 'runtime', disposition: 'observed' }],
  );
  await lake.decide(undefined, ['alerts', 'db9', 'fail']);
  const merge = (merged_at: string) => ({ merged_at, branch: 'main', kind: 'merged_past_the_gate' });
  const merges = {
    tool: 'exhibit merges',
    repository: 'r',
    subject_type: 'change',
    disposition: 'none',
  } as const;
  await lake.decide(
    undefined,
    [
      'merged',
      '2',
      'fail',
      { ...merges, rule_id: 'no_run', change: 'https://x/2', details: merge('2026-03-02T09:00:00Z') },
    ],
    ['merged', '3', 'pass', { ...merges, change: 'https://x/3', details: merge('2026-03-02T08:00:00Z') }],
  );
  await lake.put('merges', {
    ...{
      record_type: 'override',
      policy_id: 'merged',
      tool: 'exhibit merges',
      repository: 'r',
      change: 'https://x/2',
    },
    override_id: 'bypass',
    override_digest: `sha256:${'b'.repeat(64)}`,
    details: merge('2026-03-02T09:00:00Z'),
  });
  // Numbers 0 to 4 never came.
  await lake.ledger.appendNumbered([
    {
      ...{
        schema: SCHEMA,
        record_id: RUN,
        record_type: 'heartbeat',
        observed_at: '2026-03-02T12:00:00.000Z',
      },
      ...{ emitter: 'away', sequence: 5, layer: 'runtime', tool: 'exhibit' },
    },
  ]);
  lake.at('2026-03-03T12:00:00.000Z');
  await lake.put('ci', { record_type: 'heartbeat' });
  await lake.put('ci', {
    ...{ record_type: 'run', run_id: '019ca8d7-2d00-7def-90be-371efe15a80c', run_total: 0 },
    details: { orphans: ['OV-9'] },
  });
  await audited(lake);
  await putStamp(lake, 3);
  lake.at('2026-03-04T02:00:00.000Z');
  for (const day of DAYS) await closeDay(lake.ledger, day, { clock: lake.clock });
  return { lake, record };
}

/** An act of an audit that is in the log. */
export const ACT = { kind: 'read', engagement: 'eng-0000000000000001' } as const;

/** What an audit leaves in the log: an act, a saved answer, and manual evidence with its review. */
async function audited({ ledger, clock }: Fixture): Promise<void> {
  const act = (
    type: AuditAct['type'],
    kind: string,
    details: AuditAct['details'] = {},
    engagement?: string,
  ) =>
    auditDraft(
      {
        type,
        kind,
        message: kind,
        details,
        actor: 'actor:2',
        ...(engagement === undefined ? {} : { engagement }),
      },
      { clock, random: randomBytes },
    );
  const of = { framework: 'soc2', control: 'cc6.1' };
  const digest = `sha256:${'d'.repeat(64)}`;
  const [, manual = ''] = await recordActs(ledger, [
    act('access', ACT.kind, { what: 'öffen “x”' }, ACT.engagement),
    act('manual', 'manual added', {
      ...{
        ...of,
        title: 'it’s a title',
        form: 'document',
        name: 'a.pdf',
        media_type: 'application/pdf',
        bytes: 12,
        digest,
      },
      ...{ valid_until: '2026-03-20', expiring_from: '2026-02-18' },
    }),
    act('query', 'query saved', {
      ...{ name: 'mine', query: { name: 'decisions' }, ledger: { size: 3 }, coverage: { complete: true } },
      ...{ row_count: 2, result_digest: digest },
    }),
  ]);
  await recordActs(ledger, [
    act('manual', 'manual reviewed', { ...of, manual, verdict: 'pass', reviewer: 'Ö', digest }),
  ]);
}
