import type { Bundle } from '../../policy/index.ts';
import { LastIds } from '../../sources/index.ts';

import type { Identity } from '../auth/identity.ts';
import type { ServedBundle } from '../bundles/source.ts';
import { keepBlob } from '../ingest/evidence.ts';
import type { Settings } from '../settings.ts';
import { readBatch } from './batch.ts';
import type { Needs } from './needs.ts';
import { recordsOfBatch } from './record.ts';

/** Requests whose end was recorded are known again among so many; an API server repeats its last batches. */
const REMEMBERED = 65_536;
const MOST_EMITTERS = 32;

/** What became of a batch. */
export interface Taken {
  events: number;
  /** Events that were recorded before, and are not again. */
  again: number;
}

/** Takes the batches of API servers one after the other, so that the same events in two batches are recorded once. */
export class AuditReceiver {
  readonly #settings: Settings;
  readonly #known = new Map<string, LastIds>();
  #bundle: Bundle | undefined;
  #turn: Promise<unknown> = Promise.resolve();

  constructor(settings: Settings) {
    this.#settings = settings;
  }

  /** Takes a bundle that verified, where it is the one whose control map holds. */
  async use({ name, bundle }: ServedBundle): Promise<void> {
    const { kubernetes_audit, bundles } = this.#settings;
    if (name === (kubernetes_audit.bundle ?? bundles[0]?.name)) this.#bundle = bundle;
  }

  /**
   * Records a batch. Its records are on disk when this returns; the same batch again makes the same records, of which the log keeps one.
   * @param value JSON of the body
   * @throws ExhibitError REQUEST_INVALID, LEDGER_IO (nothing was acknowledged)
   */
  take(value: unknown, body: Buffer, emitter: string, identity: Identity, app: Needs): Promise<Taken> {
    const taken = this.#turn.then(() => this.#take(value, body, emitter, identity, app));
    this.#turn = taken.catch(() => undefined);
    return taken;
  }

  async #take(value: unknown, body: Buffer, emitter: string, identity: Identity, app: Needs): Promise<Taken> {
    const known = this.#knownOf(emitter);
    const batch = readBatch(value, body, (id) => known.has(id));
    const setting = this.#settings.kubernetes_audit;
    const context = { emitter, identity, setting, bundle: this.#bundle };
    const { records, writes } = await recordsOfBatch(
      batch,
      context,
      (list) => keepBlob(app.store, list),
      app,
    );
    const refused = await app.store.take(records.map((draft, at) => ({ line: at + 1, draft })));
    for (const { code, message } of refused)
      app.log('error', 'audit event not recorded', { emitter, code, message });
    for (const id of batch.ended) known.add(id);
    for (const { resource, refused, dry_run, name, verb, audit_id } of writes) {
      if (resource !== 'validatingwebhookconfigurations' || refused === true || dry_run === true) continue;
      app.metrics.add('webhook_configuration_changes_total');
      app.log('warn', 'webhook configuration changed', { emitter, name, verb, audit_id });
    }
    app.metrics.add('audit_events_total', {}, batch.events.length);
    app.metrics.add('audit_events_again_total', {}, batch.again);
    return { events: batch.events.length, again: batch.again };
  }

  /** A caller may name any emitter that its grant allows, so that their number is bounded; the one that was silent longest goes. */
  #knownOf(emitter: string): LastIds {
    const known = this.#known.get(emitter) ?? new LastIds(REMEMBERED);
    this.#known.delete(emitter);
    this.#known.set(emitter, known);
    const [oldest] = this.#known.keys();
    if (this.#known.size > MOST_EMITTERS && oldest !== undefined) this.#known.delete(oldest);
    return known;
  }
}
