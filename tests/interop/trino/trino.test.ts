import { afterAll, beforeAll, describe } from 'vitest';
import { why as whyMoto } from '../events/moto.ts';
import { why as whyS3 } from '../s3/start.ts';
import { answers } from './answers.ts';
import { athena } from './athena.ts';
import { coverage } from './coverage.ts';
import { engagement } from './engagement.ts';
import { hostile } from './hostile.ts';
import { type Place, startPlace } from './lake.ts';
import { why } from './server.ts';

const missing = `${why}${whyS3}${whyMoto}`;

// One file: Ceph and Trino start once, and take most of the memory of a small machine.
describe.skipIf(missing !== '')(`the lake in a bucket${missing}`, () => {
  let place: Place | undefined;
  beforeAll(async () => {
    place = await startPlace();
  }, 400_000);
  afterAll(() => place?.stop());
  const at = (): Place => {
    if (place === undefined) throw new Error('not started');
    return place;
  };
  answers(at);
  coverage(at);
  hostile(at);
  athena(at);
  // Last: it writes into the log.
  engagement(at);
});
