import { hash } from 'node:crypto';
import {
  canonicalize,
  type Digest,
  derivedId,
  type RecordDraft,
  SCHEMA,
  type Sha256,
  toHex,
} from '../record/index.ts';
import type { Change, Facts, JudgedChange } from './types.ts';

/** What stands as policy in the records: a change that was merged had a run of the gate. */
export const GATED = 'exhibit/change-gated';
export const TOOL = 'exhibit merges';

export interface RecordOptions {
  /** Host and path. */
  repository: string;
  /** Where the facts come from, in words. */
  source: string;
  version: string;
  /** When this was judged, RFC 3339. */
  now: string;
  /** The control map in force, so that a reader of the lake sees that it does not link this policy. */
  control_map_digest: string | undefined;
  /** A reference for a person; undefined where the name is not to be recorded. */
  actor(name: string): string | undefined;
  /** How the change is protected. */
  protection(change: Change): Facts['protections'];
}

/**
 * One decision a merged change, an override record for each bypass, and the run that says how many changes were looked at. Ids
 * are derived from what was found: the same import again is the same records.
 */
export function mergeRecords(judged: readonly JudgedChange[], options: RecordOptions): RecordDraft[] {
  const { repository, now } = options;
  const content = judged.map((each) => [each.change, each.verdict, each.message, each.gate?.record_id ?? '']);
  const run_id = derivedId(TOOL, canonicalize([repository, content]), sha256);
  const base = {
    schema: SCHEMA as typeof SCHEMA,
    emitter: `merges/${repository}`.slice(0, 256),
    layer: 'evidence' as const,
    tool: TOOL,
    tool_version: options.version,
    repository,
    run_id,
  };
  const decisions = judged.map((each, run_index): RecordDraft => {
    const details = detailsOf(each, options);
    return {
      ...base,
      ...(options.control_map_digest === undefined ? {} : { control_map_digest: options.control_map_digest }),
      ...about(each.change, options),
      record_id: derivedId(TOOL, canonicalize([run_id, run_index]), sha256),
      record_type: 'decision',
      observed_at: now,
      run_index,
      policy_id: GATED,
      rule_id: each.kind ?? (each.verdict === 'pass' ? 'gated' : 'unknown'),
      subject_type: 'merge',
      subject_id: each.change.url,
      ...(each.change.number === 0 ? {} : { subject_name: `#${each.change.number}` }),
      verdict: each.verdict,
      disposition: each.verdict === 'pass' ? 'none' : 'observed',
      severity: 'high',
      message: each.message.slice(0, 8_000),
      details,
    };
  });
  const bypasses = judged
    .filter(({ verdict }) => verdict === 'fail')
    .map((each) => bypass(each, base, options));
  const count = (verdict: JudgedChange['verdict']) =>
    judged.filter((each) => each.verdict === verdict).length;
  const run: RecordDraft = {
    ...base,
    record_id: derivedId(TOOL, canonicalize([run_id, 'run']), sha256),
    record_type: 'run',
    observed_at: now,
    run_total: judged.length,
    details: {
      source: options.source,
      looked_at: judged.length,
      gated: count('pass'),
      bypassed: count('fail'),
      unknown: count('not_evaluated'),
    },
  };
  return [...decisions, ...bypasses, run];
}

/** Without owner, approver and sunset: nobody granted it. So `overrides-in-force` shows it as registered without dates. */
function bypass(
  each: JudgedChange,
  base: Pick<RecordDraft, 'schema' | 'emitter' | 'layer' | 'tool' | 'repository'>,
  options: RecordOptions,
): RecordDraft {
  const details = { kind: each.kind ?? 'no_run', ...detailsOf(each, options) };
  const override_digest: Digest = `sha256:${toHex(sha256(new TextEncoder().encode(canonicalize(details))))}`;
  const { run_id: _, ...rest } = base as RecordDraft;
  return {
    ...rest,
    ...about(each.change, options),
    record_id: derivedId(TOOL, canonicalize([each.change.url, override_digest]), sha256),
    record_type: 'override',
    observed_at: each.change.merged_at,
    policy_id: GATED,
    override_id:
      `bypass:${options.repository}${each.change.number === 0 ? `@${each.change.merged_at}` : `#${each.change.number}`}`.slice(
        0,
        256,
      ),
    override_digest,
    message: each.message.slice(0, 8_000),
    details,
  };
}

function about({ url, head, merged_by }: Change, options: RecordOptions) {
  const actor = merged_by === undefined ? undefined : options.actor(merged_by);
  return {
    change: url.slice(0, 2_048),
    ...(head === '' ? {} : { commit: head }),
    ...(actor === undefined ? {} : { actor, actor_verified_by: 'none' }),
  };
}

function detailsOf(each: JudgedChange, options: RecordOptions): NonNullable<RecordDraft['details']> {
  const { change, causes, gate, refused, policies } = each;
  return {
    branch: change.branch,
    merged_at: change.merged_at,
    ...(change.merge_commit === undefined ? {} : { merge_commit: change.merge_commit }),
    causes: causes.map(({ cause, text }) => ({ cause, text: text.slice(0, 256) })),
    ...(gate === undefined
      ? {}
      : { gate: { record_id: gate.record_id, log_index: gate.log_index, level: gate.level } }),
    refused: refused
      .slice(0, 20)
      .map(({ run, why }) => ({ record_id: run.record_id, log_index: run.log_index, level: run.level, why })),
    ...(refused.length > 20 ? { refused_not_listed: refused.length - 20 } : {}),
    policies: policies.slice(0, 100),
    ...(policies.length > 100 ? { policies_not_listed: policies.length - 100 } : {}),
    protection: options.protection(change).map(({ branch, source, exempt, binds_administrators }) => ({
      branch,
      source: source.slice(0, 256),
      exempt,
      binds_administrators: binds_administrators ?? 'unknown',
    })),
    source: options.source,
  };
}

const sha256: Sha256 = (data) => hash('sha256', data, 'buffer');
