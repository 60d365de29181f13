import { describe, expect, it } from 'vitest';
import { cutOff } from '../../testing/damage.ts';
import { readText } from '../../testing/read-fixture.ts';
import { gatekeeperExport } from './gatekeeper-export.ts';

/** As Gatekeeper's page on export shows one. */
const violation = (over: object = {}) => ({
  id: '2025-03-05T00:37:13Z',
  details: { missing_labels: ['test'] },
  eventType: 'violation_audited',
  group: 'constraints.gatekeeper.sh',
  version: 'v1beta1',
  kind: 'K8sRequiredLabels',
  name: 'pod-must-have-test',
  message: 'you must provide labels: {"test"}',
  enforcementAction: 'deny',
  resourceAPIVersion: 'v1',
  resourceKind: 'Pod',
  resourceNamespace: 'nginx',
  resourceName: 'nginx-deployment-2-79479fc6db-7qbnm',
  ...over,
});
const lines = (...values: object[]) => values.map((value) => `${JSON.stringify(value)}\n`).join('');
const mark = (message: string) => ({ id: '2025-03-05T00:37:13Z', message });

describe('Gatekeeper, export', () => {
  it('reads the violations of an audit between its marks', async () => {
    const text = lines(
      mark('audit is started'),
      violation(),
      violation({ resourceName: 'b' }),
      mark('audit is completed'),
    );
    const { detected, outcomes, problems, facts } = await readText(text, 'audit.log');
    expect(detected).toMatchObject({
      source: { id: 'gatekeeper-export' },
      why: 'it has the mark of an audit of Gatekeeper',
      also: [],
    });
    expect(problems).toEqual([]);
    expect(facts.failed).toBeUndefined();
    expect(outcomes).toHaveLength(2);
    // The id names the audit, not the violation.
    expect(outcomes[0]).toMatchObject({
      check: 'K8sRequiredLabels',
      rule: 'pod-must-have-test',
      disposition: 'observed',
      source_id: undefined,
      observed_at: '2025-03-05T00:37:13.000Z',
      subject: { id: 'Pod/nginx/nginx-deployment-2-79479fc6db-7qbnm' },
    });
  });

  it('says that an audit has no end', async () => {
    const { facts } = await readText(lines(mark('audit is started'), violation()), 'audit.log');
    expect(facts.failed).toBe('the audit of 2025-03-05T00:37:13Z has no end in this file');
  });

  it('takes a refused request for enforced, a dry run for observed', async () => {
    const admitted = {
      eventType: 'violation_admission',
      timestamp: '2026-01-01T00:00:00Z',
      requestUsername: 'ann',
    };
    const { detected, outcomes } = await readText(
      lines(
        violation(admitted),
        violation({ ...admitted, dryRun: true }),
        violation({ ...admitted, enforcementAction: 'warn' }),
      ),
      'admission-1.log',
    );
    expect(detected.why).toBe('it has an eventType of a violation and the group of constraints');
    expect(outcomes.map(({ disposition, layer }) => [disposition, layer])).toEqual([
      ['enforced', 'admission'],
      ['observed', 'admission'],
      ['warned', 'admission'],
    ]);
  });

  it('tells what is of no known kind, or cut off', async () => {
    const { problems } = await readText(lines(violation(), violation({ eventType: 'mutation' })), 'a.log');
    expect(problems.map(({ message }) => message)).toEqual([
      'a message of 2025-03-05T00:37:13Z is no violation that is known: eventType mutation',
    ]);
    await cutOff(lines(violation(), violation()), 'a.log', gatekeeperExport);
  });
});
