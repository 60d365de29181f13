import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { z } from 'zod';
import { closeDay } from '../../lake/index.ts';
import { type Fixture, makeFixture } from '../../lake/testing/fixture.ts';
import { populationSchema } from '../population/schema.ts';
import { Machine } from '../testing/program.ts';
import { populationReconcileSchema } from './schema.ts';

const DAY = '2026-03-01';
const SCOPE = ['--control', 'soc2/cc6.1', '--from', DAY, '--to', DAY];
const COVERS = ['--covers', `${DAY}..${DAY}`];
const REPOSITORY = 'github.com/example/shop';
const OF = ['--repository', REPOSITORY];
const ONE = 'a'.repeat(40);
const TWO = 'b'.repeat(40);
const RUN = '019ca8d7-2d00-7def-90be-371efe15a80a';
const PIPELINE = `https://${REPOSITORY}/actions/runs/`;
let lake: Fixture;
let machine: Machine;

beforeEach(async () => {
  lake = await makeFixture(`${DAY}T10:00:00.000Z`);
  const map = await lake.announce('r1', [['encrypted', 'soc2/cc6.1']]);
  const gate = { run_id: RUN, repository: `https://${REPOSITORY}`, commit: ONE, change: `${PIPELINE}1` };
  await lake.decide(map, ['encrypted', 'aws_db_instance.one', 'pass', gate]);
  await lake.put('ci', { record_type: 'run', run_total: 1, ...gate });
  await lake.decide(map, [
    'encrypted',
    'arn:aws:rds:eu-west-1:111122223333:db:orders',
    'pass',
    { layer: 'runtime' },
  ]);
  await lake.decide(map, ['encrypted', 'i-0123456789abcdef0', 'pass', { layer: 'runtime' }]);
  lake.at('2026-03-02T01:00:00.000Z');
  machine = new Machine('2026-03-02T02:00:00.000Z');
  await closeDay(lake.ledger, DAY, { clock: lake.clock });
});
afterEach(() => lake.remove());

async function reconcile(
  source: string,
  value: unknown,
  ...flags: string[]
): Promise<z.infer<typeof populationReconcileSchema>> {
  writeFileSync(join(machine.folder, 'export.json'), JSON.stringify(value));
  const args = [
    'reconcile',
    source,
    'export.json',
    ...SCOPE,
    '--evidence',
    lake.folder,
    '-o',
    'json',
    ...flags,
  ];
  const { stdout, stderr } = await machine.run(...args);
  expect(stderr).toBe('');
  return populationReconcileSchema.parse(JSON.parse(stdout));
}

const pull = (number: number, sha: string, merged_at: string | null, repository = REPOSITORY) => ({
  number,
  html_url: `https://${repository}/pull/${number}`,
  merged_at,
  head: { sha },
  base: { ref: 'main' },
});

