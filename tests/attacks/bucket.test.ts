import { why } from '../interop/s3/start.ts';
import { bucket } from './families/bucket.ts';
import { perform } from './perform.ts';

perform(bucket, why);
