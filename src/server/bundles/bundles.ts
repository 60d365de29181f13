import { type FSWatcher, watch } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { ExhibitError, isExhibitError } from '../../record/index.ts';
import type { BundleSource, ServedBundle } from './source.ts';

export interface BundlesOptions {
  sources: readonly BundleSource[];
  /** A bundle verified and is served from now on. What it throws is said, and the bundle is served all the same. */
  onTaken(served: ServedBundle): Promise<void>;
  /** What an origin has did not verify, or cannot be read; the last good one stays. Called once for each state of the origin. */
  onRefused(name: string, error: ExhibitError): Promise<void>;
  /** A number from 0 up to 1, new each time. */
  jitter(): number;
}

/** How long the server waits for origins that are slow before it starts without them, milliseconds. */
const START = 5_000;
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
  readonly #reading = new Map<BundleSource, Promise<void>>();
  readonly #timers = new Map<BundleSource, NodeJS.Timeout>();
  readonly #end = new AbortController();
  #settle: NodeJS.Timeout | undefined;

  constructor(options: BundlesOptions) {
    this.#options = options;
  }

  /** Takes up copies and what the origins have, and then each change. */
  async open(): Promise<void> {
    const { sources } = this.#options;
    for (const source of sources) await this.#try(source, () => source.kept());
    // Records are taken also while an origin is away; /readyz says that a bundle is missing.
    await Promise.race([this.look(), sleep(START, undefined, { ref: false })]);
    for (const source of sources) this.#next(source);
    for (const folder of new Set(sources.map(({ origin }) => origin.folder))) {
      if (folder === undefined) continue;
      try {
        const watcher = watch(folder, { persistent: false }, () => this.#changed(folder));
        watcher.on('error', () => watcher.close());
        this.#watchers.push(watcher);
      } catch {
        // The folder may come later, or the system may have no more watches: the timer looks as well.
      }
    }
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
    if (this.#end.signal.aborted) waiter();
    else waiters.add(waiter);
    return () => void waiters.delete(waiter);
  }

  /** Names whose origin has what is not used, or cannot be read. */
  get refused(): string[] {
    return [...this.#refused.keys()];
  }

  /** Reads the origins now; what changed is taken up when the promise resolves. */
  async look(): Promise<void> {
    await Promise.all(this.#options.sources.map((source) => this.#read(source)));
  }

  async close(): Promise<void> {
    this.#end.abort();
    clearTimeout(this.#settle);
    for (const timer of this.#timers.values()) clearTimeout(timer);
    for (const watcher of this.#watchers) watcher.close();
    for (const name of this.#waiters.keys()) this.#wake(name);
    await Promise.all(this.#reading.values());
    for (const { origin } of this.#options.sources) origin.close();
  }

  #changed(folder: string): void {
    clearTimeout(this.#settle);
    this.#settle = setTimeout(() => {
      for (const source of this.#options.sources)
        if (source.origin.folder === folder) void this.#read(source);
    }, SETTLE).unref();
  }

  /** One reading of a source after the other; those of different sources do not wait for each other. */
  #read(source: BundleSource): Promise<void> {
    const reading = (this.#reading.get(source) ?? Promise.resolve()).then(() =>
      this.#try(source, () => source.read(this.#end.signal).catch((error: unknown) => failed(source, error))),
    );
    this.#reading.set(source, reading);
    return reading;
  }

  #next(source: BundleSource): void {
    if (this.#end.signal.aborted) return;
    const { every, folder } = source.origin;
    const spread = folder === undefined ? 0.9 + 0.2 * this.#options.jitter() : 1;
    const timer = setTimeout(
      () => void this.#read(source).then(() => this.#next(source)),
      every * spread * 1_000,
    );
    this.#timers.set(source, timer.unref());
  }

  async #try(source: BundleSource, get: () => Promise<ServedBundle | undefined>): Promise<void> {
    const { name } = source.setting;
    if (this.#end.signal.aborted) return;
    try {
      const served = await get();
      this.#refused.delete(name);
      if (served === undefined) return;
      this.#current.set(name, served);
      // Callers first: a crash in between is made good at the next start, which takes the kept copy up again.
      this.#wake(name);
      await this.#options.onTaken(served);
    } catch (error) {
      // A reading that the stop cut off says nothing of its origin.
      if (this.#end.signal.aborted) return;
      if (!isExhibitError(error)) throw error;
      // Whatever was wrong now: one whose end has come is served to nobody.
      if (source.ended) this.#current.delete(name);
      // The same fault of the same origin is not said at each look.
      if (this.#refused.get(name) === error.message) return;
      this.#refused.set(name, error.message);
      await this.#options.onRefused(name, error);
    }
  }

  #wake(name: string): void {
    const waiters = this.#waiters.get(name);
    this.#waiters.delete(name);
    for (const waiter of waiters ?? []) waiter();
  }
}

/** A full disk, say: the next look tries again, and the server goes on with what it has. */
function failed({ setting: { name } }: BundleSource, cause: unknown): never {
  if (isExhibitError(cause)) throw cause;
  throw new ExhibitError('INTERNAL', `the bundle ${name} cannot be taken up`, { cause });
}
