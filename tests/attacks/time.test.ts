import { time } from './families/time.ts';
import { perform } from './perform.ts';

perform(time);
