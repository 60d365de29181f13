import { addAbortSignal, type Readable } from 'node:stream';
import type { S3 } from '@aws-sdk/client-s3';
import type { Clock } from '../../record/index.ts';
import { type Asked, storeFault } from './faults.ts';
import type { S3Place } from './settings.ts';
import { type Patience, withTries } from './tries.ts';

/** One bucket and how it is asked: the SDK's client, made when it is first needed, and the tries. */
export class Connection {
  readonly place: S3Place;
  readonly patience: Patience;
  readonly clock: Clock;
  /** Whether the store has shown the lock of an object that was written by this connection. */
  locks = false;
  #client: S3 | undefined;

  constructor(place: S3Place, patience: Patience, clock: Clock) {
    this.place = place;
    this.patience = patience;
    this.clock = clock;
  }

  /**
   * Asks until there is an answer.
   * @param ask calls `alive` when some of a long answer has come
   * @param after see withTries
   * @throws ExhibitError STORE_FAILED
   */
  async ask<T>(
    asked: Asked,
    ask: (client: S3, options: { abortSignal: AbortSignal }, alive: () => void) => Promise<T>,
    after?: () => Promise<T | undefined>,
  ): Promise<T> {
    try {
      return await withTries(
        async (abortSignal, alive) => ask(await this.#open(), { abortSignal }, alive),
        this.patience,
        after,
      );
    } catch (error) {
      throw storeFault(error, this.place, asked);
    }
  }

  close(): void {
    this.#client?.destroy();
    this.#client = undefined;
  }

  async #open(): Promise<S3> {
    if (this.#client !== undefined) return this.#client;
    // Loaded here: only who works on a bucket has the SDK in memory.
    const { S3: Client } = await import('@aws-sdk/client-s3');
    const { region, endpoint, path_style } = this.place;
    this.#client ??= new Client({
      forcePathStyle: path_style,
      ...(region === undefined ? {} : { region }),
      ...(endpoint === undefined ? {} : { endpoint }),
      // Tries are counted here: what a lost answer did is looked up before the next.
      maxAttempts: 1,
      // SHA-256 is given with what is written and compared with what is read; not every S3 knows the SDK's own checksums.
      requestChecksumCalculation: 'WHEN_REQUIRED',
      responseChecksumValidation: 'WHEN_REQUIRED',
      requestHandler: { connectionTimeout: 10_000 },
    });
    return this.#client;
  }
}

/** All bytes of a body, as long as they come in time. @throws RangeError for more than the limit */
export async function readBody(
  body: unknown,
  limit: number,
  signal: AbortSignal,
  alive: () => void,
): Promise<Uint8Array> {
  const stream = addAbortSignal(signal, body as Readable);
  const parts: Uint8Array[] = [];
  let length = 0;
  for await (const part of stream as AsyncIterable<Uint8Array>) {
    alive();
    length += part.length;
    if (length > limit) {
      stream.destroy();
      throw new RangeError(`more than ${limit} bytes`);
    }
    parts.push(part);
  }
  return new Uint8Array(Buffer.concat(parts, length));
}
