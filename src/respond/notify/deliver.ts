import { type Clock, type RandomBytes, type RecordDraft, redactText } from '../../record/index.ts';
import { type RespondConfig, span } from '../findings/config.ts';
import { deliveryRecordId, responseRecord } from '../findings/records.ts';
import type { Outcome } from '../findings/types.ts';
import { messageOf } from './message.ts';
import { isIdempotent, lastOf, type Notice } from './notices.ts';
import type { Sent } from './post.ts';
import type { Sender } from './sender.ts';

export interface DeliverOptions {
  retry: RespondConfig['retry'];
  clock: Clock;
  random: RandomBytes;
  sleep: (milliseconds: number) => Promise<void>;
  /** Writes a record; durable when it returns. */
  record: (draft: RecordDraft) => Promise<void>;
  tool_version: string;
}

export interface Delivered {
  notice: Notice;
  outcome: 'delivered' | 'failed' | 'uncertain';
  attempts: number;
  why?: string;
  receipt?: string;
}

/**
 * Tells one notice, with a wait between attempts that doubles. That it is begun is on disk before it is sent, and each attempt that fails is a
 * record: after a crash nothing is sent twice to a receiver that could not tell, and to others with the same key.
 */
export async function deliver(notice: Notice, sender: Sender, options: DeliverOptions): Promise<Delivered> {
  const { retry, clock, sleep } = options;
  const { finding, channel, event, key } = notice;
  let number = lastOf(finding.deliveries, key)?.number ?? 0;
  const note = (outcome: Outcome, text?: string): Promise<void> => {
    number += 1;
    const act = { action: 'delivery' as const, key, number, channel: channel.name, event, outcome };
    return options.record(
      responseRecord(finding, act, {
        record_id: deliveryRecordId(key, String(number)),
        now: clock(),
        text: text === undefined ? undefined : redactText(text),
        tool_version: options.tool_version,
      }),
    );
  };
  for (let attempt = 1; ; attempt += 1) {
    await note('sending');
    const sent = await sender.send(messageOf(notice, clock()), notice, clock());
    if (sent.outcome === 'delivered') {
      await note('delivered', sent.receipt);
      return {
        ...{ notice, outcome: 'delivered', attempts: attempt },
        ...(sent.receipt === undefined ? {} : { receipt: sent.receipt }),
      };
    }
    // It stays begun: whether it arrived is not known, and saying it again could say it twice.
    if (sent.outcome === 'unknown' && !isIdempotent(channel))
      return { notice, outcome: 'uncertain', attempts: attempt, why: sent.why };
    await note('failed', `attempt ${attempt}: ${sent.why}`);
    const wait = waitBefore(attempt, sent, options);
    if (wait === undefined || attempt >= retry.attempts)
      return { notice, outcome: 'failed', attempts: attempt, why: sent.why };
    await sleep(wait);
  }
}

/** Milliseconds; undefined where another attempt does not help. With a random part, so that many senders do not come at once. */
function waitBefore(
  attempt: number,
  sent: Exclude<Sent, { outcome: 'delivered' }>,
  { retry, random }: Pick<DeliverOptions, 'retry' | 'random'>,
): number | undefined {
  if (sent.outcome === 'failed' && !sent.again) return undefined;
  const longest = span(retry.longest);
  const asked = sent.outcome === 'failed' ? sent.after : undefined;
  if (asked !== undefined) return asked > longest ? undefined : asked;
  const doubled = Math.min(longest, span(retry.first) * 2 ** (attempt - 1));
  return Math.round(doubled * (0.5 + (random(1)[0] ?? 0) / 510));
}
