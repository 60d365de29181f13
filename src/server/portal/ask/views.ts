import { EVIDENCE_COLUMNS, OWN_VIEWS } from '../../../lake/index.ts';

/** What SQL of a reader of these pages can read. */
export const MAY_READ = `The views that you may read here are ${OWN_VIEWS.join(', ')}. Columns of evidence: ${EVIDENCE_COLUMNS.map(({ name }) => name).join(', ')}.`;
