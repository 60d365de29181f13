import { placed, type UnnumberedRecord } from '../../engine/index.ts';
import { redactText } from '../../record/index.ts';
import type { App } from '../app.ts';
import { ownRecord } from '../own-record.ts';
import { extOf } from './record.ts';
import type { RequestOfReview } from './review.ts';

/** A review that nothing could judge: it was not admitted by us, and the API server's own policy of failures decided. */
export function unjudged(request: RequestOfReview, why: string, app: App): UnnumberedRecord {
  const record: UnnumberedRecord = {
    ...ownRecord('gap', app),
    layer: 'admission',
    verdict: 'not_evaluated',
    message: `a review could not be judged: ${redactText(why).slice(0, 1_000).toWellFormed()}`,
    details: { kind: 'review not judged' },
    ext: extOf(request),
  };
  return placed(record, app.settings.admission ?? {});
}
