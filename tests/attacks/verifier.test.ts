import { verifier } from './families/verifier.ts';
import { perform } from './perform.ts';

perform(verifier);
