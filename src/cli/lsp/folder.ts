import { isAbsolute, resolve } from 'node:path';
import { createEngine } from '../../engine/index.ts';
import { type Bundle, isExpired, type Policy } from '../../policy/index.ts';
import { type ExhibitError, formatLocation, isExhibitError } from '../../record/index.ts';
import { DEFAULT_BUNDLE, DEFAULT_BUNDLE_KEY, openBundle } from '../check/bundle.ts';
import { type Config, refuseOwnRules, resolveConfig } from '../config/config.ts';
import type { Context } from '../context.ts';
import { gitIn, repositoryName } from '../evidence/attribution.ts';
import type { Judge } from './judge.ts';
import { configFiles, fingerprint } from './places.ts';
import type { Settings } from './settings.ts';

/** Says something to the person at the editor. */
export type Tell = (severity: 'error' | 'warning', message: string) => void;

/**
 * One workspace folder with its bundle, kept warm: the bundle is verified and its engine made once, and again when the bundle, its
 * keys or the settings have changed on the disk. By the rules of `check`: also what it remembers of bundles is shared with it.
 */
export class Folder {
  readonly path: string;
  readonly #context: Context;
  readonly #tell: Tell;
  #settings: Settings;
  /** What was loaded from, and its state then. */
  #files: string[] = [];
  #seen: string | undefined;
  #judge: Judge | undefined;
  #failure: ExhibitError | undefined;
  #loading: Promise<void> | undefined;
  #said = '';
  #at = 0;

  constructor(path: string, settings: Settings, context: Context, tell: Tell) {
    this.path = path;
    this.#settings = settings;
    this.#context = { ...context, cwd: path };
    this.#tell = tell;
  }

  /** Policies of the bundle by id; none where there is no bundle that may be used. */
  get policies(): ReadonlyMap<string, Policy> {
    return new Map((this.#judge?.bundle.policies ?? []).map((policy) => [policy.id, policy]));
  }

  /** The bundle that may be used now; or why there is none. Loads it where it is not, or has changed. */
  async ready(): Promise<Judge | ExhibitError> {
    if (this.changed()) {
      this.#loading ??= this.#load().finally(() => {
        this.#loading = undefined;
      });
    }
    await this.#loading;
    return this.#judge ?? (this.#failure as ExhibitError);
  }

  /** True where what is on the disk is not what was loaded, or the clock has passed something that the verdicts depend on. */
  changed(): boolean {
    if (this.#seen === undefined || this.#seen !== fingerprint(this.#files)) return true;
    const expired = this.#judge !== undefined && isExpired(this.#judge.bundle, this.#context.clock());
    return expired && !isExpired(this.#judge?.bundle ?? {}, this.#at);
  }

  /** True where an override or a roll-out has begun or ended since it was asked last: open files are judged again. */
  passed(): boolean {
    const now = this.#context.clock();
    const before = this.#at;
    this.#at = now;
    return this.#judge !== undefined && instants(this.#judge.bundle).some((at) => before < at && at <= now);
  }

  set(settings: Settings): void {
    this.#settings = settings;
    this.#seen = undefined;
  }

  async close(): Promise<void> {
    await this.#judge?.engine.close();
    this.#judge = undefined;
  }

  async #load(): Promise<void> {
    // Before anything is read: what changes meanwhile is seen as a change.
    this.#files = this.#watched();
    this.#seen = fingerprint(this.#files);
    this.#at = this.#context.clock();
    const before = this.#judge;
    try {
      const config = this.#config();
      refuseOwnRules(config, this.#context);
      const { bundle, states } = await openBundle(config, this.#context);
      const engine = await createEngine(bundle, { clock: this.#context.clock });
      const repository = repositoryName(this.#context.env, gitIn(this.path));
      const limits = config.max_input_size === undefined ? {} : { fileBytes: config.max_input_size.value };
      this.#judge = { bundle, engine, failOn: config.fail_on?.value ?? 'any', limits, repository };
      this.#failure = undefined;
      this.#say(
        'warning',
        states.map(({ message }) => message),
      );
    } catch (error) {
      if (!isExhibitError(error)) throw error;
      this.#judge = undefined;
      this.#failure = error;
      const place = formatLocation(error.location);
      this.#say(error.code === 'NOT_FOUND' ? 'warning' : 'error', [
        `Nothing is judged in ${this.path}: ${error.message}${place === '' ? '' : ` (${place})`} ${error.hint ?? ''}`,
      ]);
    }
    await before?.engine.close();
  }

  /** The same thing is said once, until something else is the case. */
  #say(severity: 'error' | 'warning', messages: readonly string[]): void {
    const all = messages.join('\n');
    if (all !== '' && all !== this.#said) this.#tell(severity, all.trim());
    this.#said = all;
  }

  #config(): Config {
    const { bundle, bundleKeys, maxInputSize } = this.#settings;
    const here = (path: string) => (isAbsolute(path) ? path : resolve(this.path, path));
    return resolveConfig(
      {
        ...(bundle === undefined ? {} : { bundle: here(bundle) }),
        ...(bundleKeys === undefined ? {} : { bundle_keys: bundleKeys.map(here) }),
        ...(maxInputSize === undefined ? {} : { max_input_size: maxInputSize }),
      },
      this.#context,
    );
  }

  #watched(): string[] {
    const files = configFiles(this.path);
    try {
      const { bundle, bundle_keys } = this.#config();
      const named = [bundle?.value ?? DEFAULT_BUNDLE, ...(bundle_keys?.value ?? [DEFAULT_BUNDLE_KEY])];
      return [...files, ...named.map((file) => resolve(this.path, file))];
    } catch {
      return files;
    }
  }
}

/** Every instant at which a verdict's consequence may change by itself, in Unix milliseconds. */
function instants({ overrides, policies }: Bundle): number[] {
  const ends = overrides.flatMap(({ created, sunset }) => [Date.parse(created), Date.parse(sunset) + 1]);
  const begins = policies.flatMap(({ since, rollout = [] }) =>
    [since, ...rollout.map(({ from }) => from)].map((day) => Date.parse(`${day}T00:00:00Z`)),
  );
  return [...ends, ...begins];
}
