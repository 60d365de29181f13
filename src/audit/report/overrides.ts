import { z } from 'zod';
import type { Answers } from './ask.ts';
import { rowsOf } from './rows.ts';
import type { AuditReport } from './schema.ts';

const noticeSchema = z.object({
  overrides: z.object({
    orphans: z.array(z.string()),
    expired: z.array(z.object({ id: z.string(), matched: z.int() })),
  }),
});

/** The register of the period: in force or used in it, expired and still matched, orphans. */
export function overridesOf(
  answers: Pick<Answers, 'overrides-in-force' | 'override-notices'>,
): Pick<AuditReport['overrides'], 'register' | 'expired_matched' | 'orphans'> {
  const told = rowsOf(answers['override-notices']).flatMap((row) => noticesIn(row.text('details')));
  const matched = new Map<string, number>();
  for (const { id, matched: count } of told.flatMap(({ expired }) => expired))
    matched.set(id, (matched.get(id) ?? 0) + count);
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
  const used = new Set(register.filter(({ uses }) => uses > 0).map(({ override_id }) => override_id));
  return {
    register,
    expired_matched: [...matched]
      .map(([override_id, count]) => ({ override_id, matched: count }))
      .sort((a, b) => (a.override_id < b.override_id ? -1 : 1)),
    orphans: [...new Set(told.flatMap(({ orphans }) => orphans))].filter((id) => !used.has(id)).sort(),
  };
}

function noticesIn(details: string) {
  const parsed = noticeSchema.safeParse(JSON.parse(details));
  return parsed.success ? [parsed.data.overrides] : [];
}
