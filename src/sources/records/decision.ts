import { type Disposal, dispose, environmentOf, type UnnumberedRecord } from '../../engine/index.ts';
import type { Mode } from '../../policy/index.ts';
import { type Layer, SEVERITIES } from '../../record/index.ts';
import { type Cleaner, clip, plainName } from './clean.ts';
import type { Decided } from './decided.ts';
import type { IngestOptions } from './options.ts';
import type { Origin } from './origin.ts';

/** The record of one decision: cleaned of secrets, cut to what a record takes, with what was done about it. @param index in the run */
export function decisionRecord(
  decision: Decided,
  index: number,
  origin: Origin,
  options: IngestOptions,
  clean: Cleaner,
): UnnumberedRecord {
  const layer = decision.layer ?? origin.layer;
  const { id, name = id, type } = decision.subject;
  const environment = environmentOf(decision, options);
  const subject = {
    type: clip(clean.text(type), 256) || 'resource',
    id: clip(clean.text(id), 2_048) || 'unnamed',
    name: clip(clean.text(name), 2_048),
    ...(environment === undefined ? {} : { environment: clip(clean.text(environment), 256) }),
  };
  const actor = decision.actor === undefined ? undefined : options.reference?.(decision.actor);
  return {
    ...origin.members(),
    // What another tool found and this one only carries is the other's word.
    ...(decision.tool === undefined ? {} : { tool: plainName(clean.text(decision.tool)) }),
    layer,
    observed_at: decision.time ?? origin.time,
    record_id: origin.recordId(index),
    record_type: 'decision',
    run_index: index,
    policy_id: plainName(clean.text(decision.policy_id)),
    rule_id: clip(clean.text(decision.rule_id), 256),
    subject_type: subject.type,
    subject_id: subject.id,
    subject_name: subject.name,
    ...(subject.environment === undefined ? {} : { environment: subject.environment }),
    ...(decision.file === undefined ? {} : { file: clip(clean.text(decision.file), 4_096) }),
    ...(decision.line === undefined ? {} : { line: decision.line }),
    ...(decision.column === undefined ? {} : { column: decision.column }),
    verdict: decision.verdict,
    ...disposed(decision, subject, layer, options),
    severity: decision.severity,
    ...(decision.message === undefined ? {} : { message: clip(clean.text(decision.message), 8_000) }),
    ...clean.details(decision.details),
    ...(actor === undefined ? {} : { actor, actor_verified_by: 'none' }),
  };
}

function disposed(
  decision: Decided,
  subject: { type: string; id: string; name: string; environment?: string },
  layer: Layer,
  { bundle, repository, now, failOn }: IngestOptions,
): Disposal {
  // What an enforcement point did, it did: a waiver of ours did not let it through.
  if (decision.disposition !== undefined && decision.verdict !== 'pass')
    return { disposition: decision.disposition };
  return dispose(
    {
      policy_id: decision.policy_id,
      rule_id: decision.rule_id,
      severity: decision.severity,
      subject: { ...subject, id: decision.subject.id },
      verdict: decision.verdict,
    },
    {
      mode: modeOf(decision, failOn),
      layer,
      overrides: bundle?.overrides ?? [],
      now,
      ...(repository === undefined ? {} : { repository }),
      ...(decision.file === undefined ? {} : { file: decision.file }),
    },
  );
}

/** What the caller does about it: blocks from its threshold on, warns below it; without a threshold it only looks. */
function modeOf({ verdict, severity }: Decided, failOn: IngestOptions['failOn']): Mode {
  if (failOn === undefined || failOn === 'none') return 'observe';
  if (failOn === 'any' || verdict !== 'fail') return 'enforce';
  return SEVERITIES.indexOf(severity) <= SEVERITIES.indexOf(failOn) ? 'enforce' : 'warn';
}
