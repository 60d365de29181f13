import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { detectSource } from '../../detect.ts';
import { openReport } from '../../report/open.ts';
import { fixturePath, readFixture, readText } from '../../testing/read-fixture.ts';
import type { Item } from '../../types.ts';

/** Members as c7n/ctx.py and c7n/policy.py write them. */
const METADATA = {
  policy: { name: 'ec2-public', resource: 'aws.ec2', description: 'Instances with a public address' },
  version: '0.9.51',
  execution: { id: 'x', start: 1767323045.678, end_time: 1767323050.1, duration: 4.4 },
  config: { account_id: '644160558196', region: 'us-east-1' },
  'sys-stats': {},
  'api-stats': {},
  metrics: [{ MetricName: 'ResourceCount', Value: 1, Unit: 'Count' }],
};

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'exhibit-custodian-'));
  mkdirSync(join(folder, 'ec2-public'));
  cpSync(fixturePath('cloud-custodian/resources.json'), join(folder, 'ec2-public', 'resources.json'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

async function readFile(name: string): Promise<Item[]> {
  const { report, sample } = await openReport(join(folder, name), name);
  const items: Item[] = [];
  for await (const item of detectSource(sample).source.read(report)) items.push(item);
  return items;
}

describe('Cloud Custodian', () => {
  it('takes the folder for the policy where there is no metadata', async () => {
    const { detected, outcomes, problems } = await readFixture('cloud-custodian/resources.json');
    expect(detected).toMatchObject({
      source: { id: 'cloud-custodian', population: 'failures' },
      why: 'it is a list that is named resources.json, as Cloud Custodian writes it',
    });
    expect(problems).toEqual([]);
    // jq 'length' is 1.
    expect(outcomes).toMatchObject([
      {
        check: 'cloud-custodian',
        verdict: 'fail',
        subject: { type: 'resource', id: 'i-014296505597bf519' },
        details: { id_from: 'InstanceId' },
      },
    ]);
  });

  it('takes policy, type, version, times and count from the metadata beside it', async () => {
    writeFileSync(join(folder, 'ec2-public', 'metadata.json'), JSON.stringify(METADATA));
    expect(await readFile('ec2-public/resources.json')).toMatchObject([
      {
        type: 'run',
        tool_version: '0.9.51',
        // date -u -d @1767323045
        started: '2026-01-02T03:04:05.678Z',
        ended: '2026-01-02T03:04:10.100Z',
        stated: { fail: 1 },
      },
      {
        type: 'outcome',
        check: 'ec2-public',
        subject: { type: 'aws.ec2' },
        message: 'Instances with a public address',
        details: { account: '644160558196' },
      },
    ]);
  });

  it('follows no link beside the report', async () => {
    writeFileSync(join(folder, 'elsewhere.json'), JSON.stringify(METADATA));
    symlinkSync(join(folder, 'elsewhere.json'), join(folder, 'ec2-public', 'metadata.json'));
    expect((await readFile('ec2-public/resources.json')).map(({ type }) => type)).toEqual(['outcome']);
  });

  it('says that nothing was matched, not that something passed', async () => {
    writeFileSync(
      join(folder, 'ec2-public', 'metadata.json'),
      JSON.stringify({ ...METADATA, metrics: [{ MetricName: 'ResourceCount', Value: 0 }] }),
    );
    writeFileSync(join(folder, 'ec2-public', 'resources.json'), '[]');
    expect(await readFile('ec2-public/resources.json')).toMatchObject([{ type: 'run', stated: { fail: 0 } }]);
    expect(await readFile('ec2-public/metadata.json')).toMatchObject([{ type: 'run', stated: { fail: 0 } }]);
  });

  it('does not guess a policy or an id', async () => {
    const annotated = [{ 'c7n:MatchedFilters': ['tag:Owner'], Colour: 'red' }];
    const nameless = await readText(JSON.stringify(annotated), 'resources.json');
    expect(nameless.outcomes).toEqual([]);
    expect(nameless.problems).toMatchObject([{ message: 'which policy matched the resource is not known' }]);
    const { outcomes } = await readText(JSON.stringify(annotated), 'tagged/out.json');
    expect(outcomes).toMatchObject([
      {
        check: 'tagged',
        subject: { id: expect.stringMatching(/^sha256:[0-9a-f]{64}$/) },
        details: { matched_filters: ['tag:Owner'] },
      },
    ]);
  });
});
