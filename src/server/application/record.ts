import type { Decision } from '../../engine/index.ts';
import type { RecordDraft } from '../../record/index.ts';
import type { DecisionEvent } from '../../sources/index.ts';
import type { App } from '../app.ts';
import { recordsOfEvent } from '../opa/record.ts';

/** Who asked, as records name it. */
export interface Asker {
  /** Salted reference. */
  actor: string;
  verified_by: string;
}

export interface RecordedDecisions {
  event: DecisionEvent;
  decisions: readonly Decision[];
  asker: Asker;
  /** `envoy-ext-authz`, `cedar-is-authorized`, `agent-action` */
  format: string;
  /** Whether the redacted input is kept, so that it can be judged again. */
  store: boolean;
}

/**
 * Puts decisions on the record: on disk when it returns.
 * @throws ExhibitError LEDGER_IO, SERVER_BUSY; RECORD_TOO_LARGE, RECORD_NOT_CANONICAL for one that has no place in a record
 */
export async function record({ event, decisions, asker, format, store }: RecordedDecisions, app: App) {
  app.store.admit();
  const { records, blobs } = recordsOfEvent(event, {
    emitter: app.emitter,
    actor: asker.actor,
    actor_verified_by: asker.verified_by,
    settings: app.settings.decisions,
    bundleOf: app.rules.bundleOf,
    tool: 'exhibit',
    format,
    decided: decisions,
  });
  if (store) await app.store.putBlobs(blobs.values());
  await app.store.append(store ? records : records.map(withoutInput));
  app.metrics.add('decisions_total', { source: format });
}

function withoutInput({ input_ref: _, ...rest }: RecordDraft): RecordDraft {
  return rest;
}
