import { anchors } from './families/anchors.ts';
import { perform } from './perform.ts';

perform(anchors);
