import { lake } from './families/lake.ts';
import { perform } from './perform.ts';

perform(lake);
