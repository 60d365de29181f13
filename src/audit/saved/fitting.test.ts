import { readdirSync, readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { closeDay, query } from '../../lake/index.ts';
import { type Fixture, makeFixture } from '../../lake/testing/fixture.ts';
import { canonicalize } from '../../record/index.ts';
import { fittingQuestions } from '../index.ts';

/** The frameworks that the package carries. */
const FOLDER = new URL('../../../policies/frameworks/', import.meta.url);
const shipped = readdirSync(FOLDER).map((file) =>
  z
    .looseObject({ id: z.string(), controls: z.array(z.looseObject({ id: z.string() })) })
    .parse(parse(readFileSync(new URL(file, FOLDER), 'utf8'), { schema: 'failsafe' })),
);

let lake: Fixture;
beforeAll(async () => {
  lake = await makeFixture('2026-03-01T10:00:00.000Z');
  const blob = (value: unknown) => lake.ledger.putBlob(new TextEncoder().encode(canonicalize(value)));
  const frameworks_digest = await blob(JSON.parse(JSON.stringify(shipped)));
  await lake.put('policy', {
    record_type: 'policy',
    policy_revision: 'r1',
    bundle_digest: `sha256:${'1'.repeat(64)}`,
    control_map_digest: await blob({ schema: 'exhibit.control-map/1', entries: [] }),
    details: { frameworks_digest, policies_digest: await blob([]) },
  });
  lake.at('2026-03-02T02:00:00.000Z');
  await closeDay(lake.ledger, '2026-03-01', { clock: lake.clock });
});
afterAll(() => lake.remove());

it.each(shipped.map((one) => [one.id, one] as const))(
  'each control of %s has a question that answers: completely, with a row for it',
  { timeout: 60_000 },
  async (framework, { controls }) => {
    const period = { from: '2026-03-01', to: '2026-03-01' };
    const { coverage, rows } = await query(lake.ledger, { name: 'evidence-kinds', framework, ...period });
    expect(coverage.complete).toBe(true);
    const answered = new Map(rows.map((row) => [row[0], row[1]]));
    const short = controls.map(({ id }) => id.slice(id.indexOf('/') + 1));
    expect([...answered.keys()].sort()).toEqual([...short].sort());
    // Nothing was judged and nobody gave anything: that is what the answer says.
    expect(new Set(answered.values())).toEqual(new Set(['none']));
    for (const control of short) {
      const fitting = fittingQuestions(framework, control);
      expect(fitting.map(({ name }) => name)).toContain('evidence-kinds');
      expect(fitting[0]?.flags).toEqual(['--control', `${framework}/${control}`]);
    }
  },
);
