import { catchesAtAdmission } from './admission.ts';
import { askedAlone } from './auditor.ts';
import { blocksInCi } from './ci.ts';
import { overridesAreTickets } from './overrides.ts';
import type { Answered, HonestFacts } from './types.ts';

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
