import { createHash } from 'node:crypto';
import { type Fixture, makeFixture } from '../../../src/lake/testing/fixture.ts';
import { canonicalize, type Digest, type RecordDraft, SCHEMA } from '../../../src/record/index.ts';

/** What is hostile in names: markup, a formula, a turned direction. */
export const HOSTILE = '<img src=x onerror=alert(1)>"\u202Egnp';
/** What a test reads: a gate that is silent, a watcher that misses a day, an override that outlives its end, one that is renewed. */
export const SEASON = { from: '2026-03-05', to: '2026-04-21' };

const DAY = 86_400_000;
const day = (text: string) => Date.parse(`${text}T09:00:00.000Z`);
const at = (time: number) => new Date(time).toISOString();
const encode = (value: unknown) => new TextEncoder().encode(canonicalize(value as never));
const hash = (text: string): Digest => `sha256:${createHash('sha256').update(text).digest('hex')}`;

interface Rule {
  id: string;
  controls: string[];
  layers: Record<string, string>;
  inputs: string[];
}

const RULES: readonly Rule[] = [
  {
    id: 'storage-encrypted',
    controls: ['soc2/cc6.1'],
    layers: { 'pre-commit': 'warn', ci: 'enforce', runtime: 'observe' },
    inputs: ['terraform-plan', 'aws-config'],
  },
  {
    id: 'no-privileged',
    controls: ['soc2/cc6.6', 'soc2/cc6.1'],
    layers: { ci: 'enforce', admission: 'enforce', runtime: 'warn' },
    inputs: ['kubernetes'],
  },
  { id: 'alarms-set', controls: ['soc2/cc7.2'], layers: { ci: 'enforce' }, inputs: ['hcl'] },
  { id: 'reviewed', controls: ['soc2/cc8.1'], layers: { ci: 'warn' }, inputs: ['json'] },
];

const control = (id: string, coverage = 'automated') => ({
  id,
  title: `Title of ${id}`,
  summary: 's',
  coverage,
});
const FRAMEWORKS = [
  {
    ...{ id: 'soc2', title: 'SOC 2', version: '2017', source: 'test' },
    controls: [
      control('cc6.1'),
      control('cc6.6'),
      control('cc7.2'),
      { ...control('cc8.1'), title: HOSTILE },
      control('cc1.1', 'manual'),
    ],
  },
];

interface Form {
  id: string;
  digest: Digest;
  policy: string;
  created: string;
  sunset: string;
}
const form = (id: string, policy: string, created: string, sunset: string): Form => ({
  ...{ id, policy },
  digest: hash(`${id} ${created}`),
  created: `${created}T00:00:00Z`,
  sunset: `${sunset}T23:59:59Z`,
});
/** By the day from which the bundle lists them. OV-1 is renewed; OV-2 stays in the bundle 16 days after its end. */
const BUNDLES: readonly (readonly [from: string, forms: readonly Form[]])[] = [
  ['2026-01-05', []],
  ['2026-01-10', [form('OV-1', 'storage-encrypted', '2026-01-10', '2026-04-10')]],
  [
    '2026-03-01',
    [
      form('OV-1', 'storage-encrypted', '2026-01-10', '2026-04-10'),
      form('OV-2', 'no-privileged', '2026-03-01', '2026-03-20'),
      form('OV-3', 'alarms-set', '2026-02-27', '2026-06-10'),
    ],
  ],
  [
    '2026-04-06',
    [
      form('OV-1', 'storage-encrypted', '2026-04-06', '2026-06-30'),
      form('OV-3', 'alarms-set', '2026-02-27', '2026-06-10'),
      form('OV-4', 'no-privileged', '2026-04-06', '2026-06-04'),
    ],
  ],
  [
    '2026-05-20',
    [
      form('OV-1', 'storage-encrypted', '2026-04-06', '2026-06-30'),
      form('OV-3', 'alarms-set', '2026-02-27', '2026-06-10'),
      form('OV-4', 'no-privileged', '2026-04-06', '2026-06-04'),
      form('OV-5', 'no-privileged', '2026-05-20', '2026-08-01'),
      form(`OV-<b onload="x()">`, 'no-privileged', '2026-05-20', '2026-08-02'),
    ],
  ],
];

/**
 * A ledger that a real sequencer made, of a gate on weekdays that is silent from 10 to 14 March, a watcher on each day but 20 April, findings of
 * hours to months, overrides that are renewed, stay after their end, and end soon. From January to May it has all that a picture shows.
 */
