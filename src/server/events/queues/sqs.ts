import type { SQSClient } from '@aws-sdk/client-sqs';
import type { QueueSetting } from '../settings.ts';

/** A message that is ours until its time is over. All of it is attacker-controlled, as far as others may send to the queue. */
export interface QueueMessage {
  id: string;
  /** Names this delivery, for what is done about it. */
  receipt: string;
  body: string;
  /** How often it was delivered, with this time. */
  deliveries: number;
}

/** Longest wait for a message, seconds: the most that SQS has. */
const WAIT = 20;
const AT_ONCE = 10;

/** A queue of Amazon SQS. Credentials are those that the machine has. */
export class SqsQueue {
  readonly #setting: QueueSetting;
  #client: SQSClient | undefined;

  constructor(setting: QueueSetting) {
    this.#setting = setting;
  }

  /** Ten messages at most; none after some seconds without any. @throws what the SDK throws */
  async receive(signal: AbortSignal): Promise<QueueMessage[]> {
    const { ReceiveMessageCommand } = await import('@aws-sdk/client-sqs');
    const client = await this.#open();
    const { Messages } = await client.send(
      new ReceiveMessageCommand({
        QueueUrl: this.#setting.url,
        MaxNumberOfMessages: AT_ONCE,
        WaitTimeSeconds: WAIT,
        VisibilityTimeout: this.#setting.visibility_seconds,
        MessageSystemAttributeNames: ['ApproximateReceiveCount'],
      }),
      { abortSignal: signal },
    );
    return (Messages ?? []).flatMap(({ MessageId, ReceiptHandle, Body, Attributes }) =>
      ReceiptHandle === undefined
        ? []
        : [
            {
              id: MessageId ?? 'unknown',
              receipt: ReceiptHandle,
              body: Body ?? '',
              deliveries: Number(Attributes?.ApproximateReceiveCount ?? 1),
            },
          ],
    );
  }

  /** @returns messages that the queue did not delete: it gives them again */
  async delete(messages: readonly QueueMessage[]): Promise<number> {
    if (messages.length === 0) return 0;
    const { DeleteMessageBatchCommand } = await import('@aws-sdk/client-sqs');
    const client = await this.#open();
    const { Failed } = await client.send(
      new DeleteMessageBatchCommand({
        QueueUrl: this.#setting.url,
        Entries: messages.map(({ receipt }, at) => ({ Id: String(at), ReceiptHandle: receipt })),
      }),
    );
    return Failed?.length ?? 0;
  }

  /** Lets a message come again after a time. */
  async hide({ receipt }: QueueMessage, seconds: number): Promise<void> {
    const { ChangeMessageVisibilityCommand } = await import('@aws-sdk/client-sqs');
    const client = await this.#open();
    await client.send(
      new ChangeMessageVisibilityCommand({
        QueueUrl: this.#setting.url,
        ReceiptHandle: receipt,
        VisibilityTimeout: seconds,
      }),
    );
  }

  close(): void {
    this.#client?.destroy();
    this.#client = undefined;
  }

  async #open(): Promise<SQSClient> {
    // Loaded here, so that only a server with a queue has it in memory.
    const { SQSClient: Client } = await import('@aws-sdk/client-sqs');
    const { region, endpoint } = this.#setting;
    this.#client ??= new Client({ region, ...(endpoint === undefined ? {} : { endpoint }) });
    return this.#client;
  }
}
