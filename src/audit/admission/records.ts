import { digestOf, sha256 } from '../../policy/index.ts';
import { canonicalize, derivedId, formatInstant, type RecordDraft, SCHEMA } from '../../record/index.ts';
import { type ConfigurationChange, isBypass } from './changes.ts';
import type { Bypassed, BypassReason, Reconciliation } from './reconcile.ts';
import type { AuditWrite } from './write.ts';

/** What stands as policy in the records of a bypass: what is admitted was asked about. */
export const ASKED = 'exhibit/admission-asked';
export const TOOL = 'exhibit admission';
const EMITTER = 'admission/reconcile';

export interface RecordOptions {
  /** Unix milliseconds. */
  from: number;
  to: number;
  /** Where the audit events come from, in words. */
  source: string;
  version: string;
  /** RFC 3339. */
  now: string;
}

/**
 * A gap for each write that was admitted without a run and for each run that the log lost, an override that nobody granted for each change of
 * the webhook's configuration that took something away, and the run with the counts of both sides. Ids are derived from what was found: the
 * same comparison again adds nothing.
 */
export function reconciliationRecords(
  found: Reconciliation,
  { from, to, source, version, now }: RecordOptions,
): RecordDraft[] {
  const base = {
    schema: SCHEMA as typeof SCHEMA,
    emitter: EMITTER,
    layer: 'evidence' as const,
    tool: TOOL,
    tool_version: version,
  };
  const gaps = [
    ...found.bypassed.map((one) => bypassGap(one)),
    ...found.lost.map((write) =>
      gap('run not in the log', write, lostWords(write), { run_id: write.run ?? '' }),
    ),
  ];
  const overrides = found.changes.filter(isBypass).map((change) => ({ ...base, ...bypass(change) }));
  const details = countsOf(found, { from, to, source });
  const run_id = derivedId(TOOL, canonicalize(details), sha256);
  return [
    ...gaps.map((one) => ({ ...base, ...one })),
    ...overrides,
    {
      ...base,
      record_id: derivedId(TOOL, `${run_id} run`, sha256),
      record_type: 'run',
      observed_at: now,
      run_id,
      run_total: 0,
      details,
    },
  ];
}

/** Counts of both sides, as they stand in the run's record. */
function countsOf(
  found: Reconciliation,
  { from, to, source }: Pick<RecordOptions, 'from' | 'to' | 'source'>,
): NonNullable<RecordDraft['details']> {
  const { lost, bypassed, unnamed, changes, not_asked, ...counts } = found;
  return {
    ...counts,
    lost: lost.length,
    bypassed: bypassed.length,
    bypass_reasons: Object.fromEntries(
      [...Map.groupBy(bypassed, ({ reason }) => reason)].map(([reason, all]) => [reason, all.length]),
    ),
    // There may be one for each namespace.
    not_asked: not_asked.slice(0, 100).map(({ reason, count }) => ({ reason: reason.slice(0, 256), count })),
    ...(not_asked.length > 100 ? { not_asked_not_listed: not_asked.length - 100 } : {}),
    unnamed: unnamed.length,
    unnamed_runs: unnamed.slice(0, 20).map(({ run_id }) => run_id),
    ...(unnamed.length > 20 ? { unnamed_not_listed: unnamed.length - 20 } : {}),
    configuration_changes: changes.length,
    from: formatInstant(from),
    to: formatInstant(to),
    source,
  };
}

type Own = Pick<RecordDraft, 'record_id' | 'record_type' | 'observed_at' | 'message' | 'details'> &
  Partial<RecordDraft>;

function bypassGap({ write, reason, change }: Bypassed): Own {
  const why = WORDS[reason];
  const words = `${about(write)} was admitted, and the webhook was not asked: ${why}`;
  return gap('admitted without a run', write, words, {
    reason,
    ...(change === undefined ? {} : { change_audit_id: change.write.audit_id }),
  });
}

export const WORDS: Readonly<Record<BypassReason, string>> = {
  failed_open: 'it could not answer, and its failure policy is Ignore',
  webhook_removed: 'its configuration had been removed',
  webhook_changed: 'its configuration had been changed',
  webhook_not_there_yet: 'its configuration was not in force yet',
  unknown: 'the audit log does not say why',
};

function lostWords(write: AuditWrite): string {
  return `${about(write)}: the API server names run ${write.run}, and the log does not have it`;
}

/** Known by the request alone: what is found out about it later makes no second gap. */
function gap(kind: string, write: AuditWrite, message: string, more: Record<string, string>): Own {
  const { audit_id, verb, namespace, name, actor, code } = write;
  return {
    record_id: derivedId('gap', canonicalize([kind, audit_id]), sha256),
    record_type: 'gap',
    observed_at: write.time,
    message: message.slice(0, 8_000).toWellFormed(),
    ...(actor === undefined ? {} : { actor, actor_verified_by: 'none' }),
    details: {
      kind,
      audit_id,
      verb,
      resource: resourceOf(write),
      ...(namespace === undefined ? {} : { namespace }),
      ...(name === undefined ? {} : { name }),
      ...(code === undefined ? {} : { code }),
      ...more,
    },
  };
}

/** Nobody granted it: without owner, approver and sunset, as a merge past the gate. */
function bypass({ kind, differs, write }: ConfigurationChange): Own {
  const { audit_id, actor, verb, name = 'every one' } = write;
  const details = {
    kind: kind === 'removed' ? 'webhook_removed' : 'webhook_changed',
    at: write.time,
    audit_id,
    verb,
    configuration: name,
    differs,
    policies: [],
  };
  const said = kind === 'removed' ? 'was removed' : `was ${kind}: ${differs.join('; ')}`;
  return {
    record_id: derivedId(TOOL, `configuration ${audit_id}`, sha256),
    record_type: 'override',
    observed_at: write.time,
    policy_id: ASKED,
    override_id: `bypass:webhook@${audit_id}`.slice(0, 256),
    override_digest: digestOf(Buffer.from(canonicalize(details))),
    message: `the configuration ${name} of the webhook ${said}`.slice(0, 8_000).toWellFormed(),
    ...(actor === undefined ? {} : { actor, actor_verified_by: 'none' }),
    details,
  };
}

/** `CREATE pods shop/web at 2026-...`. */
export function about(write: AuditWrite): string {
  const name = [write.namespace, write.name].filter((part) => part !== undefined).join('/');
  return `${write.operation} ${resourceOf(write)}${name === '' ? '' : ` ${name}`} at ${write.time}`;
}

function resourceOf({ group, resource, subresource }: AuditWrite): string {
  const plain = group === '' ? resource : `${resource}.${group}`;
  return subresource === undefined ? plain : `${plain}/${subresource}`;
}
