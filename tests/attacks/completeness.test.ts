import { completeness } from './families/completeness.ts';
import { perform } from './perform.ts';

perform(completeness);
