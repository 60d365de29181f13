import { plural } from '../../record/index.ts';
import type { Answered, HonestFacts, ReadTold } from './types.ts';
import { besides, noneCounts } from './words.ts';

/**
 * Yes needs a read on the record, within an engagement, by the auditor whom that engagement names. What the team read itself is none. How the
 * auditor was known is said: a name that somebody gave at a command line proves less than a sign-in.
 */
export function askedAlone({ reads, made_up }: HonestFacts): Answered {
  const own = reads.filter(({ by }) => by === 'auditor').toSorted((a, b) => b.log_index - a.log_index);
  const proven = own.filter(({ verified_by }) => verified_by !== undefined);
  const engagements = new Set(own.map(({ engagement }) => engagement));
  const counts = {
    reads: own.length,
    identity_proven: proven.length,
    by_the_team: reads.length - own.length,
    engagements: engagements.size,
  };
  const base = { question: 'auditor' as const, counts, made_up: made_up.reads };
  const more = besides(made_up.reads);
  if (own.length === 0)
    return {
      ...base,
      answer: 'not_shown',
      why:
        reads.length === 0
          ? noneCounts('read', made_up.reads, 'no read within an engagement was found')
          : `${plural(reads.length, 'read')} within engagements, none by the auditor${more}`,
      rests_on: [],
    };
  const known =
    proven.length === own.length
      ? 'each with a proven identity'
      : proven.length === 0
        ? 'known by a name that was given, and by nothing that proves it'
        : `${proven.length} with a proven identity, the others by a name that was given`;
  return {
    ...base,
    answer: 'yes',
    why: `${plural(own.length, 'read')} by the auditor of ${plural(engagements.size, 'engagement')}${kindsOf(own)}, ${known}${more}`,
    // Those that prove most come first.
    rests_on: [...proven, ...own.filter((one) => !proven.includes(one))].slice(0, 5).map(restOf),
  };
}

/** By what each was done, as their records call it: a draw reads a population, and is more than a read of a page. */
function kindsOf(reads: readonly ReadTold[]): string {
  const kinds = [...Map.groupBy(reads, ({ kind }) => kind)].toSorted(([, a], [, b]) => b.length - a.length);
  return kinds.length === 1 && kinds[0]?.[0] === 'read'
    ? ''
    : ` (${kinds.map(([kind, all]) => `${kind}: ${all.length}`).join(', ')})`;
}

function restOf({ record_id, log_index, engagement, kind, what, verified_by }: ReadTold) {
  const known = verified_by === undefined ? 'by a name that was given' : `known by ${verified_by}`;
  return { record_id, log_index, says: `${engagement}: ${kind}${what === '' ? '' : `, ${what}`}; ${known}` };
}
