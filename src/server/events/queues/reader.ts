import { isExhibitError } from '../../../record/index.ts';
import type { QueueSetting } from '../settings.ts';
import { snsMessageOf } from '../sns.ts';
import { takeEvents } from '../take.ts';
import type { EventHost } from '../types.ts';
import type { QueueMessage, SqsQueue } from './sqs.ts';

/** From one failed call to the next, milliseconds. */
const PAUSE = 1_000;
const LONGEST_PAUSE = 60_000;

type Queue = Pick<SqsQueue, 'receive' | 'delete' | 'hide' | 'close'>;

/**
 * Reads a queue until it is closed. A message is deleted after its records are on disk, and comes again otherwise; that adds nothing, since an
 * event is known by its bytes. One that cannot be read is on the record as a gap and stays in the queue, so that its dead-letter queue
 * gets it.
 */
export class QueueReader {
  readonly #setting: QueueSetting;
  readonly #queue: Queue;
  readonly #host: EventHost;
  readonly #stop = new AbortController();
  readonly #done: Promise<void>;
  #failed: boolean = false;

  constructor(setting: QueueSetting, queue: Queue, host: EventHost) {
    this.#setting = setting;
    this.#queue = queue;
    this.#host = host;
    host.metrics.gauge('queue_failed', () => (this.#failed ? 1 : 0), { queue: setting.name });
    this.#done = this.#read();
  }

  async close(): Promise<void> {
    this.#stop.abort();
    await this.#done;
    this.#queue.close();
  }

  async #read(): Promise<void> {
    let pause = PAUSE;
    while (!this.#stop.signal.aborted) {
      try {
        this.#host.store.admit();
        const messages = await this.#queue.receive(this.#stop.signal);
        if (this.#failed) this.#host.log('info', 'queue answers again', { queue: this.#setting.name });
        this.#failed = false;
        if (await this.#take(messages)) pause = PAUSE;
        else {
          // What could not be written comes again by itself; until then nothing more is asked for.
          await this.#wait(pause);
          pause = Math.min(pause * 2, LONGEST_PAUSE);
        }
      } catch (error) {
        if (this.#stop.signal.aborted) return;
        this.#say(error);
        await this.#wait(pause);
        pause = Math.min(pause * 2, LONGEST_PAUSE);
      }
    }
  }

  /** @returns false where something could not be written now */
  async #take(messages: readonly QueueMessage[]): Promise<boolean> {
    const outcomes = await Promise.all(messages.map((message) => this.#one(message)));
    const of = (outcome: Outcome) => messages.filter((_, at) => outcomes[at] === outcome);
    for (const outcome of ['taken', 'unread', 'failed'] as const)
      if (of(outcome).length > 0)
        this.#host.metrics.add(
          'queue_messages_total',
          { queue: this.#setting.name, outcome },
          of(outcome).length,
        );
    const left = await this.#queue.delete(of('taken'));
    if (left > 0)
      this.#host.log('warn', 'messages not deleted', { queue: this.#setting.name, messages: left });
    for (const message of of('unread')) await this.#queue.hide(message, this.#setting.poison_seconds);
    return of('failed').length === 0;
  }

  async #one({ id, body, deliveries }: QueueMessage): Promise<Outcome> {
    const { name, format, emitter } = this.#setting;
    const { log } = this.#host;
    try {
      const { unread } = await takeEvents(
        [eventOf(body)],
        { format, emitter, actor: this.#host.actorOf(`queue ${name}`), verified_by: 'queue' },
        this.#host,
      );
      if (unread.length === 0) return 'taken';
      log('error', 'message unread', { queue: name, message: id, deliveries, why: unread[0]?.message });
      return 'unread';
    } catch (error) {
      log('error', 'message not recorded', {
        queue: name,
        message: id,
        code: isExhibitError(error) ? error.code : 'INTERNAL',
        why: error instanceof Error ? error.message : String(error),
      });
      return 'failed';
    }
  }

  #say(error: unknown): void {
    const message = error instanceof Error ? error.message : String(error);
    if (!this.#failed) this.#host.log('error', 'queue not read', { queue: this.#setting.name, message });
    this.#failed = true;
  }

  #wait(milliseconds: number): Promise<void> {
    const { signal } = this.#stop;
    return new Promise((resolve) => {
      const done = () => {
        clearTimeout(timer);
        signal.removeEventListener('abort', done);
        resolve();
      };
      const timer = setTimeout(done, milliseconds);
      signal.addEventListener('abort', done);
      if (signal.aborted) done();
    });
  }
}

type Outcome = 'taken' | 'unread' | 'failed';

/**
 * What a message carries: itself, or what a topic of SNS put into it. The signature of SNS is not asked for here: who may send to the queue,
 * its own policy says.
 */
function eventOf(body: string): Buffer {
  try {
    const message = snsMessageOf(JSON.parse(body));
    if (message?.Type === 'Notification') return Buffer.from(message.Message);
  } catch {
    // No JSON: the reader of the format says so.
  }
  return Buffer.from(body);
}
