import { ExhibitError, parseDraft } from '../record/index.ts';
import { recordText } from './encode.ts';
import { OWN_EMITTER } from './own.ts';
import type { AppendOptions, Encoded, Unnumbered } from './types.ts';

/**
 * Checks a record that the ledger will number, and puts it into canonical form. It needs no ledger: threads that make many records do
 * this work beside the one that writes.
 * @throws ExhibitError RECORD_INVALID, RECORD_NOT_CANONICAL, RECORD_TOO_LARGE
 */
export function encodeUnnumbered(record: Unnumbered, emitter: string, options: AppendOptions = {}): Encoded {
  const given = options.validated === true ? record : (parseDraft(record) as Unnumbered);
  if (given.emitter !== emitter || 'sequence' in given) {
    throw new ExhibitError(
      'RECORD_INVALID',
      `field ${given.emitter === emitter ? 'sequence' : 'emitter'}: ` +
        'the ledger numbers the records of the emitter that the call names',
    );
  }
  requireForeign(emitter);
  return { record_id: given.record_id, emitter, text: recordText(given) };
}

/** @throws ExhibitError RECORD_INVALID for the ledger's own name */
export function requireForeign(emitter: string): void {
  if (emitter === OWN_EMITTER)
    throw new ExhibitError('RECORD_INVALID', `field emitter: ${OWN_EMITTER} is the ledger itself`);
}
