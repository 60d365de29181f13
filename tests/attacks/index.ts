import type { Family } from './attack.ts';
import { anchors } from './families/anchors.ts';
import { bucket } from './families/bucket.ts';
import { completeness } from './families/completeness.ts';
import { erasure } from './families/erasure.ts';
import { lake } from './families/lake.ts';
import { ledger } from './families/ledger.ts';
import { policy } from './families/policy.ts';
import { sample } from './families/sample.ts';
import { time } from './families/time.ts';
import { verifier } from './families/verifier.ts';
import { witnesses } from './families/witness.ts';

export type { Answer, Attack, Family } from './attack.ts';

/** All attacks, in the order of the page. A test of the same name performs each family. */
export const FAMILIES: readonly Family[] = [
  ledger,
  witnesses,
  anchors,
  time,
  completeness,
  policy,
  lake,
  bucket,
  sample,
  erasure,
  verifier,
];
