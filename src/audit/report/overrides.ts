import { z } from 'zod';
import type { Answers } from './ask.ts';
import { scopeOf } from './override-days.ts';
import { rowsOf } from './rows.ts';
import type { AuditReport } from './schema.ts';

const noticeSchema = z.object({
  overrides: z.object({
    orphans: z.array(z.string()),
    used: z.array(z.object({ id: z.string(), waived: z.int() })).default([]),
    expired: z.array(z.object({ id: z.string(), matched: z.int() })),
  }),
});

/**
 * The register of the period: in force or used in it, expired and still matched, orphans. What an expired one would have matched was often
 * waived by its renewal, which is for the same policy and scope: only the rest was not waived.
 */
export function overridesOf(
  answers: Pick<Answers, 'overrides-in-force' | 'override-notices' | 'override-history'>,
): Pick<AuditReport['overrides'], 'register' | 'expired_matched' | 'orphans'> {
  const told = rowsOf(answers['override-notices']).flatMap((row) => noticesIn(row.text('details')));
  const renewals = renewalsOf(answers['override-history']);
  const matched = new Map<string, number>();
  const renewed = new Map<string, number>();
  for (const { expired, used } of told)
    for (const { id, matched: count } of expired) {
      const others = used
        .filter((each) => renewals(id, each.id))
        .reduce((sum, { waived }) => sum + waived, 0);
      matched.set(id, (matched.get(id) ?? 0) + count);
      renewed.set(id, (renewed.get(id) ?? 0) + Math.min(count, others));
    }
  const register = rowsOf(answers['overrides-in-force']).map((row) => ({
    override_id: row.text('override_id'),
    digest: row.text('override_digest'),
    policy_id: row.maybe('policy_id'),
    owner: row.maybe('owner'),
    approver: row.maybe('approver'),
    reason: row.maybe('reason'),
    ticket: row.maybe('ticket'),
    created: row.maybe('created'),
    sunset: row.maybe('sunset'),
    uses: row.number('uses'),
    subjects: row.number('subjects'),
    first_used: row.maybe('first_used_at'),
    last_used: row.maybe('last_used_at'),
    register: row.text('register'),
    expired_matched: matched.get(row.text('override_id')) ?? 0,
  }));
  const inUse = new Set(register.filter(({ uses }) => uses > 0).map(({ override_id }) => override_id));
  return {
    register,
    expired_matched: [...matched]
      .map(([override_id, count]) => ({
        override_id,
        matched: count,
        waived_by_renewal: renewed.get(override_id) ?? 0,
      }))
      .sort((a, b) => (a.override_id < b.override_id ? -1 : 1)),
    orphans: [...new Set(told.flatMap(({ orphans }) => orphans))].filter((id) => !inUse.has(id)).sort(),
  };
}

/** Whether two overrides, by their ids, are for the same policy and scope. */
function renewalsOf(answer: Answers['override-history']): (one: string, other: string) => boolean {
  const meant = Map.groupBy(rowsOf(answer), (row) => row.text('override_id'));
  const forms = (id: string) =>
    (meant.get(id) ?? []).map((row) => `${row.text('policy_id')} ${scopeOf(row.text('details'))}`);
  return (one, other) => one !== other && forms(one).some((form) => forms(other).includes(form));
}

function noticesIn(details: string) {
  const parsed = noticeSchema.safeParse(JSON.parse(details));
  return parsed.success ? [parsed.data.overrides] : [];
}
