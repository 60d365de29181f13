import { DEFAULT_LIMITS, type InputFile, parseInput } from '../../../inputs/index.ts';
import { isExhibitError } from '../../../record/index.ts';
import { saidBy, unknownPart } from '../problem.ts';
import { unpacked } from '../unpack.ts';
import { LatestItems } from './latest.ts';
import { Messages } from './messages.ts';
import { type ConfigNotice, noticeOf } from './notice.ts';
import { type AwsPlace, Objects } from './objects.ts';

/** Messages of one pass; the rest waits for the next one. */
const AT_MOST = 2_000;
/** Resources of which the time of the last item is kept. */
const MOST_SEEN = 200_000;

/**
 * Changes that AWS Config tells a queue, by a topic of SNS or by EventBridge. A pass takes what waits, and judges the last item of each resource; messages
 * are deleted by `settle`, when their records are on disk. One that cannot be read is a problem, and stays for the
 * dead-letter queue.
 */
export class ConfigQueue {
  readonly name: string;
  readonly #messages: Messages;
  readonly #objects: Objects;
  readonly #most: number;
  readonly #seen = new Map<string, string>();
  #taken: string[] = [];
  #other = 0;

  /** @param most longest object in bytes, unpacked, of those that a message names */
  constructor(url: string, place: AwsPlace, most: number = DEFAULT_LIMITS.fileBytes) {
    this.name = `sqs:${url.slice(url.lastIndexOf('/') + 1)}`;
    this.#messages = new Messages(url, place);
    this.#objects = new Objects(place);
    this.#most = most;
  }

  /** What waits in the queue. A queue that cannot be read is a problem. */
  async *files(): AsyncGenerator<InputFile> {
    this.#taken = [];
    const latest = new LatestItems();
    try {
      for (let count = 0; count < AT_MOST; ) {
        const messages = await this.#messages.receive();
        if (messages.length === 0) break;
        count += messages.length;
        for (const { Body = '', MessageId = 'unknown', ReceiptHandle } of messages) {
          const { problem, keep } = await this.#take(noticeOf(Body), `${this.name}/${MessageId}`, latest);
          if (problem !== undefined) yield problem;
          if (ReceiptHandle !== undefined && keep !== true) this.#taken.push(ReceiptHandle);
        }
      }
    } catch (cause) {
      yield unknownPart(this.name, 'INPUT_UNREADABLE', `the queue cannot be read: ${saidBy(cause)}`, {
        cause,
        hint: 'Allow sqs:ReceiveMessage and sqs:DeleteMessage, and look at the address and its region.',
      });
    }
    if (this.#seen.size > MOST_SEEN) this.#seen.clear();
    latest.notBefore(this.#seen);
    yield* latest.documents(this.name);
  }

  /** Deletes what the last pass took. @returns messages that were no news of a resource, and those that the queue kept */
  async settle(): Promise<{ other: number; left: number }> {
    const left = this.#taken.length === 0 ? 0 : await this.#messages.delete(this.#taken);
    const other = this.#other;
    this.#taken = [];
    this.#other = 0;
    return { other, left };
  }

  close(): void {
    this.#messages.close();
    this.#objects.close();
  }

  async #take(notice: ConfigNotice | 'other' | undefined, file: string, latest: LatestItems): Promise<Taken> {
    if (notice === undefined)
      return {
        problem: unknownPart(file, 'INPUT_FORMAT', 'the message is no notice of AWS Config'),
        keep: true,
      };
    if (notice === 'other') {
      this.#other += 1;
      return {};
    }
    switch (notice.messageType) {
      case 'ConfigurationItemChangeNotification':
        latest.add(notice);
        return {};
      case 'OversizedConfigurationItemChangeNotification': {
        const { s3BucketLocation, errorMessage } = notice.s3DeliverySummary;
        const [, bucket, key] = /^([^/]+)\/(.+)$/.exec(s3BucketLocation ?? '') ?? [];
        if (bucket !== undefined && key !== undefined) return this.#object(bucket, key, file, latest);
        const why = errorMessage ?? 'no place is named';
        return {
          problem: unknownPart(
            file,
            'INPUT_UNREADABLE',
            `the item was too large for its message, and was not delivered: ${why}`,
            { hint: 'aws configservice get-resource-config-history has the item.' },
          ),
        };
      }
      case 'ConfigurationSnapshotDeliveryCompleted':
        return this.#object(notice.s3Bucket, notice.s3ObjectKey, file, latest);
      case 'ConfigurationSnapshotDeliveryFailed':
      case 'ConfigurationHistoryDeliveryFailed':
        return {
          problem: unknownPart(file, 'INPUT_UNREADABLE', 'AWS Config could not deliver to its bucket', {
            hint: 'Look at the delivery channel: aws configservice describe-delivery-channel-status.',
          }),
        };
      default:
        return notice satisfies never;
    }
  }

  async #object(bucket: string, key: string, file: string, latest: LatestItems): Promise<Taken> {
    const place = `s3://${bucket}/${key}`;
    try {
      const raw = await this.#objects.read(bucket, key, this.#most);
      const read = parseInput(place, unpacked(place, raw, this.#most), { fileBytes: this.#most });
      const [problem] = read.problems;
      if (problem !== undefined)
        return { problem: { file, documents: [], problems: [{ ...problem, file }] }, keep: true };
      if (read.documents.some(({ kind }) => kind !== 'aws-config'))
        return {
          problem: unknownPart(file, 'INPUT_FORMAT', `${place} is no file of AWS Config`),
          keep: true,
        };
      for (const { value } of read.documents) latest.add(value);
      return {};
    } catch (error) {
      if (!isExhibitError(error)) throw error;
      return { problem: { file, documents: [], problems: [{ file, error }] }, keep: true };
    }
  }
}

/** What became of a message. One that nobody could read is kept in the queue. */
interface Taken {
  problem?: InputFile;
  keep?: boolean;
}
