import { ExhibitError } from '../../record/index.ts';

/**
 * What is being taken in, in bytes: from the moment they arrive until they are on disk and acknowledged. Whoever comes when it
 * is full is told to wait, instead of everybody getting slower and the memory full.
 */
export class Queue {
  readonly #most: number;
  #bytes = 0;

  constructor(most: number) {
    this.#most = most;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** @throws ExhibitError SERVER_BUSY; nothing is taken then */
  enter(bytes: number): void {
    if (this.#bytes + bytes > this.#most) throw busy(`${this.#bytes} bytes are being taken in`);
    this.#bytes += bytes;
  }

  leave(bytes: number): void {
    this.#bytes -= bytes;
  }
}

/** Nothing of the request was taken. @param status 429 for too much, 503 for a server that stops */
export function busy(why: string, status = 429): ExhibitError {
  return new ExhibitError('SERVER_BUSY', `${why}; nothing of this request was taken`, {
    hint: 'Send it again after the time in Retry-After.',
    details: { status },
  });
}
