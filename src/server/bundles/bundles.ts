import { type FSWatcher, watch } from 'node:fs';
import { dirname } from 'node:path';
import { type ExhibitError, isExhibitError } from '../../record/index.ts';
import type { BundleSource, ServedBundle } from './source.ts';

export interface BundlesOptions {
  sources: readonly BundleSource[];
  /** A bundle verified and is served from now on. What it throws is said, and the bundle is served all the same. */
  onTaken(served: ServedBundle): Promise<void>;
  /** A file did not verify, or cannot be read; the last good one stays. Called once for each state of the file. */
  onRefused(name: string, error: ExhibitError): void;
}

/** Files are looked at so often even where the system tells of no change (network file systems), milliseconds. */
const LOOK = 2_000;
/** A file that is being replaced changes several times within moments. */
const SETTLE = 20;

type Waiter = () => void;

/** The bundles that are served, each the last one that verified; and who waits for the next. */
export class Bundles {
  readonly #options: BundlesOptions;
  readonly #current = new Map<string, ServedBundle>();
  readonly #refused = new Map<string, string>();
  readonly #waiters = new Map<string, Set<Waiter>>();
  readonly #watchers: FSWatcher[] = [];
  #timer: NodeJS.Timeout | undefined;
  #settle: NodeJS.Timeout | undefined;
  #reading: Promise<void> = Promise.resolve();
  #closed = false;

  constructor(options: BundlesOptions) {
    this.#options = options;
  }

  /** Takes up copies and files, and then each change. */
  async open(): Promise<void> {
    for (const source of this.#options.sources) {
      await this.#try(source, () => source.kept());
      await this.#try(source, () => source.read());
    }
    for (const folder of new Set(this.#options.sources.map(({ setting }) => dirname(setting.file)))) {
      try {
        const watcher = watch(folder, { persistent: false }, () => this.#changed());
        watcher.on('error', () => watcher.close());
        this.#watchers.push(watcher);
      } catch {
        // The folder may come later, or the system may have no more watches: the timer looks as well.
      }
    }
    this.#timer = setInterval(() => void this.look(), LOOK).unref();
  }

  get(name: string): ServedBundle | undefined {
    return this.#current.get(name);
  }

  get all(): ServedBundle[] {
    return [...this.#current.values()];
  }

  /** Names that are configured and that nothing good was found for. */
  get missing(): string[] {
    return this.#options.sources
      .map(({ setting }) => setting.name)
      .filter((name) => !this.#current.has(name));
  }

  get waiters(): number {
    return [...this.#waiters.values()].reduce((sum, { size }) => sum + size, 0);
  }

  /** Calls once: when another bundle of the name is served, or when the server stops. @returns a function that stops waiting */
  wait(name: string, waiter: Waiter): () => void {
    const waiters = this.#waiters.get(name) ?? new Set();
    this.#waiters.set(name, waiters);
    if (this.#closed) waiter();
    else waiters.add(waiter);
    return () => void waiters.delete(waiter);
  }

  /** Reads the files now; those that changed are taken up when the promise resolves. */
  look(): Promise<void> {
    this.#reading = this.#reading.then(async () => {
      for (const source of this.#options.sources) await this.#try(source, () => source.read());
    });
    return this.#reading;
  }

  async close(): Promise<void> {
    this.#closed = true;
    clearInterval(this.#timer);
    clearTimeout(this.#settle);
    for (const watcher of this.#watchers) watcher.close();
    for (const name of this.#waiters.keys()) this.#wake(name);
    await this.#reading;
  }

  #changed(): void {
    clearTimeout(this.#settle);
    this.#settle = setTimeout(() => void this.look(), SETTLE).unref();
  }

  async #try(
    { setting: { name } }: BundleSource,
    get: () => Promise<ServedBundle | undefined>,
  ): Promise<void> {
    try {
      const served = await get();
      this.#refused.delete(name);
      if (served === undefined) return;
      this.#current.set(name, served);
      // Callers first: a crash in between is made good at the next start, which takes the kept copy up again.
      this.#wake(name);
      await this.#options.onTaken(served);
    } catch (error) {
      if (!isExhibitError(error)) throw error;
      // The same fault of the same file is not said every two seconds.
      if (this.#refused.get(name) === error.message) return;
      this.#refused.set(name, error.message);
      this.#options.onRefused(name, error);
    }
  }

  #wake(name: string): void {
    const waiters = this.#waiters.get(name);
    this.#waiters.delete(name);
    for (const waiter of waiters ?? []) waiter();
  }
}
