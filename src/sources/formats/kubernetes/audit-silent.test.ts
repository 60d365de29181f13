import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readText } from '../../testing/read-fixture.ts';
import { ofKubernetes } from './audit-event.ts';
import { podSecurityDecisions } from './audit-pod-security.ts';
import { isSilent } from './audit-silent.ts';
import { policyDecisions } from './audit-vap.ts';
import { webhookDecisions } from './audit-webhook.ts';
import { kubernetesAudit } from './kubernetes-audit.ts';
import { LastIds } from './last-ids.ts';

const KEY = 'validation.policy.admission.k8s.io/validation_failure';
const keys = fc.constantFrom(
  ...['authorization.k8s.io/decision', 'authorization.k8s.io/reason', 'k8s.io/deprecated', KEY, 'demo/own'],
  ...[
    'pod-security.kubernetes.io/enforce-policy',
    'pod-security.kubernetes.io/exempt',
    'other.example.com/a',
  ],
  ...['pod-security.kubernetes.io/audit-violations', 'mutation.webhook.admission.k8s.io/round_0_index_0'],
  ...['failed-open.validating.webhook.admission.k8s.io/round_0_index_1', '', 'authorization.k8s.io'],
);
const words = fc.constantFrom(
  ...[
    'allow',
    'restricted:latest',
    '[]',
    '{"webhook":"w","mutated":true}',
    'x violates PodSecurity "a:b": c',
  ],
  JSON.stringify([
    { message: 'm', policy: 'p', binding: 'b', expressionIndex: 0, validationActions: ['Audit'] },
  ]),
);
const event = fc.record({
  verb: fc.constant('create'),
  annotations: fc.dictionary(keys, words, { maxKeys: 3 }),
  responseStatus: fc.record(
    {
      code: fc.constantFrom(200, 201, 399, 400, 403, null),
      status: fc.constantFrom('Success', 'Failure'),
      message: fc.constantFrom(
        ...['', 'admission webhook "w" denied the request: no', 'failed calling webhook "w"'],
        ...[
          "ValidatingAdmissionPolicy 'p' with binding 'b' denied request: no",
          'violates PodSecurity "a:b": c',
        ],
      ),
    },
    { requiredKeys: [] },
  ),
});

describe('an event of an audit log that says nothing of admission', () => {
  it('is one of which no reader has anything to tell', () => {
    let silent = 0;
    let told = 0;
    fc.assert(
      fc.property(event, (value) => {
        const one = ofKubernetes(value);
        const items = [...policyDecisions(one), ...webhookDecisions(one), ...podSecurityDecisions(one)];
        if (items.length > 0) told += 1;
        if (!isSilent(one)) return;
        silent += 1;
        expect(items).toEqual([]);
      }),
      { numRuns: 5_000 },
    );
    expect(Math.min(silent, told)).toBeGreaterThan(300);
  });

  it('is not one whose key is written with escapes', async () => {
    const told = JSON.stringify([
      { message: 'm', policy: 'p', binding: 'b', expressionIndex: 0, validationActions: ['Audit'] },
    ]);
    const line = (key: string) =>
      `{"kind":"Event","apiVersion":"audit.k8s.io/v1","verb":"create","annotations":{"${key}":${JSON.stringify(told)}}}\n`;
    const escaped = [...KEY].map((one) => `\\u${one.charCodeAt(0).toString(16).padStart(4, '0')}`).join('');
    const { outcomes, facts } = await readText(line(KEY) + line(escaped), 'audit.log', kubernetesAudit);
    expect(outcomes.map(({ check, verdict }) => [check, verdict])).toEqual([
      ['p', 'fail'],
      ['p', 'fail'],
    ]);
    expect(facts.scanned).toBe(2);
  });
});

describe('the last ids', () => {
  it('are those of a list of that length', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(12)), fc.integer({ min: 1, max: 6 }), (ids, most) => {
        const last = new LastIds(most);
        const list: number[] = [];
        for (const id of ids) {
          const known = list.includes(id);
          expect(last.add(String(id))).toBe(!known);
          if (!known) list.push(id);
          if (list.length > most) list.shift();
        }
      }),
    );
  });
});
