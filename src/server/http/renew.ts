import { type FSWatcher, watch } from 'node:fs';
import type { Server } from 'node:https';
import { dirname } from 'node:path';
import { type Clock, isExhibitError } from '../../record/index.ts';
import type { Log } from '../log.ts';
import type { Metrics } from '../metrics.ts';
import {
  type CertificateFiles,
  type Certificates,
  readCertificates,
  requireInForce,
} from './certificates.ts';

/** Files are looked at so often even where the system tells of no change, milliseconds. */
const LOOK = 2_000;
/** Certificate and key are two files: what writes them needs a moment between the two. */
const SETTLE = 200;

export interface RenewalOptions {
  server: Pick<Server, 'setSecureContext'>;
  tls: CertificateFiles;
  /** What the server was made with. */
  first: Certificates;
  clock: Clock;
  log: Log;
  metrics: Metrics;
}

/**
 * Takes up a certificate, key or authority of callers as soon as its file changes. New connections get them; those that
 * are open stay. Files that cannot be used change nothing: the last good ones stay, which is logged and counted.
 */
export class Renewal {
  readonly #options: RenewalOptions;
  readonly #watchers: FSWatcher[] = [];
  readonly #timer: NodeJS.Timeout;
  #settle: NodeJS.Timeout | undefined;
  #current: Certificates;
  #refused: string | undefined;

  constructor(options: RenewalOptions) {
    this.#options = options;
    this.#current = options.first;
    const { metrics, tls } = options;
    metrics.gauge('certificate_expires_seconds', () => Math.floor(this.#current.until / 1_000));
    metrics.gauge('certificate_refused', () => (this.#refused === undefined ? 0 : 1));
    const files = [tls.cert, tls.key, ...(tls.client_ca === undefined ? [] : [tls.client_ca])];
    for (const folder of new Set(files.map((file) => dirname(file)))) this.#watch(folder);
    this.#timer = setInterval(() => this.look(), LOOK).unref();
  }

  /** Reads the files now. */
  look(): void {
    const { server, tls, clock, log, metrics } = this.#options;
    try {
      const found = readCertificates(tls);
      if (found.digest !== this.#current.digest) {
        requireInForce(found, clock(), tls.cert);
        server.setSecureContext(found.options);
        this.#current = found;
        metrics.add('certificate_changes_total');
        log('info', 'certificate taken', {
          fingerprint: found.fingerprint,
          expires: new Date(found.until).toISOString(),
        });
      }
      this.#refused = undefined;
    } catch (error) {
      if (!isExhibitError(error)) throw error;
      // The same fault is not said every two seconds.
      if (this.#refused === error.message) return;
      this.#refused = error.message;
      metrics.add('certificate_refused_total', { code: error.code });
      log('error', 'certificate refused; the last good one stays', {
        code: error.code,
        message: error.message,
      });
    }
  }

  close(): void {
    clearInterval(this.#timer);
    clearTimeout(this.#settle);
    for (const watcher of this.#watchers) watcher.close();
  }

  /** The folder, not the file: renewed files come by renaming, in Kubernetes by a link beside them. */
  #watch(folder: string): void {
    try {
      const watcher = watch(folder, { persistent: false }, () => {
        clearTimeout(this.#settle);
        this.#settle = setTimeout(() => this.look(), SETTLE).unref();
      });
      watcher.on('error', () => watcher.close());
      this.#watchers.push(watcher);
    } catch {
      // The system may have no more watches: the timer looks as well.
    }
  }
}
