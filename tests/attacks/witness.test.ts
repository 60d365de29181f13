import { witnesses } from './families/witness.ts';
import { perform } from './perform.ts';

perform(witnesses);
