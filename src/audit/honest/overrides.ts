import { plural } from '../../record/index.ts';
import type { Answered, HonestFacts, OverrideTold } from './types.ts';
import { besides, noneCounts } from './words.ts';

/** Yes needs overrides, each with owner, approver, ticket and sunset, tickets that the tracker knows, and nothing that was passed over without one. */
export function overridesAreTickets({ overrides, made_up }: HonestFacts): Answered {
  const granted = overrides.filter(({ kind }) => kind === 'granted');
  const incomplete = granted.filter(({ missing }) => missing.length > 0);
  const gone = granted.filter(({ ticket }) => ticket === 'missing');
  const unchecked = granted.filter(({ ticket }) => ticket === 'unchecked');
  const others = overrides.filter(({ kind }) => kind !== 'granted');
  const counts = {
    granted: granted.length,
    incomplete: incomplete.length,
    ticket_missing: gone.length,
    ticket_unchecked: unchecked.length,
    bypasses: others.filter(({ kind }) => kind === 'bypass').length,
    suppressions: others.filter(({ kind }) => kind === 'suppression').length,
  };
  const base = { question: 'overrides' as const, counts, made_up: made_up.overrides };
  const more = besides(made_up.overrides);
  const against = [...incomplete, ...gone, ...others];
  if (against.length > 0)
    return {
      ...base,
      answer: 'no',
      why: `${against.length} are none: bypasses ${counts.bypasses}, suppressions of other tools ${counts.suppressions}, without all fields ${incomplete.length}, ticket not there ${gone.length}${more}`,
      rests_on: against.slice(0, 5).map((one) => rest(one, said(one))),
    };
  const [first] = granted.filter(({ ticket }) => ticket !== 'unchecked');
  if (granted.length === 0)
    return {
      ...base,
      answer: 'not_shown',
      why: noneCounts('override', made_up.overrides, 'no override was recorded in the period'),
      rests_on: [],
    };
  if (first === undefined || unchecked.length > 0)
    return {
      ...base,
      answer: 'not_shown',
      why: `not looked up in the tracker: the ticket of ${unchecked.length} of ${plural(granted.length, 'override')}: exhibit override tickets${more}`,
      rests_on: [],
    };
  return {
    ...base,
    answer: 'yes',
    why: `${plural(granted.length, 'override')}, each with owner, approver, sunset and a ticket that the tracker knows${more}`,
    rests_on: [rest(first, `the ticket is ${first.ticket}`)],
  };
}

const rest = ({ record_id, log_index, id }: OverrideTold, says: string) => ({
  record_id,
  log_index,
  says: `${id}: ${says}`,
});

function said({ kind, missing }: OverrideTold): string {
  if (kind === 'bypass') return 'passed over without an override';
  if (kind === 'suppression') return 'suppressed in another tool, without a sunset';
  return missing.length > 0 ? `without ${missing.join(', ')}` : 'its ticket is not there';
}
