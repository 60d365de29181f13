import { createHash } from 'node:crypto';
import { type Decision, type OverrideUsage, recordsOfRun } from '../../engine/index.ts';
import type { InputDocument } from '../../inputs/index.ts';
import {
  canonicalize,
  type Digest,
  derivedId,
  formatDigest,
  formatInstant,
  type RandomBytes,
  type RecordDraft,
  redact,
  redactText,
  SCHEMA,
} from '../../record/index.ts';
import { aiSystemOf, type DecisionEvent } from '../../sources/index.ts';
import type { Settings } from '../settings.ts';
import { decisionsOf, kindOf } from './judged.ts';
import type { KnownBundle } from './rules.ts';

export interface EventContext {
  emitter: string;
  actor: string;
  actor_verified_by: string;
  settings: Settings['decisions'];
  /** The bundle of a revision, where it was served here. */
  bundleOf(revisions: readonly string[]): KnownBundle | undefined;
  tool: string;
  format: string;
  /** What was decided, where that is known already. */
  decided?: readonly Decision[];
}

const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest();
const MOST_EXT = 8_000;

/**
 * The records of one decision: one a subject and policy, and a run that states how many. All of it follows from the event, so that
 * a resend makes the same bytes, which the ledger drops.
 */
export function recordsOfEvent(
  event: DecisionEvent,
  context: EventContext,
): { records: RecordDraft[]; blobs: ReadonlyMap<Digest, Uint8Array> } {
  const bundle = context.bundleOf(event.revisions);
  const decisions = context.decided ?? decisionsOf(event, documentOf(event), bundle, context.settings);
  const { emitter, actor, actor_verified_by, tool, format } = context;
  const { records, blobs } = recordsOfRun({
    decisions: [...decisions],
    counts: countsOf(decisions),
    populations: {},
    overrides: NO_USAGE,
    documents: 1,
    problems: [],
    bundle: bundle ?? NO_BUNDLE,
    layer: 'runtime',
    tool,
    tool_version: event.labels.version ?? 'unknown',
    emitter,
    run_id: derivedId('decision-run', canonicalize([emitter, event.decision_id]), sha256),
    now: event.time,
    random: seeded(`${emitter}\n${event.decision_id}`),
    attribution: { actor, actor_verified_by },
    simulated: false,
  });
  const ext = extOf(event);
  const named = aiSystemOf(event);
  const drafts = records.map((record): RecordDraft => {
    const { file: _file, input_digest: _digest, ...rest } = record;
    const { bundle_digest, control_map_digest, policy_revision, engine, engine_version, ...plain } = rest;
    return {
      ...plain,
      ...(bundle === undefined
        ? {}
        : ({ bundle_digest, control_map_digest, policy_revision } as Partial<RecordDraft>)),
      ...(tool === 'opa'
        ? {
            engine: 'opa',
            ...(event.labels.version === undefined ? {} : { engine_version: event.labels.version }),
          }
        : ({ engine, engine_version } as Partial<RecordDraft>)),
      ...detailsOf(record, named),
      format,
      ext,
      ...maskedBy(event, record.redactions),
    };
  });
  return { records: drafts, blobs };
}

/** Where the event names an AI system, its decisions do. */
function detailsOf({ record_type, details }: RecordDraft, named: ReturnType<typeof aiSystemOf>) {
  return record_type === 'decision' && named.ai_system !== undefined
    ? { details: { ...details, ...named } }
    : {};
}

/** The input of a decision as a document of a kind. */
export function documentOf(event: DecisionEvent, kind = kindOf(event.path)): InputDocument {
  return {
    kind,
    file: `decision:${event.decision_id}`,
    index: 0,
    value: event.input ?? null,
    raw_digest: NOTHING,
    locate: () => ({}),
  };
}

/** An event that cannot be read: OPA would send it for ever if it were refused, so what is known of it is a gap. */
export function recordOfBadEvent(
  value: unknown,
  why: string,
  now: number,
  context: EventContext,
): RecordDraft {
  const digest = formatDigest(sha256(Buffer.from(JSON.stringify(value) ?? '')));
  return {
    schema: SCHEMA,
    record_id: derivedId('decision-unread', canonicalize([context.emitter, digest]), sha256),
    record_type: 'gap',
    observed_at: formatInstant(now),
    emitter: context.emitter,
    layer: 'runtime',
    tool: context.tool,
    format: context.format,
    message: `a decision was sent that cannot be read: ${redactText(why).slice(0, 1_000).toWellFormed()}`,
    details: { kind: 'decision unread', digest },
    actor: context.actor,
    actor_verified_by: context.actor_verified_by,
  };
}

/** Of nothing: a digest of the input as it was would let whoever holds the redacted one try secrets against it. */
const NOTHING = formatDigest(sha256(new Uint8Array()));
/** One decision is no run over all that the overrides are for: none of them is an orphan by it. */
export const NO_USAGE: OverrideUsage = {
  used: [],
  orphans: [],
  expired: [],
  expiring_14: [],
  expiring_7: [],
};
/** What records say where no bundle of ours judged; their maker takes it out again. */
export const NO_BUNDLE = {
  revision: 'unknown',
  digest: NOTHING,
  opa_version: 'unknown',
  control_map_digest: NOTHING,
  policies: [],
};

/** The same bytes for the same seed: ids follow from the decision's own. */
function seeded(seed: string): RandomBytes {
  let count = 0;
  return (length) => {
    count += 1;
    return new Uint8Array(sha256(Buffer.from(`exhibit.decision/1\n${count}\n${seed}`)).subarray(0, length));
  };
}

export function countsOf(decisions: readonly Decision[]) {
  const counts = { pass: 0, fail: 0, error: 0, not_applicable: 0, not_evaluated: 0, waived: 0 };
  for (const { verdict, disposition } of decisions) {
    counts[verdict] += 1;
    if (disposition === 'waived') counts.waived += 1;
  }
  return counts;
}

function extOf({ decision_id, labels, path, requested_by, trace_id, revisions }: DecisionEvent): string {
  const said = { decision_id, labels, path, requested_by, trace_id, revisions };
  const whole = redact(JSON.parse(JSON.stringify(said))).value;
  const text = canonicalize(whole);
  return text.length <= MOST_EXT ? text : canonicalize({ decision_id, cut: text.length });
}

/** What OPA took out before it sent the event stands beside what is taken out here. */
function maskedBy({ erased, masked }: DecisionEvent, own: RecordDraft['redactions'] = []) {
  const of = (pointers: readonly string[], reason: string) =>
    pointers
      .filter((pointer) => pointer.startsWith('/input'))
      .map((pointer) => ({ path: pointer.slice('/input'.length), reason }));
  const all = [...own, ...of(erased, 'opa-erased'), ...of(masked, 'opa-masked')];
  if (all.length === 0) return {};
  const shown = all.slice(0, MOST_REDACTIONS);
  if (shown.length < all.length) shown.push({ path: '', reason: `and ${all.length - shown.length} more` });
  return { redactions: shown };
}

const MOST_REDACTIONS = 200;
