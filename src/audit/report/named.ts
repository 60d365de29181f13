import { countsOf, type Row } from './rows.ts';
import type { ManualEvidence, SystemDecisions } from './schema.ts';

/** A row of `manual-evidence`. */
export function manualOf(row: Row): ManualEvidence {
  const freshness = row.text('freshness') as ManualEvidence['freshness'];
  const verdict = row.text('manual_verdict') as ManualEvidence['verdict'];
  const replaced_by = row.maybe('replaced_by');
  return {
    record_id: row.text('record_id'),
    log_index: row.number('log_index'),
    title: row.text('title'),
    form: row.text('form'),
    name: row.maybe('name'),
    digest: row.text('digest'),
    added_at: row.text('added_at'),
    added_by: row.text('added_by'),
    ai_system: row.maybe('ai_system'),
    valid_until: row.text('valid_until'),
    freshness,
    verdict,
    reviewer: row.maybe('reviewer'),
    reviewed_at: row.maybe('reviewed_at'),
    reviews: row.number('reviews'),
    replaced_by,
    in_force: verdict === 'pass' && freshness !== 'stale' && replaced_by === null,
  };
}

/** A row of `ai-systems`. */
export function systemDecisionsOf(row: Row): SystemDecisions {
  return {
    ai_system: row.text('ai_system'),
    policy_id: row.text('policy_id'),
    ...countsOf(row),
    subjects: row.number('subjects'),
    failing: row.number('failing'),
    open: row.number('open'),
    passing: row.number('passing'),
    last_recorded_at: row.text('last_recorded_at'),
    shown: {
      verdict: row.text('shown_verdict'),
      recorded_at: row.text('shown_recorded_at'),
      record_id: row.text('shown_record_id'),
      log_index: row.number('shown_log_index'),
    },
  };
}