describe('merged changes', () => {
  it('that the log has are in both, and the population says so from then on', async () => {
    const pulls = [
      pull(1, ONE, `${DAY}T12:00:00Z`),
      pull(2, TWO, null),
      pull(3, TWO, `${DAY}T12:00:00Z`, 'github.com/x/y'),
    ];
    const told = await reconcile('github-merges', pulls, ...OF, ...COVERS);
    expect(told).toMatchObject({ both: 1, without_item: 0, only_source: [], unread: [], exit_code: 0 });
    expect(told.left).toEqual([{ reason: 'of another repository (github.com/x/y)', count: 1 }]);
    const { stdout } = await machine.run('population', ...SCOPE, '--evidence', lake.folder, '-o', 'json');
    const shown = populationSchema.parse(JSON.parse(stdout));
    expect(shown).toMatchObject({
      reconciled: true,
      reconciliations: [{ source: 'github merges', both: 1 }],
    });
  });

  it('that the log has nothing of stop it, with their ids', async () => {
    const pulls = [pull(1, ONE, `${DAY}T12:00:00Z`), pull(2, TWO, `${DAY}T13:00:00Z`)];
    const told = await reconcile('github-merges', pulls, ...OF, ...COVERS);
    expect(told).toMatchObject({
      both: 1,
      only_source: [{ id: `https://${REPOSITORY}/pull/2` }],
      exit_code: 1,
    });
  });

  it('that the log has nothing of are no population that nobody compared: it says with what, and how many', async () => {
    const before = await machine.run('population', ...SCOPE, '--evidence', lake.folder);
    expect(before.stdout).toContain('NOT RECONCILED: it was compared with no other source');
    await reconcile('github-merges', [pull(2, TWO, `${DAY}T13:00:00Z`)], ...OF, ...COVERS);
    const words = 'COMPARED, WITH 1 MISMATCH, NOTHING IN BOTH (github merges)';
    const shown = await machine.run('population', ...SCOPE, '--evidence', lake.folder);
    expect(shown.stdout).toContain(words);
    const drawn = await machine.run('sample', ...SCOPE, '--nonce', 'e'.repeat(16), '--evidence', lake.folder);
    expect(drawn.stdout).toContain(`the population is ${words}`);
    for (const { stdout } of [shown, drawn]) expect(stdout).not.toContain('NOT RECONCILED');
    const list = ['sample', 'list', ...SCOPE, '--evidence', lake.folder];
    expect((await machine.run(...list)).stdout).toContain(words);
    const { draws } = JSON.parse((await machine.run(...list, '-o', 'json')).stdout);
    expect(draws[0]).toMatchObject({
      reconciled: false,
      compared: [{ source: 'github merges', both: 0, only_source: 1, only_log: 1, unknown: 0 }],
    });
  }, 120_000);

  it('of a page that may be cut, or of other days, are no match of all', async () => {
    const full = Array.from({ length: 30 }, (_, at) => pull(at + 1, ONE, `${DAY}T12:00:00Z`));
    const told = await reconcile('github-merges', full, ...OF, ...COVERS);
    expect(told).toMatchObject({ both: 30, unread: [expect.stringContaining('more pages')], exit_code: 3 });
    const covers = ['--covers', '2026-03-02..2026-03-02'];
    const later = await reconcile('github-merges', [pull(1, ONE, `${DAY}T12:00:00Z`)], ...OF, ...covers);
    expect(later.unread).toEqual([expect.stringContaining('the export begins on 2026-03-02')]);
    const none = await reconcile('github-merges', [], ...OF, ...COVERS);
    expect(none).toMatchObject({ both: 0, exit_code: 3 });
  }, 120_000);

  it('of GitLab are read, too', async () => {
    const merge = {
      iid: 7,
      web_url: 'https://gitlab.example.com/a/b/-/merge_requests/7',
      target_branch: 'main',
      sha: TWO,
      merged_at: `${DAY}T12:00:00.000Z`,
    };
    const told = await reconcile(
      'gitlab-merges',
      [merge],
      '--repository',
      'gitlab.example.com/a/b',
      ...COVERS,
    );
    expect(told).toMatchObject({ both: 0, only_source: [{ id: merge.web_url }], exit_code: 1 });
  });
});

/** As GitHub's GraphQL API answers `repository { pullRequests(states: MERGED) { totalCount pageInfo { hasNextPage } nodes {...} } }`. */
const graphql = (total: number, ...numbers: number[]) => ({
  data: {
    repository: {
      pullRequests: {
        totalCount: total,
        pageInfo: { hasNextPage: numbers.length < total, endCursor: 'Y3Vyc29yOnYyOpHOAAE=' },
        nodes: numbers.map((number) => ({
          ...{ number, url: `https://${REPOSITORY}/pull/${number}`, title: 'a change', state: 'MERGED' },
          ...{ mergedAt: `${DAY}T12:00:00Z`, headRefOid: number === 1 ? ONE : TWO, baseRefName: 'main' },
          ...{ mergeCommit: { oid: 'c'.repeat(40) }, mergedBy: { login: 'ada' } },
        })),
      },
    },
  },
});

