import { randomBytes } from 'node:crypto';
import { formatInstant, type RecordDraft, SCHEMA, uuidv7 } from '../../record/index.ts';
import type { Unnumbered } from '../types.ts';

/** A decision about a database that is not encrypted, as an emitter of a CI gate sends it: about 800 bytes. */
export function decision(emitter: string, now: number, over: Partial<RecordDraft> = {}): Unnumbered {
  return {
    schema: SCHEMA,
    record_id: uuidv7(now, (length) => randomBytes(length)),
    record_type: 'decision',
    observed_at: formatInstant(now),
    emitter,
    layer: 'ci',
    tool: 'exhibit',
    tool_version: '0.1.0',
    run_id: uuidv7(now, (length) => randomBytes(length)),
    run_index: 3,
    policy_id: 'aws-rds-encrypted',
    rule_id: 'aws-rds-encrypted',
    policy_revision: '687ebfa0687ebfa0687ebfa0687ebfa0687ebfa0',
    bundle_digest: `sha256:${'a1'.repeat(32)}`,
    subject_type: 'aws_db_instance',
    subject_id: 'aws_db_instance.main',
    subject_name: 'main',
    environment: 'production',
    file: 'infra/rds.tf',
    line: 12,
    verdict: 'fail',
    disposition: 'enforced',
    severity: 'high',
    message: 'storage_encrypted is false',
    repository: 'https://github.com/acme/infra',
    ...over,
  };
}
