import { policy } from './families/policy.ts';
import { perform } from './perform.ts';

perform(policy);
