import type { Act, Engagement, Readers } from '../../../audit/index.ts';
import type { Ledger } from '../../../ledger/index.ts';
import { type Clock, isExhibitError } from '../../../record/index.ts';
import type { Log } from '../../log.ts';
import { Work } from './child.ts';
import type { LatePages, Model, Verification } from './messages.ts';

export interface Progress {
  what: string;
  done: number;
  total: number;
}

/** What is known of one engagement: its states that were read, and what was done in it since. */
export interface Book {
  /** By size of the log; the newest is last. */
  models: Map<number, Model>;
  late: Map<number, LatePages>;
  /** What is being read now. */
  progress: Progress | undefined;
  /** Why and when (Unix milliseconds) the last reading came to nothing. */
  failed: { code: string; at: number } | undefined;
  /** Acts that this server wrote after the newest model was read. */
  own: Act[];
  running: boolean;
}

/** How many states of an engagement are kept for their permalinks. */
const KEPT = 4;
const MOST_BOOKS = 32;
/** Milliseconds from a reading that failed to the next. */
const RETRY = 60_000;

interface BooksOptions {
  ledger: Ledger;
  clock: Clock;
  log: Log;
  fresh: number;
  verifyEvery: number;
  respond: string | undefined;
  callers: Readers['callers'];
}

/** Reads states of engagements in the background and keeps them; looks whether the log holds. */
export class Books {
  readonly work = new Work();
  /** The whole log takes minutes: pages do not wait for it. */
  readonly #verifier = new Work();
  readonly #books = new Map<string, Book>();
  readonly #options: BooksOptions;
  verification: Verification = {
    state: 'not_run',
    message: 'each entry that was read is under the signed root; the whole log was not read again yet',
  };
  verifying: Progress | undefined;
  #verified: number | undefined;
  #closed = false;

  constructor(options: BooksOptions) {
    this.#options = options;
  }

  /** The book of an engagement; reading begins where it has none, or an old one. */
  open(engagement: Engagement): Book {
    const book = this.#bookOf(engagement.engagement);
    const model = newest(book);
    const now = this.#options.clock();
    const due =
      book.failed === undefined
        ? now - (model?.read_at ?? 0) > this.#options.fresh * 1_000
        : now - book.failed.at > RETRY;
    if (due) this.read(engagement);
    this.#lookAtLog();
    return book;
  }

  /** Reads an engagement anew, unless that is under way. */
  read({ engagement, scope }: Engagement): void {
    const book = this.#bookOf(engagement);
    if (book.running) return;
    const { ledger, clock, log, respond, callers } = this.#options;
    book.running = true;
    book.failed = undefined;
    book.progress = { what: 'waiting for other work', done: 0, total: 1 };
    const { folder } = ledger;
    const now = clock();
    void this.work
      .do(
        { kind: 'model', folder, engagement, scope, now, respond, callers, verification: this.verification },
        (message) => {
          if (message.kind === 'progress') book.progress = message;
          if (message.kind === 'model') {
            this.#keep(book, message.model);
            this.#lookAtLog();
          }
          if (message.kind === 'late') book.late.set(message.size, message.pages);
        },
      )
      .catch((error: unknown) => {
        const code = isExhibitError(error) ? error.code : 'INTERNAL';
        book.failed = { code, at: clock() };
        log('error', 'engagement not read', { engagement, code, message: String(error) });
      })
      .finally(() => {
        book.running = false;
        book.progress = undefined;
        this.#lookAtLog();
      });
  }

  /** Something that this server itself wrote into the log: pages show it at once. */
  wrote(engagement: string, act: Act): void {
    this.#books.get(engagement)?.own.push(act);
  }

  async close(): Promise<void> {
    this.#closed = true;
    await Promise.all([this.work.close(), this.#verifier.close()]);
  }

  /** The book of an engagement, as it is: nothing is read for it. */
  peek(engagement: string): Book | undefined {
    return this.#books.get(engagement);
  }

  #bookOf(engagement: string): Book {
    const known = this.#books.get(engagement);
    if (known !== undefined) return known;
    // What is being read is not given up half-way.
    const [oldest] = [...this.#books].find(([, { running }]) => !running) ?? [];
    if (this.#books.size >= MOST_BOOKS && oldest !== undefined) this.#books.delete(oldest);
    const book: Book = {
      ...{ models: new Map(), late: new Map(), own: [] },
      ...{ progress: undefined, failed: undefined, running: false },
    };
    this.#books.set(engagement, book);
    return book;
  }

  #keep(book: Book, model: Model): void {
    const { size } = model.checkpoint;
    book.models.delete(size);
    book.models.set(size, model);
    const [oldest] = book.models.keys();
    if (book.models.size > KEPT && oldest !== undefined) {
      book.models.delete(oldest);
      book.late.delete(oldest);
    }
    const read = new Set(model.acts.map(({ record_id }) => record_id));
    book.own = book.own.filter(({ record_id }) => !read.has(record_id));
  }

  #lookAtLog(): void {
    const { verifyEvery, clock, ledger, log } = this.#options;
    if (verifyEvery === 0 || this.verifying !== undefined || this.#closed) return;
    // Somebody waits for his first pages: with a verification beside it that takes three times as long.
    if ([...this.#books.values()].some((book) => book.running && newest(book) === undefined)) return;
    const now = clock();
    if (this.#verified !== undefined && now - this.#verified < verifyEvery * 1_000) return;
    this.#verified = now;
    this.verifying = { what: 'waiting for other work', done: 0, total: 1 };
    void this.#verifier
      .do({ kind: 'verify', folder: ledger.folder }, (message) => {
        if (message.kind === 'progress') this.verifying = message;
        if (message.kind !== 'verified') return;
        this.verification = message.verification;
        if (message.verification.state === 'failed')
          log('error', 'the ledger does not hold', { message: message.verification.message });
      })
      .catch((error: unknown) => {
        log('error', 'verification not done', { message: String(error) });
        // What held before says nothing of now.
        this.verification = { state: 'not_run', message: 'the whole log could not be read again' };
      })
      .finally(() => {
        this.verifying = undefined;
      });
  }
}

export function newest({ models }: Book): Model | undefined {
  return [...models.values()].at(-1);
}

/** All acts of an engagement that are known, those of the log first. */
export function actsOf(book: Book): Act[] {
  return [...(newest(book)?.acts ?? []), ...book.own];
}
