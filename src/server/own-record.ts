import type { Unnumbered } from '../ledger/index.ts';
import {
  type Clock,
  formatInstant,
  type RandomBytes,
  type RecordType,
  SCHEMA,
  uuidv7,
} from '../record/index.ts';

interface Host {
  emitter: string;
  version: string;
  clock: Clock;
  random: RandomBytes;
}

/** What every record has that the server makes of itself, now and under its own name; the rest is the caller's. */
export function ownRecord<T extends RecordType>(record_type: T, app: Host) {
  const now = app.clock();
  return {
    schema: SCHEMA,
    record_id: uuidv7(now, app.random),
    record_type,
    observed_at: formatInstant(now),
    emitter: app.emitter,
    tool: 'exhibit',
    tool_version: app.version,
  } satisfies Partial<Unnumbered>;
}
