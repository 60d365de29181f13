import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import type { Override, OverrideScope, StackPolicy, StackStyle } from '../types.ts';
import { exportKyverno } from './kyverno.ts';
import { expressionOf, filtersOf } from './kyverno-match.ts';

const policy = (id: string, style: StackStyle): StackPolicy => ({
  id,
  style,
  title: id,
  description: id,
  severity: 'low',
  owner: 'platform',
  controls: [],
  layers: { admission: 'enforce' },
  cadence: 'change',
  remediation: 'none',
  since: '2026-11-25',
  inputs: [],
  redact: [],
  file: `policies/${id}/${style}.yaml`,
  files: [`policies/${id}/${style}.yaml`],
});
const override = (id: string, of: string, scope: OverrideScope): Override => ({
  id,
  policy: of,
  scope,
  owner: 'ada@example.com',
  approver: 'grace@example.com',
  reason: 'The vendor ships the fix in its next release.',
  ticket: 'https://tickets.example.com/1',
  created: '2026-11-01T00:00:00.000Z',
  sunset: '2026-11-30T23:59:59.999Z',
  digest: `sha256:${'ab'.repeat(32)}`,
});
const POLICIES = [
  policy('teams', 'kyverno'),
  policy('cel', 'kyverno'),
  policy('vap', 'admission-policy'),
  policy('cedar', 'cedar'),
];
const FILES = new Map([
  [
    'policies/teams/kyverno.yaml',
    Buffer.from(
      'apiVersion: kyverno.io/v1\nkind: ClusterPolicy\nmetadata: {name: teams}\nspec: {rules: [{validate: {}}]}\n',
    ),
  ],
  [
    'policies/cel/kyverno.yaml',
    Buffer.from('apiVersion: policies.kyverno.io/v1\nkind: ValidatingPolicy\nmetadata: {name: cel}\n'),
  ],
  ['policies/vap/admission-policy.yaml', Buffer.from('# as it is\n')],
]);
const make = (overrides: Override[], now?: string) =>
  exportKyverno(
    { policies: POLICIES, files: FILES },
    overrides,
    now === undefined ? undefined : () => Date.parse(now),
  );
const one = { subjects: ['Pod/shop/web-*'] };

describe('the export for Kyverno', () => {
  it('carries the files as they are, and names what it leaves out', () => {
    const { files, policies, left_out } = make([]);
    expect([...files.keys()]).toEqual([
      'policies/teams.yaml',
      'policies/cel.yaml',
      'admission-policies/vap.yaml',
    ]);
    expect(Buffer.from(files.get('admission-policies/vap.yaml') ?? '').toString()).toBe('# as it is\n');
    expect(policies).toEqual(['teams', 'cel', 'vap']);
    expect(left_out).toEqual([
      { policy: 'cedar', reason: 'its rules are of style cedar, which Kyverno does not read' },
    ]);
  });

  it('makes an override a PolicyException that ends by itself in the second after its sunset', () => {
    const { files, overrides } = make([override('OV 1', 'teams', one)]);
    expect(overrides).toEqual({ carried: ['OV 1'], left_out: [] });
    const made = parse(Buffer.from(files.get('exceptions/ov-1-abababab.yaml') ?? '').toString()) as unknown;
    expect(made).toMatchObject({
      apiVersion: 'kyverno.io/v2',
      kind: 'PolicyException',
      metadata: {
        name: 'ov-1-abababab',
        labels: { 'cleanup.kyverno.io/ttl': '2026-12-01T000000Z' },
        annotations: { 'exhibit/owner': 'ada@example.com', 'exhibit/sunset': '2026-11-30T23:59:59.999Z' },
      },
      spec: {
        background: true,
        exceptions: [{ policyName: 'teams', ruleNames: ['*'] }],
        match: { any: [{ resources: { kinds: ['Pod'], namespaces: ['shop'], names: ['web-*'] } }] },
        conditions: {
          all: [
            {
              key: "{{ time_before('{{ time_now_utc() }}', '2026-12-01T00:00:00Z') }}",
              operator: 'Equals',
              value: true,
            },
            {
              key: "{{ time_after('{{ time_now_utc() }}', '2026-10-31T23:59:59Z') }}",
              operator: 'Equals',
              value: true,
            },
          ],
        },
      },
    });
  });

  it('leaves out, with the reason, what the other engine cannot end or cannot narrow down', () => {
    const { overrides } = make(
      [
        override('a', 'vap', one),
        override('b', 'cedar', one),
        override('c', 'gone', one),
        override('d', 'teams', { environments: ['test'], ...one }),
        override('e', 'teams', { layers: ['ci'], ...one }),
        override('f', 'teams', { subjects: ['Deployment/shop/web/**'] }),
        override('g', 'teams', one),
      ],
      '2026-12-01T00:00:00.000Z',
    );
    expect(overrides).toEqual({
      carried: [],
      left_out: [
        { override: 'a', reason: 'the API server has no clock in its rules, so it cannot end an exception' },
        { override: 'b', reason: 'its policy is of style cedar, which the export does not carry' },
        { override: 'c', reason: 'there is no policy gone' },
        ...['d', 'e', 'f', 'g'].map((id) => ({
          override: id,
          reason: 'its sunset 2026-11-30T23:59:59.999Z is over',
        })),
      ],
    });
    const reasons = make([
      override('d', 'teams', { environments: ['test'], ...one }),
      override('e', 'teams', { layers: ['ci'], ...one }),
      override('f', 'teams', { subjects: ['Deployment/shop/web/**'] }),
    ]).overrides.left_out.map(({ reason }) => reason);
    expect(reasons).toEqual([
      'its scope names environments, which a PolicyException cannot',
      'its scope leaves out the layer admission',
      'its subject Deployment/shop/web/** names parts of an object, and Kyverno judges whole objects',
    ]);
  });
});

