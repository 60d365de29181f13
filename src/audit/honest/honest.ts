import { catchesAtAdmission } from './admission.ts';
import { blocksInCi } from './ci.ts';
import { overridesAreTickets } from './overrides.ts';
import type { Answered, HonestFacts } from './types.ts';
import { counted } from './words.ts';

export interface HonestTest {
  answers: Answered[];
  yes: number;
  /** Two or fewer: a library, not policy as code. */
  verdict: 'policy as code' | 'a library, not policy as code';
}

/** Four questions, answered from records alone. What nothing shows is no yes. */
export function honestTest(facts: HonestFacts): HonestTest {
  const answers = [
    blocksInCi(facts),
    catchesAtAdmission(facts),
    askedAlone(facts),
    overridesAreTickets(facts),
  ];
  const yes = answers.filter(({ answer }) => answer === 'yes').length;
  return { answers, yes, verdict: yes > 2 ? 'policy as code' : 'a library, not policy as code' };
}

/** Yes needs a read by an auditor that is on the record. */
function askedAlone({ reads }: HonestFacts): Answered {
  const [first] = reads.toSorted((a, b) => b.log_index - a.log_index);
  const base = { question: 'auditor' as const, counts: { reads: reads.length } };
  if (first === undefined)
    return { ...base, answer: 'not_shown', why: 'no question of an auditor is on the record', rests_on: [] };
  return {
    ...base,
    answer: 'yes',
    why: `${counted(reads.length, 'question')} of auditors on the record`,
    rests_on: [{ ...first, says: 'an auditor asked' }],
  };
}
