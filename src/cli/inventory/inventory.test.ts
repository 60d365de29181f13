import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { beforeAll, describe, expect, it } from 'vitest';
import { describeWithOpa } from '../../engine/testing/need-opa.ts';
import { AWS_TYPES, DeletedResources } from '../../watch/index.ts';
import { findingsSchema } from '../findings/schema.ts';
import { checkSchema } from '../report/schema.ts';
import { Machine } from '../testing/program.ts';
import { libraryBundle } from './testing/library.ts';

const LIBRARY = join(import.meta.dirname, '../../../policies');
const ARN = 'arn:aws:ec2:eu-west-1:111122223333:volume/vol-0a1b';

/** As AWS Config writes an item of a volume. */
const volume = (encrypted: boolean, more: Record<string, unknown> = {}) => ({
  configurationItemVersion: '1.3',
  configurationItemCaptureTime: '2026-11-20T06:12:41.118Z',
  configurationItemStatus: 'OK',
  ARN,
  awsAccountId: '111122223333',
  awsRegion: 'eu-west-1',
  resourceType: 'AWS::EC2::Volume',
  resourceId: 'vol-0a1b',
  tags: { Environment: 'production' },
  configuration: { volumeId: 'vol-0a1b', encrypted, size: 8, state: 'in-use' },
  supplementaryConfiguration: {},
  ...more,
});
const gone = (at: string) =>
  volume(false, {
    configurationItemStatus: 'ResourceDeleted',
    configurationItemCaptureTime: at,
    configuration: null,
    tags: {},
  });
const snapshot = (...configurationItems: unknown[]) =>
  JSON.stringify({ fileVersion: '1.0', configSnapshotId: '4f9e7c2a', configurationItems });

