import { join } from 'node:path';
import { AdmittedObjects } from '../../audit/index.ts';
import type { Bundle } from '../../policy/index.ts';
import { type Clock, isExhibitError } from '../../record/index.ts';
import type { Identity } from '../auth/identity.ts';
import type { ServedBundle } from '../bundles/source.ts';
import type { Settings } from '../settings.ts';
import { ownFolder } from '../spool-settings.ts';
import { Flood } from './flood.ts';
import { QueueReader } from './queues/reader.ts';
import { SqsQueue } from './queues/sqs.ts';
import { Refusals } from './refusals.ts';
import { type FetchText, SnsSignatures } from './sns.ts';
import { floodHost } from './take.ts';
import type { EventHost, Receivers } from './types.ts';

/** A reading of the log is not begun again sooner, milliseconds. */
const LOOK_APART = 1_000;
/** An event waits so long for the log to be read, milliseconds; then it is linked to what is known. */
const LOOK_PATIENCE = 2_000;
const REFUSALS_APART = 60_000;

/** Receives events of other tools. */
export class Events implements Receivers {
  readonly signatures: SnsSignatures;
  readonly flood: Flood;
  readonly #settings: Settings;
  readonly #admitted = new AdmittedObjects();
  readonly #refusals = new Refusals();
  #bundle: Bundle | undefined;
  #looked = Number.NEGATIVE_INFINITY;
  #queues: QueueReader[] = [];
  #timer: NodeJS.Timeout | undefined;
  #windows: NodeJS.Timeout | undefined;

  /** @param fetchText asks Amazon SNS for its certificates; left out: over the network */
  constructor(settings: Settings, clock: Clock, fetchText?: FetchText) {
    this.#settings = settings;
    this.signatures = new SnsSignatures(clock, fetchText);
    this.flood = new Flood(join(ownFolder(settings), 'server', 'events'));
  }

  /** Control map and overrides; undefined before a bundle verified: events are recorded all the same. */
  get bundle(): Bundle | undefined {
    return this.#bundle;
  }

  /** Takes a bundle that verified, where it is the one that counts. */
  async use({ name, bundle }: ServedBundle): Promise<void> {
    const { events, bundles } = this.#settings;
    if (name === (events.bundle ?? bundles[0]?.name)) this.#bundle = bundle;
  }

  async open(app: EventHost): Promise<void> {
    await this.flood.open(floodHost(app));
    this.#windows = setInterval(() => void this.flood.look(), 1_000).unref();
    this.#queues = app.settings.events.queues.map(
      (queue) => new QueueReader(queue, new SqsQueue(queue), app),
    );
    this.#timer = setInterval(() => void this.#refusals.write(app), REFUSALS_APART).unref();
  }

  /** @throws ExhibitError SERVER_BUSY */
  admit(app: EventHost, identity: Identity | undefined): void {
    try {
      app.store.admit();
    } catch (error) {
      if (identity !== undefined) this.refused(identity, error, app);
      throw error;
    }
  }

  /** Counts a request that was told to wait. */
  refused(identity: Identity, error: unknown, app: EventHost): void {
    // Whoever shows nothing is not believed to have sent events.
    if (isExhibitError(error, 'SERVER_BUSY') && identity.roles.length > 0)
      this.#refusals.add(`${identity.verified_by} ${identity.name}`, app.clock());
  }

  /** What was admitted, as far as the log was read. */
  async admitted(app: EventHost): Promise<AdmittedObjects> {
    const now = app.clock();
    const { ledger } = app.store;
    // Who has no log cannot look into one: events are then not linked.
    if (ledger !== undefined && Math.abs(now - this.#looked) >= LOOK_APART) {
      this.#looked = now;
      const looking = this.#admitted.look(ledger).catch((error: unknown) => {
        app.log('error', 'admissions not read', {
          message: error instanceof Error ? error.message : String(error),
        });
      });
      const patience = new Promise((resolve) => setTimeout(resolve, LOOK_PATIENCE).unref());
      await Promise.race([looking, patience]);
    }
    return this.#admitted;
  }

  async close(app: EventHost): Promise<void> {
    clearInterval(this.#timer);
    clearInterval(this.#windows);
    await Promise.all(this.#queues.map((queue) => queue.close()));
    await this.flood.close();
    await this.#refusals.write(app);
  }
}