export async function makeSeason({ from, to } = SEASON): Promise<Fixture> {
  const lake = await makeFixture(`${from}T08:00:00.000Z`, 'test.example/season');
  let run = 0;
  let inForce: Partial<RecordDraft> = {};
  const announce = async (forms: readonly Form[]) => {
    const map = {
      schema: 'exhibit.control-map/1',
      entries: RULES.flatMap((rule) =>
        rule.controls.map((name) => ({
          policy_id: rule.id,
          control: name,
          rationale: 'because',
          strength: 'full',
        })),
      ),
    };
    const policies = RULES.map(({ controls: _controls, ...rule }) => ({
      ...rule,
      ...{
        title: `Title of ${rule.id}`,
        severity: 'high',
        owner: 'platform',
        cadence: 'P1D',
        since: '2026-01-01',
      },
      ...{ remediation: `Mend ${rule.id}.`, description: 'It says what must be.', file: `${rule.id}.rego` },
    }));
    const emitters = [
      { name: 'gate', owner: 'platform', cadence: 'P1D', since: '2026-01-05T00:00:00Z' },
      { name: 'watch', owner: 'runtime', cadence: 'P1D', since: '2026-01-05T00:00:00Z' },
    ];
    const blob = (value: unknown) => lake.ledger.putBlob(encode(value));
    const bundle_digest = hash(canonicalize(forms as never));
    inForce = {
      bundle_digest,
      policy_revision: bundle_digest.slice(7, 47),
      control_map_digest: await blob(map),
    };
    await lake.ledger.appendNumbered([
      {
        ...{ schema: SCHEMA, record_type: 'policy', emitter: 'policy', layer: 'ci', tool: 'exhibit' },
        record_id: `019ca8d7-2d00-7def-90be-${bundle_digest.slice(7, 19)}`,
        observed_at: at(lake.clock()),
        ...inForce,
        details: {
          frameworks_digest: await blob(FRAMEWORKS),
          policies_digest: await blob(policies),
          overrides_digest: await blob(forms.map(({ digest, id }) => ({ digest, id }))),
          emitters_digest: await blob(emitters),
          lineage: 'shop/policies',
        },
      },
    ]);
    await lake.ledger.seal();
    for (const { id, digest, policy, created, sunset } of forms)
      await lake.put('exhibit', {
        ...{ record_type: 'override', policy_id: policy, override_id: id, override_digest: digest },
        details: {
          ...{
            owner: 'ada',
            approver: 'bob',
            reason: 'The vendor mends it in the next release.',
            ticket: 'T-1',
          },
          ...{ created, sunset, scope: { subjects: [`${policy}/*`] } },
        },
      });
  };
  const judge = async (
    emitter: string,
    layer: RecordDraft['layer'],
    decisions: readonly Partial<RecordDraft>[],
  ) => {
    run += 1;
    const run_id = `019ca8d7-2d00-7def-90be-${String(run).padStart(12, '0')}`;
    await lake.put(
      emitter,
      ...decisions.map((each, run_index) => ({
        ...{
          record_type: 'decision' as const,
          run_id,
          run_index,
          layer,
          subject_type: 'resource',
          severity: 'high' as const,
        },
        ...{ disposition: 'none' as const, rule_id: each.policy_id ?? '' },
        ...inForce,
        ...each,
      })),
      { record_type: 'run', run_id, run_total: decisions.length, layer, ...inForce },
    );
  };
  for (let time = day(from); time <= day(to); time += DAY) {
    const today = at(time).slice(0, 10);
    lake.at(at(time));
    const bundle =
      today === from
        ? BUNDLES.findLast(([since]) => since <= today)
        : BUNDLES.find(([since]) => since === today);
    if (bundle !== undefined) await announce(bundle[1]);
    const weekday = new Date(time).getUTCDay();
    const silent = today >= '2026-03-10' && today <= '2026-03-14';
    if (weekday >= 1 && weekday <= 5 && !silent) await judge('gate', 'ci', gateDecisions(today));
    lake.at(at(time + 3 * 3_600_000));
    if (today !== '2026-04-20') await judge('watch', 'runtime', watched(today));
  }
  return lake;
}

function gateDecisions(today: string): Partial<RecordDraft>[] {
  const bad = Number(today.slice(8)) % 9 === 0;
  return [
    {
      ...{
        policy_id: 'storage-encrypted',
        subject_id: 'storage-encrypted/a',
        verdict: bad ? 'fail' : 'pass',
      },
      ...(bad
        ? {
            disposition: 'enforced',
            message: `not encrypted ${HOSTILE}`,
            details: { fix: 'Set encrypted = true.' },
          }
        : {}),
    },
    {
      ...{
        policy_id: 'no-privileged',
        subject_id: 'no-privileged/web',
        verdict: today >= '2026-05-25' ? 'fail' : 'pass',
      },
      ...(today >= '2026-05-25' ? { disposition: 'enforced', message: 'privileged' } : {}),
    },
    {
      policy_id: 'alarms-set',
      subject_id: 'alarms-set/a',
      verdict: today.endsWith('-21') ? 'error' : 'pass',
    },
    ...(today < '2026-05-01'
      ? [{ policy_id: 'reviewed', subject_id: 'reviewed/a', verdict: 'pass' } as const]
      : []),
  ];
}

/** Subjects that fail from a day on, for so many days. */
const DRIFTS: readonly (readonly [from: string, days: number])[] = [
  ...([
    ['2026-01-08', 1],
    ['2026-01-15', 3],
    ['2026-01-29', 9],
    ['2026-02-05', 2],
    ['2026-02-14', 30],
  ] as const),
  ...([
    ['2026-03-02', 1],
    ['2026-03-17', 6],
    ['2026-04-02', 12],
    ['2026-04-22', 2],
    ['2026-05-06', 4],
  ] as const),
  ...([
    ['2026-03-25', 400],
    ['2026-05-22', 400],
  ] as const),
];

function watched(today: string): Partial<RecordDraft>[] {
  return DRIFTS.map(([from, days], index): Partial<RecordDraft> => {
    const bad = today >= from && day(today) < day(from) + days * DAY;
    const policy_id = index % 2 === 0 ? 'no-privileged' : 'storage-encrypted';
    return {
      ...{
        policy_id,
        subject_id: `Pod/shop/${index}`,
        verdict: bad ? 'fail' : 'pass',
        environment: 'production',
      },
      severity: index % 3 === 0 ? 'critical' : 'high',
      ...(bad
        ? { disposition: 'observed', message: 'it drifted', details: { fix: 'Deploy it again.' } }
        : {}),
    };
  });
}
