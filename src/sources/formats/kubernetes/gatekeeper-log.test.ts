import { describe, expect, it } from 'vitest';
import { cutOff } from '../../testing/damage.ts';
import { readText } from '../../testing/read-fixture.ts';
import { gatekeeperLog } from './gatekeeper-log.ts';

const constraint = {
  constraint_group: 'constraints.gatekeeper.sh',
  constraint_api_version: 'v1beta1',
  constraint_kind: 'K8sAllowedRepos',
  constraint_name: 'repos',
  constraint_action: 'deny',
};
const resource = { resource_kind: 'Pod', resource_namespace: 'shop', resource_name: 'web' };
/** As pkg/webhook/policy.go logs one with --log-denies. */
const denied = {
  level: 'info',
  ts: 1632889070.3075402,
  logger: 'webhook',
  msg: 'denied admission',
  process: 'admission',
  event_type: 'violation',
  ...constraint,
  ...resource,
  request_username: 'ann',
};
const audited = (name: string) => ({
  level: 'info',
  ts: 1632889071.5,
  logger: 'controller',
  msg: 'image not from an allowed registry',
  process: 'audit',
  audit_id: '2021-09-29T04:17:50Z',
  event_type: 'violation_audited',
  ...constraint,
  ...resource,
  resource_name: name,
});
const counted = (count: string) => ({
  level: 'info',
  ts: 1632889072,
  msg: 'audit results for constraint',
  process: 'audit',
  audit_id: '2021-09-29T04:17:50Z',
  event_type: 'constraint_audited',
  ...constraint,
  constraint_violations: count,
});
const log = (...lines: (object | string)[]) =>
  lines.map((line) => `${typeof line === 'string' ? line : JSON.stringify(line)}\n`).join('');
const start = { level: 'info', ts: 1632889069, logger: 'setup', msg: 'Starting manager' };

describe('Gatekeeper, log', () => {
  it('reads what was denied and what an audit found', async () => {
    const text = log(
      'I0929 04:17:49.1 1 request.go:665] Waited',
      start,
      denied,
      audited('a'),
      audited('b'),
      counted('2'),
    );
    const { detected, outcomes, problems, facts } = await readText(text, 'gatekeeper.log');
    expect(detected).toMatchObject({
      source: { id: 'gatekeeper-log' },
      why: 'it has log lines with event_type and constraint_kind',
      also: [],
    });
    expect(problems).toEqual([]);
    expect(facts).toMatchObject({
      scanned: 6,
      note: '2 lines tell no violation',
      started: '2021-09-29T04:17:50.307Z',
    });
    expect(
      outcomes.map(({ disposition, layer, subject, actor }) => [disposition, layer, subject.id, actor]),
    ).toEqual([
      ['enforced', 'admission', 'Pod/shop/web', 'ann'],
      ['observed', 'runtime', 'Pod/shop/a', undefined],
      ['observed', 'runtime', 'Pod/shop/b', undefined],
    ]);
  });

  it('says that lines are missing', async () => {
    const { problems } = await readText(log(start, audited('a'), counted('7')), 'gatekeeper.log');
    expect(problems.map(({ message }) => message)).toEqual([
      'K8sAllowedRepos/repos: the audit 2021-09-29T04:17:50Z counts 7 violations, and 1 are in the log',
    ]);
  });

  it('tells a line that was cut off', async () => {
    const { problems, outcomes } = await readText(
      log(denied) + JSON.stringify(denied).slice(0, 150),
      'gatekeeper.log',
    );
    expect(outcomes).toHaveLength(1);
    expect(problems).toMatchObject([{ line: 2 }]);
    await cutOff(log(start, denied, audited('a')), 'gatekeeper.log', gatekeeperLog);
  });
});
