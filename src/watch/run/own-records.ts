import { placed, type UnnumberedRecord } from '../../engine/index.ts';
import { formatInstant, redactText, SCHEMA, uuidv7 } from '../../record/index.ts';
import type { Origin } from '../judge/records.ts';

type Details = NonNullable<UnnumberedRecord['details']>;

function own(record_type: 'gap' | 'heartbeat', origin: Origin, details: Details): UnnumberedRecord {
  const { clock, random, emitter, tool_version } = origin;
  const record: UnnumberedRecord = {
    schema: SCHEMA,
    record_id: uuidv7(clock(), random),
    record_type,
    observed_at: formatInstant(clock()),
    emitter,
    layer: 'runtime',
    tool: 'exhibit watch',
    tool_version,
    details,
  };
  return placed(record, origin);
}

/** Something that was not judged, in words. */
export function gapRecord(origin: Origin, kind: string, message: string, details: object): UnnumberedRecord {
  const plain = JSON.parse(JSON.stringify(details)) as Details;
  return {
    ...own('gap', origin, { kind, ...plain }),
    verdict: 'not_evaluated',
    message: redactText(message).slice(0, 2_000).toWellFormed(),
  };
}

/** The watcher is there; `lost` says what it does not see. */
export function heartbeatRecord(origin: Origin, details: object): UnnumberedRecord {
  return own('heartbeat', origin, JSON.parse(JSON.stringify(details)) as Details);
}
