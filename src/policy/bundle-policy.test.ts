import fc from 'fast-check';
import { expect, it } from 'vitest';
import { parseBundleData } from './bundle-data.ts';
import { fullPolicySchema, quickPolicy } from './bundle-policy.ts';

const COMMON = {
  id: 'db-encrypted',
  title: 'Databases are encrypted',
  description: '',
  file: 'policies/db/policy.rego',
  severity: 'high',
  owner: 'data',
  controls: [{ control: 'soc2/cc6.1', rationale: 'It shows it.', strength: 'full' }],
  layers: { ci: 'enforce', 'pre-commit': 'warn' },
  cadence: 'change',
  remediation: 'Encrypt it.',
  since: '2026-02-28',
  inputs: ['kubernetes'],
  redact: ['$.spec.token'],
};
const REGO = { ...COMMON, style: 'exhibit', package: 'exhibit.policies.db' };
const CEDAR = { ...COMMON, style: 'cedar', files: ['policies/a.cedar'] };

it('knows the usual policies', () => {
  for (const usual of [
    REGO,
    CEDAR,
    { ...REGO, cadence: 'P1D' },
    { ...REGO, cadence: 'PT6H' },
    { ...REGO, inputs: [] },
  ])
    expect(quickPolicy(usual)).toBe(true);
});

/** What may stand where something else should. */
const strange = fc.oneof(
  fc.constantFrom(
    '',
    ' x',
    'x ',
    'x'.repeat(257),
    'x'.repeat(4_097),
    'a--b',
    'soc2/',
    'P',
    'PT',
    'P0D',
    'PT1D',
    'P1M',
    'PT1M',
    '2026-02-30',
    '2024-02-29',
    'admission',
    'enforce',
    'cedar',
    'gatekeeper',
    '__proto__',
    '$',
    '$.a',
  ),
  fc.string(),
  fc.jsonValue(),
  fc.constantFrom(
    [],
    {},
    [''],
    ['yaml'],
    { ci: 'enforce' },
    { ci: 'x' },
    { other: 'warn' },
    { ci: undefined },
  ),
  fc.constantFrom(
    [...COMMON.controls, ...COMMON.controls],
    [{ ...COMMON.controls[0], from: '2026-01-01' }],
    [{ ...COMMON.controls[0], control: 'x' }],
    [{ ...COMMON.controls[0], more: 1 }],
    [{ control: 'soc2/cc6.1', strength: 'full' }],
  ),
);
const FIELDS = [...Object.keys(REGO), 'files', 'rollout', 'parameters', 'more', '__proto__'];

it('takes nothing that the schema refuses or would give otherwise', () => {
  fc.assert(
    fc.property(
      fc.constantFrom<Record<string, unknown>>(REGO, CEDAR),
      fc.array(fc.tuple(fc.constantFrom(...FIELDS), fc.option(strange)), { maxLength: 2 }),
      (base, changes) => {
        const changed = new Map(Object.entries(base));
        for (const [name, value] of changes) {
          if (value === null) changed.delete(name);
          else changed.set(name, value);
        }
        // As it comes from a bundle: also `__proto__` is a field.
        const members = [...changed].map(
          ([name, value]) => `${JSON.stringify(name)}:${JSON.stringify(value)}`,
        );
        const policy: unknown = JSON.parse(`{${members.join(',')}}`);
        if (quickPolicy(policy)) expect(fullPolicySchema.safeParse(policy).data).toEqual(policy);
      },
    ),
    { numRuns: 1_000 },
  );
});

it('leaves the naming of what is wrong to the schema', () => {
  const bundle = (policy: unknown) =>
    new TextEncoder().encode(
      JSON.stringify({
        exhibit: {
          bundle: {
            schema: 'exhibit.bundle/1',
            lineage: 'x',
            revision: 'a',
            revision_time: 0,
            policies: [REGO, policy],
            control_map: { schema: 'exhibit.control-map/1', entries: [] },
            frameworks: [],
            overrides: [],
            rejected_overrides: [],
            entrypoints: [],
            opa_version: '1',
          },
        },
      }),
    );
  expect(parseBundleData(bundle({ ...CEDAR, owner: ' data ' })).policies).toEqual([REGO, CEDAR]);
  expect(() => parseBundleData(bundle({ ...REGO, severity: 'hihg' }))).toThrow(
    /does not fit at policies\/1\/severity: Invalid option/,
  );
  expect(() => parseBundleData(bundle({ ...REGO, more: 1 }))).toThrow(
    /does not fit at policies\/1: Unrecognized key: "more"/,
  );
});
