import { describe, expect, it } from 'vitest';
import { cutOff } from '../../testing/damage.ts';
import { readText } from '../../testing/read-fixture.ts';
import { gatekeeperEvents } from './gatekeeper-events.ts';

/** As pkg/webhook/policy.go and pkg/audit/manager.go make them. */
const event = (reason: string, action: string, process: string, over: object = {}) => ({
  apiVersion: 'v1',
  kind: 'Event',
  metadata: {
    name: 'web.17a',
    namespace: 'gatekeeper-system',
    uid: reason,
    resourceVersion: '7',
    annotations: {
      process,
      event_type: process === 'audit' ? 'violation_audited' : 'violation',
      constraint_kind: 'K8sPSPPrivilegedContainer',
      constraint_name: 'no-privileged',
      constraint_action: action,
      resource_kind: 'Pod',
      resource_namespace: 'shop',
      resource_name: 'web',
      request_username: 'ann',
    },
  },
  involvedObject: { kind: 'Pod', name: 'web', namespace: 'gatekeeper-system' },
  reason,
  message: `Admission webhook "validation.gatekeeper.sh" denied request, Resource Namespace: shop, Constraint: no-privileged, Message: Privileged container is not allowed, Message: x`,
  count: 2,
  lastTimestamp: '2026-01-02T03:04:05Z',
  ...over,
});
const other = {
  apiVersion: 'v1',
  kind: 'Event',
  metadata: { name: 'x', uid: 'u' },
  reason: 'Scheduled',
  message: 'ok',
};
const text = JSON.stringify({
  apiVersion: 'v1',
  kind: 'EventList',
  items: [
    event('FailedAdmission', 'deny', 'admission'),
    event('WarningAdmission', 'warn', 'admission'),
    event('DryrunViolation', 'dryrun', 'admission'),
    event('AuditViolation', 'deny', 'audit'),
    other,
  ],
});

describe('Gatekeeper, events', () => {
  it('says at which layer and what was done', async () => {
    const { detected, outcomes, problems, facts } = await readText(text, 'e.json');
    expect(detected).toMatchObject({
      source: { id: 'gatekeeper-events' },
      why: 'it has an event with annotations of Gatekeeper',
      also: [],
    });
    expect(problems).toEqual([]);
    expect(facts).toMatchObject({ scanned: 5, note: '1 events of others were passed over' });
    expect(outcomes.map(({ layer, disposition, verdict }) => [layer, disposition, verdict])).toEqual([
      ['admission', 'enforced', 'fail'],
      ['admission', 'warned', 'fail'],
      ['admission', 'observed', 'fail'],
      ['runtime', 'observed', 'fail'],
    ]);
    expect(outcomes[0]).toMatchObject({
      check: 'K8sPSPPrivilegedContainer',
      rule: 'no-privileged',
      subject: { id: 'Pod/shop/web' },
      message: 'Privileged container is not allowed, Message: x',
      actor: 'ann',
      details: { times: 2 },
    });
  });

  it('reads a list as an API server gives it, which does not repeat the kind', async () => {
    const { apiVersion: _, kind: _k, ...bare } = event('FailedAdmission', 'deny', 'admission');
    const { detected, outcomes, problems } = await readText(
      JSON.stringify({ kind: 'EventList', apiVersion: 'v1', items: [bare] }),
      'e.json',
    );
    expect([detected.source?.id, problems, outcomes.length]).toEqual(['gatekeeper-events', [], 1]);
  });

  it('tells what is damaged', async () => {
    expect(await cutOff(text, 'e.json', gatekeeperEvents)).toBe(19);
    const damaged = event('FailedAdmission', 'deny', 'admission');
    const { constraint_name: _, ...annotations } = damaged.metadata.annotations;
    const { problems } = await readText(
      JSON.stringify({ ...damaged, metadata: { ...damaged.metadata, annotations } }),
      'e.json',
    );
    expect(problems[0]?.message).toMatch(/^metadata\.annotations\.constraint_name: /);
  });
});
