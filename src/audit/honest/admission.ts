import { plural } from '../../record/index.ts';
import type { Answered, DenialTold, HonestFacts } from './types.ts';
import { besides, noneCounts } from './words.ts';

/**
 * Yes needs one request that the webhook denied and that the API server's own log says was refused, of something that had come past CI: by
 * a policy that asks for a pass of CI, or by one that blocks in CI, so that what it denies here had not passed there. One request that was
 * denied and went through all the same is a no, whatever else was refused.
 */
export function catchesAtAdmission(facts: HonestFacts): Answered {
  const { denials, writes } = facts;
  const runs = new Map(writes.flatMap((write) => (write.run === undefined ? [] : [[write.run, write]])));
  const confirmed = denials.filter(({ run_id }) => runs.get(run_id)?.refused === true);
  const admitted = denials.filter(({ run_id }) => {
    const write = runs.get(run_id);
    return write !== undefined && write.refused !== true && write.dry_run !== true;
  });
  const past = confirmed.filter((one) => cameBy(one, facts) !== undefined);
  const requests = (some: readonly DenialTold[]) => new Set(some.map(({ run_id }) => run_id)).size;
  const counts = {
    denied: requests(denials),
    confirmed: requests(confirmed),
    past_ci: requests(past),
    admitted_all_the_same: requests(admitted),
    lists_unread: facts.lists_unread,
  };
  const made_up = facts.made_up.denials;
  const base = { question: 'admission' as const, counts, made_up };
  const [first] =
    admitted.length > 0
      ? []
      : past.toSorted((a, b) => rank(a, facts) - rank(b, facts) || b.log_index - a.log_index);
  if (first !== undefined) {
    const write = runs.get(first.run_id);
    return {
      ...base,
      answer: 'yes',
      why: `${plural(counts.past_ci, 'denied request')} had come past CI, as the API server's log shows${unread(counts)}${besides(made_up)}`,
      rests_on: [
        {
          record_id: first.record_id,
          log_index: first.log_index,
          says: `${first.subject} was denied by ${first.policy_id}, ${cameBy(first, facts)}`,
        },
        {
          reference: write?.audit_id ?? '',
          says: `the API server refused it at ${write?.time ?? ''}${write?.code === undefined ? '' : ` with ${write.code}`}`,
        },
      ],
    };
  }
  return {
    ...base,
    answer: counts.admitted_all_the_same > 0 ? 'no' : 'not_shown',
    why:
      counts.denied === 0
        ? `${noneCounts('denied request', made_up, 'nothing was denied at admission in the period')}${unread(counts)}`
        : `${missing(counts)}${unread(counts)}${besides(made_up)}`,
    rests_on: admitted.slice(0, 5).map(({ record_id, log_index, run_id }) => ({
      record_id,
      log_index,
      reference: runs.get(run_id)?.audit_id ?? '',
      says: 'denied by the webhook, and not refused by the API server',
    })),
  };
}

function missing(counts: Record<'confirmed' | 'denied' | 'admitted_all_the_same', number>): string {
  if (counts.admitted_all_the_same > 0)
    return `${plural(counts.admitted_all_the_same, 'denied request')} went through all the same`;
  if (counts.confirmed === 0)
    return `${plural(counts.denied, 'denied request')}, and no audit log of the API server confirms one: let it send its events to the server`;
  return 'what was denied was denied by policies that neither block in CI nor ask for its pass';
}

const unread = ({ lists_unread }: { lists_unread: number }): string =>
  lists_unread === 0 ? '' : `; ${plural(lists_unread, 'list')} of audit events cannot be read`;

/** Why what was denied had not passed the gate; undefined where nothing says so. */
function cameBy(
  { policy_id }: DenialTold,
  { asking_for_a_pass, blocking_in_ci }: HonestFacts,
): string | undefined {
  if (asking_for_a_pass.has(policy_id)) return 'which asks for a pass of CI';
  return blocking_in_ci.has(policy_id) ? 'which blocks in CI, too' : undefined;
}

const rank = ({ policy_id }: DenialTold, { asking_for_a_pass }: HonestFacts): number =>
  asking_for_a_pass.has(policy_id) ? 0 : 1;
