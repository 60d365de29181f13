import { createHash } from 'node:crypto';
import { canonicalize, type Digest, derivedId, formatInstant, SCHEMA } from '../../src/record/index.ts';
import { type Announced, EMITTERS, POLICIES } from './announced.ts';

const DAY = 86_400_000;
/** A record that makeRecords makes is shorter. */
export const MOST_BYTES = 1_200;
/** Decisions of a run: its record comes after them. */
const RUN = 200;

const encode = (value: unknown) => new TextEncoder().encode(canonicalize(value as never));
const sha256 = (data: Uint8Array) => new Uint8Array(createHash('sha256').update(data).digest());
const hashOf = (text: string) => createHash('sha256').update(text).digest('hex');
const uuidOf = (hash: string) =>
  `${hash.slice(0, 8)}-${hash.slice(8, 12)}-7${hash.slice(13, 16)}-8${hash.slice(17, 20)}-${hash.slice(20, 32)}`;

/**
 * The record at an index, the same each time. The first announces the policies, the second an override; of the decisions after them 94 of 100 pass,
 * 5 fail and 1 is waived, in runs that say how many decisions they made. Each source's last run has not ended.
 */
export function makeRecords(start: number, records: number, days: number, announced: Announced) {
  const { control_map_digest, override_digest, ...digests } = announced;
  const bundle_digest: Digest = `sha256:${'b'.repeat(64)}`;
  return (index: number): Uint8Array => {
    const time = formatInstant(start + Math.floor((index * days * DAY) / records));
    const hash = hashOf(`${index}`);
    const at = index % EMITTERS;
    const sequence = Math.floor(index / EMITTERS);
    const common = {
      schema: SCHEMA,
      record_id: uuidOf(hash),
      observed_at: time,
      recorded_at: time,
      emitter: `ci-${at}`,
      sequence,
      layer: 'ci',
      tool: 'exhibit',
      tool_version: '0.1.0',
      bundle_digest,
      control_map_digest,
      policy_revision: 'c0ffee',
    };
    if (index === 0) {
      const record_id = derivedId('bundle', bundle_digest, sha256);
      return encode({
        ...common,
        record_id,
        record_type: 'policy',
        details: { ...digests, lineage: 'bench', policies: POLICIES },
      });
    }
    if (index === 1)
      return encode({ ...common, record_type: 'override', ...override(start, override_digest) });
    // The two sources that announced something begin their runs one later.
    const place = sequence - (at < 2 ? 1 : 0);
    const run_id = uuidOf(hashOf(`run ${at} ${Math.floor(place / (RUN + 1))}`));
    const run_index = place % (RUN + 1);
    if (run_index === RUN) return encode({ ...common, record_type: 'run', run_id, run_total: RUN });
    const kind = Number.parseInt(hash.slice(32, 36), 16) % 100;
    const policy_id = `policy-${Number.parseInt(hash.slice(36, 40), 16) % POLICIES}`;
    const verdict = kind < 94 ? 'pass' : 'fail';
    return encode({
      ...common,
      record_type: 'decision',
      run_id,
      run_index,
      policy_id,
      rule_id: policy_id,
      engine: 'opa-wasm',
      subject_type: 'database',
      subject_id: `arn:aws:rds:eu-central-1:123456789012:db:orders-${Number.parseInt(hash.slice(40, 46), 16) % 36_000}`,
      environment: index % 3 === 0 ? 'production' : 'staging',
      verdict,
      disposition: verdict === 'pass' ? 'none' : kind === 99 ? 'waived' : 'enforced',
      severity: 'high',
      ...(verdict === 'fail' ? { message: 'storage is not encrypted' } : {}),
      ...(kind === 99 ? { override_id: 'OV-1', override_digest } : {}),
      repository: 'github.com/example/orders',
      commit: hash.slice(0, 40),
      input_digest: `sha256:${hash}`,
    });
  };
}

function override(start: number, override_digest: Digest) {
  const created = formatInstant(start - 30 * DAY);
  const sunset = formatInstant(start + 400 * DAY);
  return {
    override_id: 'OV-1',
    override_digest,
    policy_id: 'policy-1',
    details: {
      ...{
        owner: 'storage team',
        approver: 'security',
        reason: 'the disks are replaced this year',
        created,
        sunset,
      },
      ...{ scope: { subjects: ['*'] }, ticket: 'https://tickets.example/OV-1' },
    },
  };
}
