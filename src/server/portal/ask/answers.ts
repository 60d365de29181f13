import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { SavedQuery } from '../../../audit/index.ts';
import { type Asked, askProcess, type QueryRequest } from '../../../lake/index.ts';
import { type Clock, ExhibitError, isExhibitError, type RandomBytes } from '../../../record/index.ts';
import { busy } from '../../http/queue.ts';
import type { Log } from '../../log.ts';
import type { Session } from '../sessions.ts';
import type { AnswerFacts, AskMessage } from './messages.ts';
import { MAY_READ } from './views.ts';

/** A question that somebody of a session asked, and what became of it. */
export interface Question {
  id: string;
  /** Whose it is: nobody else sees it. */
  session: string;
  actor: string;
  engagement: string;
  request: QueryRequest;
  /** The log is asked as it was with so many records. */
  size: number;
  /** A saved answer that is asked again; `record` where it is in the log. */
  again?: { before: SavedQuery; record?: string };
  /** Folder of its rows. */
  out: string;
  state: QuestionState;
  /** The record that saved the answer, or the outcome of asking again. */
  saved?: { record_id: string; log_index: number | undefined };
}

export type QuestionState =
  | { state: 'waiting' }
  | { state: 'reading'; done: number; total: number }
  /** Since when the engine has it, Unix milliseconds. */
  | { state: 'running'; since: number }
  | { state: 'answered'; facts: AnswerFacts }
  | { state: 'failed'; code: string; message: string; hint: string | undefined };

/** Answers of one session that are kept, those of all, and all bytes of rows on disk; older ones make room. */
export const KEPT = 8;
const MOST_KEPT = 200;
const MOST_BYTES = 2 * 2 ** 30;
/** Questions that wait, of everybody. One of each person waits or runs, so nobody waits for more than one of somebody else. */
const MOST_WAITING = 16;
/** Milliseconds for a question with all that is read before it runs. The engine has its own limit. */
const MOST_TIME = 900_000;

const PROGRAM = { beside: import.meta.url, name: 'ask-child', code: 'INTERNAL' } as const;

interface AnswersOptions {
  /** That only the server reads. */
  folder: string;
  /** Folder of the ledger. */
  ledger: string;
  clock: Clock;
  random: RandomBytes;
  log: Log;
}

/** Questions of the portal: one runs at a time, in a process of its own. Answers are kept until the server stops. */
export class Answers {
  readonly #options: AnswersOptions;
  readonly #questions = new Map<string, Question>();
  #last: Promise<unknown> = Promise.resolve();
  #running: { id: string; child: Asked } | undefined;
  #closed = false;

  constructor(options: AnswersOptions) {
    this.#options = options;
    // What another run of the server left belongs to nobody.
    rmSync(options.folder, { recursive: true, force: true });
  }

  /**
   * Takes a question; it runs when those before it are done.
   * @returns the question, and when it is done
   * @throws ExhibitError SERVER_BUSY: one of this person is not done yet, or too many wait
   */
  ask(
    { id: session, actor }: Pick<Session, 'id' | 'actor'>,
    asked: Pick<Question, 'engagement' | 'request' | 'size' | 'again'>,
  ): { question: Question; done: Promise<void> } {
    this.refuseMore(actor);
    const { folder, random } = this.#options;
    const id = Buffer.from(random(9)).toString('base64url');
    const question: Question = {
      ...asked,
      ...{ id, session, actor, out: join(folder, id), state: { state: 'waiting' } },
    };
    this.#questions.set(id, question);
    this.#makeRoom(session);
    const run = () => this.#run(question);
    const done = this.#last.then(run, run);
    this.#last = done;
    return { question, done };
  }

