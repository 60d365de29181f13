import { type ChangingConnection, faultDetails } from '../../../kubernetes/index.ts';
import { type Clock, ExhibitError, isExhibitError } from '../../../record/index.ts';
import type { Log } from '../../log.ts';
import type { Metrics } from '../../metrics.ts';
import { fingerprintOf } from './ca-bundle.ts';
import { lookAt } from './configuration.ts';

const API = '/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations';
/** A change by somebody else in between is seen at once by looking again. */
const TRIES = 3;

export interface CaKeeperOptions {
  connection: ChangingConnection;
  /** Of the ValidatingWebhookConfiguration. */
  name: string;
  clock: Clock;
  log: Log;
  metrics: Metrics;
}

/**
 * Keeps caBundle of one ValidatingWebhookConfiguration so that the API server trusts this server. An API server asks no webhook about
 * configurations of webhooks, so this goes on while everything else is denied.
 * @see https://kubernetes.io/docs/reference/access-authn-authz/extensible-admission-controllers/
 */
export class CaKeeper {
  readonly #options: CaKeeperOptions;
  readonly #end = new AbortController();
  /** What the configuration had when it was last seen; nothing is known before. */
  #carried: ReadonlySet<string> = new Set();
  #trusted = false;
  #refused: string | undefined;

  constructor(options: CaKeeperOptions) {
    this.#options = options;
    options.metrics.gauge('ca_bundle_kept', () => (this.#refused === undefined && this.#trusted ? 1 : 0));
  }

  /** Whether the configuration was once seen or made to say all that it should. */
  get trusted(): boolean {
    return this.#trusted;
  }

  /** Whether the API server was told of an authority before the last look: what was told just now, it may not know yet. */
  carries({ cert }: { cert: string }): boolean {
    return this.#carried.has(fingerprintOf(cert));
  }

  /**
   * Looks once, and changes what is to be changed. Never throws: what goes wrong is logged, and is tried again at the next look.
   * @param own PEM of the authorities that may be met
   * @returns whether all of them were there already
   */
  async keep(own: readonly string[]): Promise<boolean> {
    try {
      const settled = await this.#keep(own);
      this.#trusted = true;
      this.#refused = undefined;
      return settled;
    } catch (error) {
      if (!this.#end.signal.aborted) this.#failed(error);
      return false;
    }
  }

  close(): void {
    this.#end.abort();
    this.#options.connection.close();
  }

  async #keep(own: readonly string[]): Promise<boolean> {
    const { connection, name, clock, log, metrics } = this.#options;
    const what = `ValidatingWebhookConfiguration ${name}`;
    const path = `${API}/${encodeURIComponent(name)}`;
    for (let tries = 1; ; tries += 1) {
      const looked = lookAt(await connection.get(what, path, this.#end.signal), own, clock());
      if (looked.kind === 'refused')
        throw new ExhibitError('CONFIG_INVALID', `${what} is not touched: ${looked.why}`);
      this.#carried = looked.carried;
      if (looked.patch === undefined) return true;
      try {
        await connection.patch(what, path, looked.patch, this.#end.signal);
        metrics.add('ca_bundle_changes_total');
        log('info', 'caBundle set', { configuration: name, authorities: own.length });
        return false;
      } catch (error) {
        // 422: a test did not hold, so it is another version by now.
        if (faultDetails(error).status !== 422 || tries === TRIES) throw error;
      }
    }
  }

  #failed(error: unknown): void {
    const message = error instanceof Error ? error.message : String(error);
    if (message === this.#refused) return;
    this.#refused = message;
    const code = isExhibitError(error) ? error.code : 'INTERNAL';
    this.#options.log('error', 'caBundle is not kept', { code, message });
  }
}