it('an export that is not there is a mistake of who names it, and is no comparison', async () => {
  const args = ['reconcile', 'github-merges', 'pulls.json', ...OF, ...SCOPE, '--evidence', lake.folder];
  const { code, stderr } = await machine.run(...args);
  expect(code).toBe(2);
  expect(stderr).toContain('NOT_FOUND');
  expect(stderr).toContain('there is no file pulls.json');
  expect(stderr).toMatch(/next: .*the folder that you are in/);
});

describe('merged changes of GraphQL', () => {
  it('are read as the API gives them, and as gh pr list --json does', async () => {
    const answer = await reconcile('github-merges', graphql(2, 1, 2), ...OF, ...COVERS);
    expect(answer).toMatchObject({
      both: 1,
      only_source: [{ id: `https://${REPOSITORY}/pull/2` }],
      unread: [],
    });
    const { nodes } = graphql(2, 1, 2).data.repository.pullRequests;
    const listed = await reconcile('github-merges', nodes, ...OF, ...COVERS);
    expect(listed).toMatchObject({
      both: 1,
      only_source: [{ id: `https://${REPOSITORY}/pull/2` }],
      exit_code: 1,
    });
  });

  it('are unknown where an entry is none', async () => {
    const answer = graphql(2, 1, 2);
    const { nodes } = answer.data.repository.pullRequests;
    const broken = {
      data: { repository: { pullRequests: { totalCount: 2, nodes: [nodes[0], { number: 2 }] } } },
    };
    const told = await reconcile('github-merges', broken, ...OF, ...COVERS);
    expect(told).toMatchObject({
      both: 1,
      unread: ['export.json: 1 of its entries are not understood'],
      exit_code: 3,
    });
  });
});

describe('an export that somebody has edited', () => {
  it('is seen by its count, where the change without a record was taken out of GraphQL', async () => {
    const told = await reconcile('github-merges', graphql(2, 1), ...OF, ...COVERS);
    expect(told).toMatchObject({
      both: 1,
      only_source: [],
      unread: ['the export has 1 of the 2 that the code host counts'],
      exit_code: 3,
    });
  });

  it('is not seen by a list of REST, which has no count: the record has the digest of what was compared', async () => {
    const whole = [pull(1, ONE, `${DAY}T12:00:00Z`), pull(2, TWO, `${DAY}T13:00:00Z`)];
    expect((await reconcile('github-merges', whole, ...OF, ...COVERS)).exit_code).toBe(1);
    const edited = await reconcile('github-merges', whole.slice(0, 1), ...OF, ...COVERS);
    // The manual says so in these words. Whoever has the export asks for it again and compares the digest.
    expect(edited).toMatchObject({ both: 1, only_source: [], unread: [], exit_code: 0 });
    expect(edited.exports).toHaveLength(1);
  });

  it('shows in the log what a change was taken out of, where a gate had judged it', async () => {
    const told = await reconcile('github-merges', [pull(2, TWO, `${DAY}T13:00:00Z`)], ...OF, ...COVERS);
    expect(told.only_log).toHaveLength(1);
  });
});

describe('pipeline runs', () => {
  const run = (id: number, more: object = {}) => ({
    id,
    html_url: `${PIPELINE}${id}`,
    head_sha: ONE,
    created_at: `${DAY}T09:59:00Z`,
    status: 'completed',
    name: 'gate',
    path: '.github/workflows/gate.yml',
    ...more,
  });

  it('are known by their address; one of the same commit is not taken for another', async () => {
    const page = {
      total_count: 4,
      workflow_runs: [
        run(1),
        run(2),
        run(3, { name: 'docs', path: 'docs.yml' }),
        run(4, { status: 'queued' }),
      ],
    };
    const told = await reconcile('pipelines', page, ...OF, ...COVERS, '--workflow', 'gate');
    expect(told).toMatchObject({ both: 1, only_source: [{ id: `${PIPELINE}2` }], exit_code: 1 });
    expect(told.left).toEqual([{ reason: 'of another workflow', count: 1 }]);
    expect(told.unread).toEqual([`${PIPELINE}4: it had not ended when it was exported`]);
  });

  it('that the code host counts and the export lacks are unknown', async () => {
    const told = await reconcile('pipelines', { total_count: 2, workflow_runs: [run(1)] }, ...OF, ...COVERS);
    expect(told).toMatchObject({ both: 1, unread: [expect.stringContaining('1 of the 2')], exit_code: 3 });
  });
});