  /** A person may have several sessions, as each link makes one. @throws ExhibitError SERVER_BUSY */
  refuseMore(actor: string): void {
    const open = [...this.#questions.values()].filter(isOpen);
    if (open.some((each) => each.actor === actor))
      throw busy('one question at a time: yours is not answered yet');
    if (open.length >= MOST_WAITING) throw busy('too many questions wait');
  }

  /** A question of this session in this engagement; undefined for all others. @param id attacker-controlled */
  of(id: string, session: Pick<Session, 'id'>, engagement: string): Question | undefined {
    const found = this.#questions.get(id);
    return found?.session === session.id && found.engagement === engagement ? found : undefined;
  }

  /** Those of a session in an engagement, the newest first. */
  list(session: Pick<Session, 'id'>, engagement: string): Question[] {
    return [...this.#questions.values()]
      .filter((each) => each.session === session.id && each.engagement === engagement)
      .reverse();
  }

  /** How many are before it. */
  ahead({ id }: Question): number {
    const open = [...this.#questions.values()].filter(isOpen);
    return Math.max(
      0,
      open.findIndex((each) => each.id === id),
    );
  }

  /** Ends one that is not done. */
  stop(question: Question): void {
    if (!isOpen(question)) return;
    const why = new ExhibitError('QUERY_FAILED', 'it was stopped by who asked it');
    if (this.#running?.id === question.id) this.#running.child.kill(why);
    else this.#fail(question, why);
  }

  /** All of a session, when it is over. */
  forget(session: Pick<Session, 'id'>): void {
    for (const each of this.#questions.values()) if (each.session === session.id) this.#remove(each);
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#running?.child.kill();
    await this.#last;
    rmSync(this.#options.folder, { recursive: true, force: true });
  }

  async #run(question: Question): Promise<void> {
    if (question.state.state !== 'waiting' || this.#closed) return;
    const { request, size, out, again } = question;
    const { ledger, clock, log } = this.#options;
    question.state = { state: 'reading', done: 0, total: 0 };
    let timer: NodeJS.Timeout | undefined;
    try {
      mkdirSync(out, { recursive: true, mode: 0o700 });
      let facts: AnswerFacts | undefined;
      const before = again === undefined ? {} : { before: again.before };
      const child = askProcess<AskMessage>(
        PROGRAM,
        { folder: ledger, request, size, out, ...before },
        (message) => {
          if (message.kind === 'answered') facts = message.facts;
          else if (message.what === 'question runs') question.state = { state: 'running', since: clock() };
          else question.state = { state: 'reading', done: message.done, total: message.total };
        },
      );
      this.#running = { id: question.id, child };
      timer = setTimeout(
        () =>
          child.kill(new ExhibitError('QUERY_FAILED', `it took longer than ${MOST_TIME / 60_000} minutes`)),
        MOST_TIME,
      );
      const { by, errors } = await child.ended;
      if (facts === undefined) throw new ExhibitError('INTERNAL', `the question ended by ${by}: ${errors}`);
      question.state = { state: 'answered', facts };
    } catch (error) {
      this.#fail(question, error);
      const code = isExhibitError(error) ? error.code : 'INTERNAL';
      if (!TOLD.has(code))
        log('error', 'question not answered', { id: question.id, code, message: String(error) });
    } finally {
      clearTimeout(timer);
      this.#running = undefined;
      // It was forgotten meanwhile.
      if (!this.#questions.has(question.id)) rmSync(out, { recursive: true, force: true });
    }
  }

  /** What is wrong with a question is told; what is wrong with the server stands in its log. */
  #fail(question: Question, error: unknown): void {
    rmSync(question.out, { recursive: true, force: true });
    const code = isExhibitError(error) ? error.code : 'INTERNAL';
    const told = isExhibitError(error) && TOLD.has(code);
    question.state = {
      ...{ state: 'failed', code },
      // Which views there are elsewhere says nothing here: the hint has those that may be read.
      message: told ? error.message.replace(/; the views are .*$/s, '') : 'The log of the server says why.',
      hint: told ? hintOf(error, question.request) : undefined,
    };
  }

  #makeRoom(session: string): void {
    const done = [...this.#questions.values()].filter((each) => !isOpen(each));
    const own = done.filter((each) => each.session === session);
    for (const each of own.slice(0, Math.max(0, own.length - KEPT + 1))) this.#remove(each);
    let bytes = done.reduce((sum, each) => sum + bytesOf(each), 0);
    for (const [at, each] of done.entries()) {
      if (bytes <= MOST_BYTES && done.length - at <= MOST_KEPT) break;
      bytes -= bytesOf(each);
      this.#remove(each);
    }
  }

  #remove(question: Question): void {
    this.stop(question);
    this.#questions.delete(question.id);
    rmSync(question.out, { recursive: true, force: true });
  }
}

/** What somebody can do about it who reads these pages: there are fewer views than elsewhere, and maybe no manual. */
function hintOf({ code, hint }: ExhibitError, { sql }: QueryRequest): string | undefined {
  if (code !== 'QUERY_INVALID' || sql === undefined) return hint;
  const near = /^Candidate bindings: .*?(?=\. The views )/.exec(hint ?? '')?.[0];
  return `${near === undefined ? '' : `${near}. `}${MAY_READ}`;
}

/** Errors of a question, whose messages are for who asked. */
const TOLD: ReadonlySet<string> = new Set(['QUERY_INVALID', 'QUERY_FAILED', 'USAGE']);

export function isOpen({ state: { state } }: Pick<Question, 'state'>): boolean {
  return state === 'waiting' || state === 'reading' || state === 'running';
}

/** The file of all rows, and the rows that can be kept, which are not longer. */
function bytesOf({ state }: Question): number {
  return state.state === 'answered' ? 2 * state.facts.csv.bytes : 0;
}
