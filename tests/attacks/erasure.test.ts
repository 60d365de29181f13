import { erasure } from './families/erasure.ts';
import { perform } from './perform.ts';

perform(erasure);
