import { beforeAll, describe, expect, test } from 'vitest';
import { dispose } from '../../engine/dispose.ts';
import type { Judgement } from '../../engine/index.ts';
import { findOpa } from '../find-opa.ts';
import { evaluate } from '../opa.ts';
import { withStage } from '../stage.ts';
import type { Opa, Override, OverrideScope } from '../types.ts';
import { overrideModule } from './override-rego.ts';

const CREATED = '2026-01-01T00:00:00.000Z';
const SUNSET = '2026-12-31T23:59:59.999Z';
const NOON = Date.parse('2026-06-01T12:00:00.000Z');

const override = (scope: OverrideScope, id = 'OV-1'): Override => ({
  id,
  policy: 'box-sealed',
  scope,
  owner: 'Ada',
  approver: 'Grace',
  reason: 'The box is replaced in the next release.',
  ticket: 'https://tickets.example.org/1',
  created: CREATED,
  sunset: SUNSET,
  digest: `sha256:${'0'.repeat(64)}`,
});

const subject = { id: 'Pod/shop/web', type: 'container', name: 'web' };
interface Case {
  scope: OverrideScope;
  subject?: Judgement['subject'];
  place?: { layer: 'ci' | 'admission'; environment?: string };
  policy?: string;
  /** Unix milliseconds, as a text of nanoseconds for Rego. */
  now?: number;
}

let opa: Opa;
beforeAll(async () => {
  opa = await findOpa(process.env);
});

/** What the module says of each case, in one call: is it waived? */
async function inRego(cases: readonly Case[]): Promise<boolean[]> {
  const files = new Map<string, Uint8Array>();
  const rules = cases.map((one, i) => {
    files.set(`o${i}.rego`, Buffer.from(overrideModule(`o${i}`, [override(one.scope)])));
    const call = [one.policy ?? 'box-sealed', one.subject ?? subject, one.place ?? { layer: 'ci' }];
    const args = call.map((value) => JSON.stringify(value)).join(', ');
    return `answer["${i}"] := waived if {\n\tids := data.o${i}.waiving(${args}) with time.now_ns as ${one.now ?? NOON}000000\n\twaived := count(ids) > 0\n}\n`;
  });
  files.set('cases.rego', Buffer.from(`package cases\n\n${rules.join('\n')}`));
  const answer = await withStage(files, (folder) =>
    evaluate(opa, folder, 'data.cases.answer', {}, ['-d', '.']),
  );
  return cases.map((_, i) => (answer as Record<string, boolean>)[String(i)] ?? false);
}

/** What the engine says of the same. */
function inEngine({
  scope,
  subject: of = subject,
  place = { layer: 'ci' },
  policy = 'box-sealed',
  now = NOON,
}: Case) {
  const judgement: Judgement = {
    policy_id: policy,
    rule_id: policy,
    severity: 'high',
    subject: of,
    verdict: 'fail',
  };
  const context = { mode: 'enforce' as const, overrides: [override(scope)], now, ...place };
  return dispose(judgement, context).disposition === 'waived';
}

describe('overrides in Rego', () => {
  test('one second before and after the sunset, and to the millisecond', async () => {
    const end = Date.parse(SUNSET);
    const times = [
      [Date.parse(CREATED) - 1, false],
      [Date.parse(CREATED), true],
      [end - 1_000, true],
      [end, true],
      [end + 1, false],
      [end + 1_000, false],
    ] as const;
    const cases = times.map(([now]): Case => ({ scope: { subjects: ['Pod/shop/*'] }, now }));
    expect(await inRego(cases)).toEqual(times.map(([, waived]) => waived));
    expect(cases.map(inEngine)).toEqual(times.map(([, waived]) => waived));
  });

  test('waive what the engine waives: globs, types, environments, layers, and values that are not there', async () => {
    const globs = [
      'Pod/shop/web',
      'Pod/*/web',
      'Pod/*',
      'Pod/**',
      '**',
      '*',
      'Pod/sh?p/web',
      'Pod/shop/w.b',
      '[P]od/**',
      'a+b',
      'é/*',
      '\\*',
      'x\ny',
      'Pod/shop/web\n',
    ];
    const ids = [
      'Pod/shop/web',
      'Pod/shop/a/b',
      'Pod/',
      'Pod/shxp/web',
      'a+b',
      'aab',
      'é/ü',
      '\\x',
      'x\ny',
      'x/y',
      '',
    ];
    const named = globs.flatMap((glob) =>
      ids.map((id): Case => ({ scope: { subjects: [glob] }, subject: { ...subject, id } })),
    );
    const others: Case[] = [
      { scope: { types: ['cont*'] } },
      { scope: { types: ['pod'] } },
      { scope: { types: ['pod'], subjects: ['**'] } },
      { scope: { environments: ['prod*'] } },
      { scope: { environments: ['prod*'] }, subject: { ...subject, environment: 'production' } },
      { scope: { environments: ['prod*'] }, place: { layer: 'ci', environment: 'production' } },
      // What the subject states goes before what the run states.
      {
        scope: { environments: ['prod*'] },
        subject: { ...subject, environment: 'test' },
        place: { layer: 'ci', environment: 'production' },
      },
      { scope: { layers: ['ci'] } },
      { scope: { layers: ['admission'] } },
      { scope: { layers: ['admission', 'ci'], subjects: ['Pod/**'] } },
      { scope: { subjects: ['**'] }, policy: 'another' },
    ];
    const cases = [...named, ...others];
    const engine = cases.map(inEngine);
    expect(await inRego(cases)).toEqual(engine);
    expect(new Set(engine)).toEqual(new Set([true, false]));
  });
});
