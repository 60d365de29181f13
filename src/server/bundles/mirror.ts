import { dirname } from 'node:path';
import { isExhibitError, type RandomBytes } from '../../record/index.ts';
import { makeDirectory, writeWhole } from '../../store/index.ts';
import type { Log } from '../log.ts';
import type { BundleSetting } from '../settings.ts';
import { type Origin, originOf, readPatiently } from './origins/index.ts';

const BYTES = 64 * 1024 * 1024;
const SECONDS = 60;

export interface MirrorOptions {
  /** Where the copy lies. */
  file: string;
  random: RandomBytes;
  log: Log;
}

/**
 * A copy of the bundle of an origin, for a program that takes its bundle from a file. What comes is not looked at here: whoever uses the
 * copy verifies it, each time.
 */
export class BundleMirror {
  readonly file: string;
  readonly #origin: Origin;
  readonly #options: MirrorOptions;
  #tag: string | undefined;
  #failing: string | undefined;

  constructor(setting: BundleSetting, options: MirrorOptions) {
    this.#origin = originOf(setting);
    this.#options = options;
    this.file = options.file;
  }

  /** Looks whether there is another bundle. Where the origin cannot be read the copy stays, and that is said once. */
  async refresh(signal: AbortSignal): Promise<void> {
    const { random, log } = this.#options;
    const jitter = () => (random(1)[0] ?? 0) / 256;
    try {
      const found = await readPatiently(
        this.#origin,
        this.#tag,
        { bytes: BYTES, seconds: SECONDS, jitter },
        signal,
      );
      if (found !== 'unchanged') {
        await makeDirectory(dirname(this.file), 0o700);
        await writeWhole(this.file, found.bytes, 0o600);
        this.#tag = found.tag;
      }
      if (this.#failing !== undefined)
        log('info', 'the bundle can be read again', { from: this.#origin.name });
      this.#failing = undefined;
    } catch (error) {
      if (signal.aborted || !isExhibitError(error)) throw error;
      if (this.#failing !== error.message)
        log('warn', 'the bundle cannot be read; the last one goes on', {
          code: error.code,
          why: error.message,
        });
      this.#failing = error.message;
    }
  }

  close(): void {
    this.#origin.close();
  }
}
