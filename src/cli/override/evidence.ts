import { z } from 'zod';
import { type QueryAnswer, query } from '../../lake/index.ts';
import { type LedgerReader, openReader } from '../../ledger/index.ts';
import type { Override } from '../../policy/index.ts';
import type { BypassFigures, OverrideEvidence } from '../../respond/index.ts';

const USES = `SELECT override_id, policy_id, count(*) AS uses, max(observed_at) AS last
FROM fact
WHERE record_type = 'decision' AND disposition = 'waived'
GROUP BY 1, 2
ORDER BY 1, 2`;

/** Every kind of run says so in its details, where it has anything to say about overrides. */
const RUNS = `SELECT details
FROM fact
WHERE record_type = 'run' AND details LIKE '%"overrides"%'
ORDER BY log_index`;

const detailsSchema = z.object({
  overrides: z.object({
    orphans: z.array(z.string()),
    expired: z.array(z.object({ id: z.string(), matched: z.int() })),
  }),
});

/**
 * How overrides were used, from an evidence folder.
 * @param period UTC days, both included; where not given, those of the log
 */
export async function evidenceOf(
  folder: string,
  period: { from?: string; to?: string },
  overrides: readonly Override[],
  now: number,
): Promise<{ evidence: OverrideEvidence; origin: string }> {
  const reader = await openReader(folder);
  try {
    return { evidence: await usesOf(reader, period, overrides, now), origin: reader.origin };
  } finally {
    await reader.close();
  }
}

async function usesOf(
  reader: LedgerReader,
  period: { from?: string; to?: string },
  overrides: readonly Override[],
  now: number,
): Promise<OverrideEvidence> {
  const days = {
    ...(period.from === undefined ? {} : { from: period.from }),
    ...(period.to === undefined ? {} : { to: period.to }),
  };
  const used = await query(reader, { sql: USES, ...days });
  const runs = await query(reader, { sql: RUNS, ...days });
  const uses = used.rows.map(([id, policy, count, last]) => ({
    id: String(id),
    policy: String(policy),
    uses: Number(count),
    last: String(last),
  }));
  const told = runs.rows.flatMap(([details]) => detailsSchema.safeParse(json(details)).data?.overrides ?? []);
  const late = new Map<string, number>();
  for (const { id, matched } of told.flatMap(({ expired }) => expired))
    late.set(id, (late.get(id) ?? 0) + matched);
  const called = new Set(told.flatMap(({ orphans }) => orphans));
  const looked = await query(reader, { name: 'changes-looked-at', ...days });
  const past = await query(reader, { name: 'bypasses', ...days });
  const answers: QueryAnswer[] = [used, runs, looked, past];
  return {
    from: used.coverage.from,
    to: used.coverage.to,
    complete: answers.every(({ coverage }) => coverage.complete),
    gaps: [...new Set(answers.flatMap(({ coverage }) => coverage.gaps.map(({ message }) => message)))],
    uses,
    expired_matched: [...late]
      .map(([id, matched]) => ({ id, matched }))
      .sort((a, b) => (a.id < b.id ? -1 : 1)),
    orphans: overrides
      .filter(
        ({ id, created, sunset }) =>
          called.has(id) && Date.parse(created) <= now && now <= Date.parse(sunset),
      )
      .filter(({ id }) => !uses.some((use) => use.id === id))
      .map(({ id }) => id),
    ...(looked.row_count === 0 && past.row_count === 0 ? {} : { bypasses: bypassFigures(looked, past) }),
  };
}

const bypassSchema = z.object({ kind: z.string(), policies: z.array(z.string()).default([]) });

function bypassFigures(looked: QueryAnswer, past: QueryAnswer): BypassFigures {
  const at = past.columns.findIndex(({ name }) => name === 'details');
  const told = past.rows.map((row) => bypassSchema.parse(json(row[at])));
  const policies = told.flatMap((each) => (each.policies.length === 0 ? ['every policy'] : each.policies));
  const tally = (names: readonly string[]) =>
    [...Map.groupBy(names, (name) => name)]
      .map(([name, all]) => ({ name, bypasses: all.length }))
      .sort((a, b) => b.bypasses - a.bypasses || (a.name < b.name ? -1 : 1));
  return {
    by_repository: looked.rows.map(([repository, , , ...counts]) => {
      const [changes = 0, gated = 0, bypassed = 0, unknown = 0] = counts.map(Number);
      return { repository: String(repository), changes, gated, bypassed, unknown };
    }),
    by_policy: tally(policies).map(({ name, bypasses }) => ({ policy: name, bypasses })),
    by_kind: tally(told.map(({ kind }) => kind)).map(({ name, bypasses }) => ({ kind: name, bypasses })),
  };
}

function json(value: unknown): unknown {
  return typeof value === 'string' ? JSON.parse(value) : undefined;
}
