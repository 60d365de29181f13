import { sample } from './families/sample.ts';
import { perform } from './perform.ts';

perform(sample);
