import type { Message, SQSClient } from '@aws-sdk/client-sqs';
import type { AwsPlace } from './objects.ts';

/** Seconds that a message is ours: longer than a pass takes. */
const VISIBLE = 1_800;
const WAIT = 2;
const AT_ONCE = 10;
const CALL_MILLISECONDS = 60_000;

/** Messages of a queue of Amazon SQS: sqs:ReceiveMessage and sqs:DeleteMessage, with the credentials that the machine has. */
export class Messages {
  readonly #url: string;
  readonly #place: AwsPlace;
  #client: SQSClient | undefined;

  constructor(url: string, place: AwsPlace) {
    this.#url = url;
    this.#place = place;
  }

  /** Ten at most; none when nothing more waits. @throws what the SDK throws */
  async receive(): Promise<Message[]> {
    const { ReceiveMessageCommand } = await import('@aws-sdk/client-sqs');
    const client = await this.#open();
    const { Messages: found } = await client.send(
      new ReceiveMessageCommand({
        QueueUrl: this.#url,
        MaxNumberOfMessages: AT_ONCE,
        WaitTimeSeconds: WAIT,
        VisibilityTimeout: VISIBLE,
      }),
      { abortSignal: AbortSignal.timeout(CALL_MILLISECONDS) },
    );
    return found ?? [];
  }

  /** @returns how many the queue did not delete: it gives them again */
  async delete(receipts: readonly string[]): Promise<number> {
    const { DeleteMessageBatchCommand } = await import('@aws-sdk/client-sqs');
    const client = await this.#open();
    let left = 0;
    for (let start = 0; start < receipts.length; start += AT_ONCE) {
      const { Failed } = await client.send(
        new DeleteMessageBatchCommand({
          QueueUrl: this.#url,
          Entries: receipts
            .slice(start, start + AT_ONCE)
            .map((receipt, at) => ({ Id: String(at), ReceiptHandle: receipt })),
        }),
        { abortSignal: AbortSignal.timeout(CALL_MILLISECONDS) },
      );
      left += Failed?.length ?? 0;
    }
    return left;
  }

  close(): void {
    this.#client?.destroy();
    this.#client = undefined;
  }

  async #open(): Promise<SQSClient> {
    // Loaded here, so that only who asks a queue has it in memory.
    const { SQSClient: Client } = await import('@aws-sdk/client-sqs');
    const { endpoint } = this.#place;
    // The address of a queue names its region.
    const region = this.#place.region ?? /^https:\/\/sqs\.([a-z0-9-]+)\./.exec(this.#url)?.[1];
    this.#client ??= new Client({
      ...(region === undefined ? {} : { region }),
      ...(endpoint === undefined ? {} : { endpoint }),
    });
    return this.#client;
  }
}