describeWithOpa('inventory', () => {
  let made: Awaited<ReturnType<typeof libraryBundle>>;
  beforeAll(async () => {
    made = await libraryBundle(['data/volume-encrypted-at-rest'], Date.parse('2026-11-01T00:00:00Z') / 1_000);
  }, 60_000);

  const machine = async () => {
    const own = new Machine('2026-11-20T12:00:00Z');
    writeFileSync(join(own.folder, 'bundle.tar.gz'), made.bundle);
    writeFileSync(join(own.folder, 'bundle.pub.pem'), made.key);
    expect((await own.run('ledger', 'init', 'evidence')).code).toBe(0);
    const judge = async (...args: string[]) => {
      const ended = await own.run(
        ...['inventory', ...args, '--bundle', 'bundle.tar.gz', '--bundle-key', 'bundle.pub.pem'],
        ...['--evidence', 'evidence', '--emitter', 'inventory@prod', '-o', 'json'],
      );
      return { ...ended, report: () => checkSchema.parse(JSON.parse(ended.stdout)) };
    };
    const states = async () => {
      const { stdout } = await own.run('findings', 'list', '--all', '--evidence', 'evidence', '-o', 'json');
      return findingsSchema.parse(JSON.parse(stdout)).findings.map(({ state }) => state);
    };
    return { own, judge, states };
  };
  const about = (
    report: ReturnType<Awaited<ReturnType<Awaited<ReturnType<typeof machine>>['judge']>>['report']>,
  ) =>
    report.results
      .filter(({ subject }) => subject.id === ARN)
      .map(({ policy_id, verdict, disposition }) => [policy_id, verdict, disposition]);

  it('judges a snapshot at the layer runtime, and a resource that is deleted ends its finding', async () => {
    const { own, judge, states } = await machine();
    const write = (text: string) => writeFileSync(join(own.folder, 'snapshot.json'), text);
    write(snapshot(volume(false)));
    const { report } = await judge('snapshot.json');
    expect(report().layer).toBe('runtime');
    expect(about(report())).toEqual([['volume-encrypted-at-rest', 'fail', expect.any(String)]]);
    expect(await states()).toEqual(['open']);

    own.at('2026-11-21T12:00:00Z');
    write(snapshot(gone('2026-11-21T09:00:00.000Z'), volume(false)));
    const later = await judge('snapshot.json');
    expect(about(later.report())).toEqual([['volume-encrypted-at-rest', 'not_applicable', 'none']]);
    expect(await states()).toEqual(['gone']);
    // Told once: a second look at the same deletion says nothing more.
    own.at('2026-11-22T12:00:00Z');
    expect(about((await judge('snapshot.json')).report())).toEqual([]);

    // A volume that came back under its name is there, whatever an older item says.
    own.at('2026-11-23T12:00:00Z');
    write(
      snapshot(
        gone('2026-11-21T09:00:00.000Z'),
        volume(false, { configurationItemCaptureTime: '2026-11-23T09:00:00.000Z' }),
      ),
    );
    expect(about((await judge('snapshot.json')).report())).toEqual([
      ['volume-encrypted-at-rest', 'fail', expect.any(String)],
    ]);
    expect(await states()).toEqual(['reopened']);
  }, 60_000);

  it('reads folders as AWS Config delivers them, gzipped; what is no inventory is no pass', async () => {
    const { own, judge } = await machine();
    const place = join(own.folder, 'AWSLogs/111122223333/Config/eu-west-1/2026/11/20/ConfigSnapshot');
    mkdirSync(place, { recursive: true });
    writeFileSync(
      join(place, '111122223333_Config_eu-west-1_ConfigSnapshot.json.gz'),
      gzipSync(snapshot(volume(true))),
    );
    const good = await judge('AWSLogs');
    expect(good.code).toBe(0);
    expect(about(good.report())).toEqual([['volume-encrypted-at-rest', 'pass', 'none']]);

    writeFileSync(
      join(place, 'manifest.json'),
      '{"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "web"}}',
    );
    writeFileSync(join(place, 'broken.json.gz'), Buffer.from([0x1f, 0x8b, 1, 2, 3]));
    const mixed = await judge('AWSLogs');
    expect(mixed.code).toBe(3);
    expect(mixed.report().results.filter(({ verdict }) => verdict === 'not_evaluated')).toHaveLength(2);
    mkdirSync(join(own.folder, 'empty'));
    expect((await judge('empty')).code).toBe(3);
    expect((await judge('nowhere')).code).toBe(2);
    expect((await judge()).code).toBe(2);
    expect((await judge('AWSLogs', '--aws-config', 'eu-west-1')).code).toBe(2);
    expect((await judge('AWSLogs', '--every', 'soon')).code).toBe(2);
  }, 60_000);
});

describe('deleted resources', () => {
  it('are found in every form that the library reads', () => {
    const item = gone('2026-11-21T09:00:00.000Z');
    const forms: unknown[] = [
      item,
      { configurationItems: [item] },
      { baseConfigurationItems: [item] },
      { configurationItem: item, messageType: 'ConfigurationItemChangeNotification' },
      { source: 'aws.config', detail: { configurationItem: item } },
      { invokingEvent: JSON.stringify({ configurationItem: item }) },
    ];
    for (const form of forms) {
      const deleted = new DeletedResources();
      deleted.add(form);
      expect(deleted.all.map(({ id }) => id)).toEqual([ARN]);
    }
    for (const other of [
      null,
      [],
      'text',
      { invokingEvent: '{' },
      { configurationItems: [null, 1] },
      { kind: 'Pod' },
    ]) {
      const deleted = new DeletedResources();
      deleted.add(other);
      expect(deleted.all).toEqual([]);
    }
  });

  it('asks for the types of which the library reads more than tags', () => {
    const text = readFileSync(join(LIBRARY, 'lib/resources/aws_config_types.rego'), 'utf8');
    const named = new Set(text.match(/AWS::\w+::\w+/g));
    expect([...AWS_TYPES].sort()).toEqual([...named].sort());
    expect(readdirSync(LIBRARY)).toContain('lib');
  });
});
