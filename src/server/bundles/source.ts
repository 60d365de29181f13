import { readdir, readFile, rm, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { promisify } from 'node:util';
import { gunzip, gzip } from 'node:zlib';
import {
  type Bundle,
  isExpired,
  loadBundle,
  requireUnexpired,
  type VerificationKey,
} from '../../policy/index.ts';
import { type Clock, ExhibitError } from '../../record/index.ts';
import { makeDirectory, systemCode, writeWhole } from '../../store/index.ts';
import type { BundleSetting } from '../settings.ts';
import { etagOf } from './etag.ts';
import { type Origin, originOf, type Patience, readPatiently } from './origins/index.ts';

/** A bundle that verified, as it is served. */
export interface ServedBundle {
  name: string;
  bundle: Bundle;
  /** The files as they were signed. A build stores them, so that its bytes are the same everywhere; callers get them packed. */
  tar: Buffer;
  /** Over the bytes of the signed file. */
  etag: string;
}

const [zip, unzip] = [promisify(gzip), promisify(gunzip)];

/** Copies of earlier bundles that are kept, of each name. */
const KEPT = 8;

/**
 * The origin of a bundle and the copy that is kept of the last one that verified: after a restart that one is known, so that an
 * older one is refused, and it is served where the origin cannot be read.
 */
export class BundleSource {
  readonly setting: BundleSetting;
  readonly origin: Origin;
  readonly #copy: string;
  readonly #folder: string;
  readonly #clock: Clock;
  readonly #patience: Patience;
  #last: ServedBundle | undefined;
  /** Of what the origin had last. */
  #tag: string | undefined;
  /** What the origin had last, where it was refused: a key or the time may make it good. */
  #refused: Buffer | undefined;
  #readAt: number | undefined;

  /** @param folder for copies */
  constructor(setting: BundleSetting, folder: string, clock: Clock, patience: Patience) {
    this.setting = setting;
    this.origin = originOf(setting);
    this.#patience = patience;
    this.#folder = folder;
    this.#copy = join(folder, `${setting.name}.tar.gz`);
    this.#clock = clock;
  }

  /** The copy, verified with the keys of now; undefined where there is none. @throws ExhibitError BUNDLE_... */
  async kept(): Promise<ServedBundle | undefined> {
    let tar: Buffer;
    try {
      tar = await readFile(this.#copy);
    } catch (error) {
      if (systemCode(error) === 'ENOENT') return undefined;
      throw error;
    }
    this.#last = await this.#verify(tar);
    return this.#last;
  }

  /** Earlier bundles that were served here, as far as their copies still verify: decisions of their revisions come late. */
  async history(): Promise<Bundle[]> {
    const names = await readdir(this.#folder).catch(() => [] as string[]);
    const bundles: Bundle[] = [];
    for (const name of names.filter((one) => one.startsWith(`${this.setting.name}@`))) {
      try {
        const tar = await readFile(join(this.#folder, name));
        bundles.push(await loadBundle(tar, { keys: await this.#keys(), now: this.#clock() }));
      } catch {
        // One that does not verify any more is not believed; the bundle that is served is looked at by itself.
      }
    }
    return bundles;
  }

  /** Keeps a copy under its digest, and the newest few of them. */
  async #keep(tar: Buffer, digest: string): Promise<void> {
    await makeDirectory(this.#folder, 0o700);
    const prefix = `${this.setting.name}@`;
    await writeWhole(join(this.#folder, `${prefix}${digest.slice('sha256:'.length)}.tar.gz`), tar, 0o600);
    const names = (await readdir(this.#folder)).filter((name) => name.startsWith(prefix));
    const aged = await Promise.all(
      names.map(async (name) => ({ name, time: (await stat(join(this.#folder, name))).mtimeMs })),
    );
    for (const { name } of aged.sort((a, b) => b.time - a.time).slice(KEPT))
      await rm(join(this.#folder, name), { force: true });
    await writeWhole(this.#copy, tar, 0o600);
  }

  /** Unix milliseconds of when the origin last said what it has, be it good or not. */
  get readAt(): number | undefined {
    return this.#readAt;
  }

  /** Whether the signature of the last one that verified holds no more. */
  get ended(): boolean {
    return this.#last !== undefined && isExpired(this.#last.bundle, this.#clock());
  }

  /**
   * What the origin has now; undefined where it is what is served.
   * @param signal ends the reading
   * @throws ExhibitError NOT_FOUND, BUNDLE_...: then the last good one stays, but for BUNDLE_EXPIRED, which is said of that one itself
   */
  async read(signal: AbortSignal): Promise<ServedBundle | undefined> {
    const found = await readPatiently(this.origin, this.#tag, this.#patience, signal);
    this.#readAt = this.#clock();
    const tar = found === 'unchanged' ? this.#refused : found.bytes;
    if (tar === undefined) return this.#stays();
    this.#refused = undefined;
    if (found !== 'unchanged') this.#tag = found.tag;
    if (this.#last !== undefined && etagOf(tar) === this.#last.etag) return this.#stays();
    this.#refused = tar;
    const served = await this.#verify(tar);
    // Remembered on disk before anybody gets it: after a crash an older one is still refused.
    await this.#keep(tar, served.bundle.digest);
    this.#last = served;
    this.#refused = undefined;
    return served;
  }

  /** What is served stays, as long as its signature holds. @throws ExhibitError BUNDLE_EXPIRED */
  #stays(): undefined {
    if (this.#last !== undefined) requireUnexpired(this.#last.bundle, this.#clock());
  }

  async #verify(tar: Buffer): Promise<ServedBundle> {
    const last = this.#last?.bundle;
    const bundle = await loadBundle(tar, {
      keys: await this.#keys(),
      now: this.#clock(),
      // Of this place, whatever its lineage: going back to a repository's former name is going back, too.
      last: () => last,
      lineage: this.setting.lineage ?? last?.lineage,
    });
    const packed = await zip(await unzip(tar));
    return { name: this.setting.name, bundle, tar: packed, etag: etagOf(tar) };
  }

  /** Read each time: a key that was replaced counts from then on. */
  #keys(): Promise<VerificationKey[]> {
    return Promise.all(
      this.setting.keys.map(async (file) => ({
        id: basename(file).replace(/(\.pub)?\.pem$/, ''),
        pem: await readFile(file, 'utf8').catch((cause: unknown) => {
          throw new ExhibitError('CONFIG_INVALID', `cannot read the public key ${file}`, {
            cause,
            location: { file },
          });
        }),
      })),
    );
  }
}
