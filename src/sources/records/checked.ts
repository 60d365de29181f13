import type { UnnumberedRecord } from '../../engine/index.ts';
import { checkEncodable, isExhibitError, parseDraft, type RecordDraft } from '../../record/index.ts';
import { clip, plainName } from './clean.ts';

/** A record that can be taken, and why it is not the one that was asked for. */
export interface Checked {
  record: UnnumberedRecord;
  refused?: string;
}

/**
 * What a report says may make a decision record that none can be; then it is an error of the same policy and place, and not lost.
 * @throws ExhibitError for a record of another type that cannot be one
 */
export function checked(record: UnnumberedRecord): Checked {
  try {
    parseDraft(record);
    checkEncodable(record as RecordDraft);
    return { record };
  } catch (cause) {
    if (!isExhibitError(cause) || record.record_type !== 'decision') throw cause;
    const { details: _, message: _message, subject_name: _name, file: _file, ...rest } = record;
    return {
      refused: cause.message,
      record: {
        ...rest,
        verdict: 'error',
        disposition: 'observed',
        subject_id: plainName(rest.subject_id ?? 'unnamed'),
        message: `a result cannot be recorded: ${clip(cause.message, 1_000)}`,
      },
    };
  }
}
