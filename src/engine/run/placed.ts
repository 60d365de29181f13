import type { RecordDraft } from '../../record/index.ts';
import { environmentOf, type StatedPlace } from '../place.ts';
import { clip } from './blobs.ts';

type Unnumbered = Omit<RecordDraft, 'sequence'>;

/** A record with its place: findings of two environments or clusters are told apart by it, and those of two layers of one are one. */
export function placed(record: Unnumbered, place: StatedPlace): Unnumbered {
  const environment = environmentOf(record, place);
  const { cluster } = place;
  if (cluster === undefined && environment === record.environment) return record;
  return {
    ...record,
    ...(environment === undefined ? {} : { environment: clip(environment, 256) }),
    ...(cluster === undefined ? {} : { details: { ...record.details, cluster } }),
  };
}
