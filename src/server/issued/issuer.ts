import { X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Clock, isExhibitError } from '../../record/index.ts';
import { makeDirectory, syncDirectory, writeWhole } from '../../store/index.ts';
import type { Log } from '../log.ts';
import type { Metrics } from '../metrics.ts';
import {
  type Authority,
  forget,
  makeAuthority,
  readAuthorities,
  termOf,
  writeBundle,
} from './authorities.ts';
import { issueLeaf } from './certificate.ts';
import type { LeafFiles } from './files.ts';
import { isDue, planOf } from './plan.ts';
import { type IssuedSetting, spansOf } from './settings.ts';
import type { CaKeeper } from './webhook/keeper.ts';

/** From one look to the next, milliseconds. */
const EVERY = 60_000;
/** The same while callers are not known to trust what they should. */
const SOON = 5_000;
/** So long after the start the server is ready even where callers do not trust it, milliseconds: it may be trusted by other means. */
const PATIENCE = 60_000;
/** Clocks of callers may be behind by so much, milliseconds. */
const SKEW = 300_000;

export interface IssuerOptions {
  issued: IssuedSetting;
  files: LeafFiles;
  /** What tells an API server whom to trust. */
  keeper?: CaKeeper | undefined;
  clock: Clock;
  log: Log;
  metrics: Metrics;
}

/**
 * Makes the server's certificate, and the authority that signs it, and renews both in time. What it writes is taken up as any other
 * renewed files are.
 */
export class Issuer {
  readonly #options: IssuerOptions;
  readonly #timer: NodeJS.Timeout;
  #looking: Promise<void> | undefined;
  #trusted: readonly Authority[] = [];
  #refused: string | undefined;
  #soon: NodeJS.Timeout | undefined;
  readonly #opened: number;

  private constructor(options: IssuerOptions) {
    this.#options = options;
    this.#opened = options.clock();
    options.metrics.gauge('authorities', () => this.#trusted.length);
    options.metrics.gauge('authority_expires_seconds', () => {
      const until = this.#trusted.at(-1)?.until;
      return until === undefined ? undefined : Math.floor(until / 1_000);
    });
    this.#timer = setInterval(() => void this.look(), EVERY).unref();
  }

  /** @throws ExhibitError CONFIG_INVALID, LEDGER_IO where there is nothing to begin with */
  static async open(options: IssuerOptions): Promise<Issuer> {
    const issuer = new Issuer(options);
    try {
      await issuer.#look();
      return issuer;
    } catch (error) {
      issuer.close();
      throw error;
    }
  }

  /** Never throws: what goes wrong is logged, what was there stays, and the next look tries again. */
  look(): Promise<void> {
    this.#looking ??= this.#look()
      .then(() => {
        this.#refused = undefined;
      })
      .catch((error: unknown) => this.#failed(error))
      .finally(() => {
        this.#looking = undefined;
      });
    return this.#looking;
  }

  /** Whether callers trust this server, as far as that is known. */
  get trusted(): boolean {
    const { keeper, clock } = this.#options;
    return keeper === undefined || keeper.trusted || clock() - this.#opened > PATIENCE;
  }

  close(): void {
    clearInterval(this.#timer);
    clearTimeout(this.#soon);
    this.#options.keeper?.close();
  }

  async #look(): Promise<void> {
    const { issued, clock, log } = this.#options;
    const spans = spansOf(issued);
    const now = clock();
    let all = await readAuthorities(issued.folder);
    if (planOf(all, now, spans).make) {
      const made = await makeAuthority(issued.folder, {
        made: now,
        from: now - SKEW,
        until: now + spans.authority,
      });
      log('info', 'authority made', { expires: new Date(made.until).toISOString() });
      // Another replica may have made one, too.
      all = await readAuthorities(issued.folder);
    }
    const { trusted } = planOf(all, now, spans);
    if (await writeBundle(issued.folder, trusted))
      log('info', 'callers must trust bundle.pem from now on', { authorities: trusted.length });
    this.#trusted = trusted;
    for (const one of all) if (!trusted.includes(one)) await forget(one);
    const signer = await this.#signer(trusted, now);
    if (signer !== undefined) await this.#leaf(signer, now, Math.min(now + spans.leaf, signer.until));
  }

  async #signer(trusted: readonly Authority[], now: number): Promise<Authority | undefined> {
    const { issued, keeper } = this.#options;
    const spans = spansOf(issued);
    if (keeper === undefined) return planOf(trusted, now, spans).signer;
    const settled = await keeper.keep(trusted.map(({ cert }) => cert));
    clearTimeout(this.#soon);
    if (!settled) this.#soon = setTimeout(() => void this.look(), SOON).unref();
    return planOf(trusted, now, spans, (one) => keeper.carries(one)).signer;
  }

  async #leaf(signer: Authority, now: number, until: number): Promise<void> {
    const { issued, files, log } = this.#options;
    if (await this.#holds(now)) return;
    const name = issued.names[0] ?? '';
    const term = { from: Math.max(now - SKEW, signer.from), until };
    const { cert, key } = await issueLeaf({ name: name.slice(0, 64), ...term, names: issued.names }, signer);
    const folder = join(files.cert, '..');
    await makeDirectory(folder, 0o700);
    // Between the two writes they do not belong together: whoever reads them then keeps what it has.
    await writeWhole(files.key, Buffer.from(key), 0o600);
    await writeWhole(files.cert, Buffer.from(cert), 0o644);
    await syncDirectory(folder);
    log('info', 'certificate made', { names: issued.names, expires: new Date(until).toISOString() });
  }

  /** Whether the certificate that is there will do: by an authority that is trusted, for these names, not near its end. */
  async #holds(now: number): Promise<boolean> {
    const { issued, files } = this.#options;
    const text = await readFile(files.cert, 'utf8').catch(() => undefined);
    if (text === undefined) return false;
    try {
      const cert = new X509Certificate(text);
      const signed = this.#trusted.some((authority) =>
        cert.verify(new X509Certificate(authority.cert).publicKey),
      );
      const names = issued.names.every(
        (name) => cert.checkHost(name) !== undefined || cert.checkIP(name) !== undefined,
      );
      const key = await readFile(files.key);
      return signed && names && key.length > 0 && !isDue(termOf(text), now);
    } catch {
      return false;
    }
  }

  #failed(error: unknown): void {
    const { log, metrics } = this.#options;
    const message = error instanceof Error ? error.message : String(error);
    if (message === this.#refused) return;
    this.#refused = message;
    const code = isExhibitError(error) ? error.code : 'INTERNAL';
    metrics.add('certificate_refused_total', { code });
    log('error', 'no certificate could be made; the last one stays', { code, message });
  }
}