describe('calls of CloudTrail as EventBridge hands them on', () => {
  it('are read, a bucket by its name', async () => {
    // The members of a real event; what is left out here is not looked at.
    const event = {
      ...{
        version: '0',
        id: '075efcc5-cc27-4041-accc-5fe2f65ef80d',
        source: 'aws.s3',
        account: '111122223333',
      },
      'detail-type': 'AWS API Call via CloudTrail',
      detail: {
        ...{
          eventVersion: '1.03',
          eventID: 'c4fa3db1-2303-40e4-bde0-3b7246bdbf0b',
          eventTime: `${DAY}T12:19:03Z`,
        },
        ...{ eventType: 'AwsApiCall', eventName: 'CreateBucket', eventSource: 's3.amazonaws.com' },
        requestParameters: {
          CreateBucketConfiguration: { LocationConstraint: 'us-west-2' },
          bucketName: 'nobody-judged-this',
        },
        responseElements: null,
      },
    };
    const told = await reconcile('cloudtrail', event, ...COVERS);
    expect(told).toMatchObject({
      only_source: [{ id: 'nobody-judged-this', what: 'CreateBucket' }],
      exit_code: 1,
    });
  });
});

describe('calls of CloudTrail', () => {
  const call = (eventName: string, eventSource: string, more: object) => ({
    eventID: crypto.randomUUID(),
    eventName,
    eventSource,
    eventTime: `${DAY}T09:00:00Z`,
    ...more,
  });
  const instances = (...ids: string[]) =>
    call('RunInstances', 'ec2.amazonaws.com', {
      responseElements: { instancesSet: { items: ids.map((instanceId) => ({ instanceId })) } },
    });
  const database = call('CreateDBInstance', 'rds.amazonaws.com', {
    responseElements: {
      dBInstanceIdentifier: 'orders',
      dBInstanceArn: 'arn:aws:rds:eu-west-1:111122223333:db:orders',
    },
  });

  it('that made something which nobody judged are the mismatch; calls that failed made nothing', async () => {
    const failed = { ...database, eventID: 'x', errorCode: 'AccessDenied', responseElements: null };
    const Records = [instances('i-0123456789abcdef0', 'i-00000000000000bad'), database, failed, instances()];
    const told = await reconcile('cloudtrail', { Records }, ...COVERS);
    expect(told).toMatchObject({
      both: 2,
      only_source: [{ id: 'i-00000000000000bad', what: 'RunInstances', where: 'export.json: Records[0]' }],
      left: [{ reason: 'calls that failed', count: 1 }],
      unread: ['export.json: Records[3]: RunInstances: the event does not say what was made'],
      exit_code: 1,
    });
    // Of another layer: it is not among what CloudTrail would know.
    expect(told.only_log.map(({ id }) => id)).toEqual(['aws_db_instance.one']);
  });

  it('are read from files as CloudTrail writes them, and a damaged one is named', async () => {
    const file = join(machine.folder, 'trail.json.gz');
    writeFileSync(file, gzipSync(JSON.stringify({ Records: [database] })));
    const args = ['reconcile', 'cloudtrail', 'trail.json.gz', ...SCOPE, ...COVERS, '--evidence', lake.folder];
    const { code, stdout } = await machine.run(...args);
    expect(stdout).toMatch(/in both +1,/);
    expect(code).toBe(0);
    writeFileSync(file, '{"eventID": 1}\nnot json\n');
    const damaged = await machine.run(...args);
    expect(damaged.stderr).toContain('INPUT_SYNTAX');
    expect(damaged.stderr).toContain('trail.json.gz:2');
    expect(damaged.code).not.toBe(0);
  });
});