describe('a policy whose exceptions nobody could end or tried', () => {
  it.each([
    ['kyverno.io/v1', 'Policy', 'rules: [{validate: {}}]', 'its policy belongs to one namespace'],
    [
      'policies.kyverno.io/v1',
      'MutatingPolicy',
      'mutations: []',
      'its policy refuses nothing, so there is nothing to waive',
    ],
    [
      'policies.kyverno.io/v1',
      'ImageValidatingPolicy',
      'validations: []',
      'a ImageValidatingPolicy of Kyverno has no clock in its rules, so it cannot end an exception',
    ],
  ])('%s %s carries no override', (version, kind, spec, reason) => {
    const text = `apiVersion: ${version}\nkind: ${kind}\nmetadata: {name: teams}\nspec: {${spec}}\n`;
    const files = new Map([['policies/teams/kyverno.yaml', Buffer.from(text)]]);
    const made = exportKyverno({ policies: POLICIES.slice(0, 1), files }, [override('a', 'teams', one)]);
    expect(made.overrides).toEqual({ carried: [], left_out: [{ override: 'a', reason }] });
  });
});

describe('a scope', () => {
  it.each([
    ['Pod/shop/web', { kinds: ['Pod'], namespaces: ['shop'], names: ['web'] }],
    ['Pod/shop-*/web-*', { kinds: ['Pod'], namespaces: ['shop-*'], names: ['web-*'] }],
    ['Pod/shop/**', { kinds: ['Pod'], namespaces: ['shop'] }],
    ['Pod/**', { kinds: ['Pod'] }],
    ['Namespace/shop', { kinds: ['Namespace'], names: ['shop'] }],
  ])('%s is the filter that takes the same objects', (glob, filter) => {
    expect(filtersOf({ subjects: [glob] })).toEqual([filter]);
  });

  it.each([
    'Pod/web',
    'Certificate/web',
    '**',
    '*/shop/web',
    'Pod/shop/web/c',
    'Pod/sh?p/web',
    'Pod/**/web',
    'Pod/',
    'Pod',
    'Pod//web',
  ])('%s is not carried, since no filter takes the same objects', (glob) => {
    expect(filtersOf({ subjects: [glob] })).toContain(`its subject ${glob} `);
  });

  it('is the same in CEL', () => {
    const filters = filtersOf({ subjects: ['Pod/shop/web-*', 'Namespace/a.b'] });
    expect(typeof filters === 'string' ? filters : expressionOf(filters)).toBe(
      `(object.kind in ["Pod"] && object.metadata.?namespace.orValue('') == "shop" && object.metadata.name.matches("^web-.*$")) || ` +
        `(object.kind in ["Namespace"] && object.metadata.name == "a.b")`,
    );
  });
});
