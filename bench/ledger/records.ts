import { randomFillSync } from 'node:crypto';
import { formatInstant, type RandomBytes, type RecordDraft, SCHEMA, uuidv7 } from '../../src/record/index.ts';

/** Random bytes from a pool: one call of the system for many ids, as a busy emitter does it. */
export function pooledRandom(): RandomBytes {
  const pool = Buffer.alloc(64 * 1024);
  let at = pool.length;
  return (length) => {
    if (at + length > pool.length) {
      randomFillSync(pool);
      at = 0;
    }
    at += length;
    return pool.subarray(at - length, at);
  };
}

/** A validated decision of a CI gate: 800 bytes or a little more in the log. */
export function decisions(
  count: number,
  emitter: string,
  now: number,
  random: RandomBytes,
): Omit<RecordDraft, 'sequence'>[] {
  const run_id = uuidv7(now, random);
  return Array.from({ length: count }, (_, run_index) => ({
    schema: SCHEMA,
    record_id: uuidv7(now, random),
    record_type: 'decision',
    observed_at: formatInstant(now),
    emitter,
    layer: 'ci',
    tool: 'exhibit',
    tool_version: '0.1.0',
    run_id,
    run_index,
    policy_id: 'aws-rds-encrypted',
    policy_revision: '687ebfa0687ebfa0687ebfa0687ebfa0687ebfa0',
    bundle_digest: `sha256:${'a1'.repeat(32)}`,
    subject_type: 'aws_db_instance',
    subject_id: `module.db[${run_index}].aws_db_instance.main`,
    environment: 'production',
    file: 'infra/rds.tf',
    line: 12,
    verdict: 'fail',
    disposition: 'enforced',
    severity: 'high',
    message: 'storage_encrypted is false',
    repository: 'https://github.com/acme/infra',
  }));
}

const ID_BYTES = 9;
const AT_ONCE = 1024;

/**
 * Gives objects new ids (UUIDv7), so that they are other records: cheaper than making them, which is not what is measured.
 * All random digits are made in one go, for the same reason.
 */
export function renew(records: Omit<RecordDraft, 'sequence'>[], now: number, random: RandomBytes): void {
  const time = now.toString(16).padStart(12, '0');
  const head = `${time.slice(0, 8)}-${time.slice(8)}-7`;
  for (let from = 0; from < records.length; from += AT_ONCE) {
    const digits = Buffer.from(random(ID_BYTES * AT_ONCE)).toString('hex');
    for (let i = 0; i < Math.min(AT_ONCE, records.length - from); i += 1) {
      const at = 2 * ID_BYTES * i;
      const own = digits.slice(at, at + 2 * ID_BYTES);
      (records[from + i] as Omit<RecordDraft, 'sequence'>).record_id =
        `${head}${own.slice(0, 3)}-8${own.slice(3, 6)}-${own.slice(6)}`;
    }
  }
}
