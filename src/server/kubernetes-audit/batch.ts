import { z } from 'zod';
import { digestOf } from '../../policy/index.ts';
import type { Digest } from '../../record/index.ts';
import { requestInvalid } from '../http/reply.ts';

const eventList = z.looseObject({
  apiVersion: z.literal('audit.k8s.io/v1'),
  kind: z.literal('EventList'),
  items: z.array(z.unknown()),
});
const final = z.looseObject({ auditID: z.string(), stage: z.string() });

/** Events that an API server sent, of which some may be known. */
export interface Batch {
  events: unknown[];
  /** Over the events that are new. */
  digest: Digest;
  /** Ids of requests that these events end. */
  ended: string[];
  again: number;
}

/**
 * Reads a batch. Everything in it comes from the API server, and names and objects in it from whoever made the requests.
 * @param value JSON of the body
 * @param known whether the end of a request was recorded already
 * @throws ExhibitError REQUEST_INVALID for what is no EventList of version v1
 */
export function readBatch(value: unknown, body: Buffer, known: (id: string) => boolean): Batch {
  const list = eventList.safeParse(value);
  if (!list.success) {
    const version = (value as { apiVersion?: unknown } | null)?.apiVersion;
    throw requestInvalid(
      typeof version === 'string' && version !== 'audit.k8s.io/v1'
        ? `the batch is of ${JSON.stringify(version.slice(0, 100))}, and audit.k8s.io/v1 is what is taken`
        : 'the body is no EventList of audit.k8s.io/v1',
      'Let --audit-webhook-config-file of the API server name this address.',
    );
  }
  const { items } = list.data;
  const ended: string[] = [];
  const events = items.filter((item) => {
    const { data } = final.safeParse(item);
    // Earlier stages, and what cannot be read, are told of by the reader.
    if (data === undefined || !/^(ResponseComplete|Panic)$/.test(data.stage)) return true;
    if (known(data.auditID)) return false;
    ended.push(data.auditID);
    return true;
  });
  const again = items.length - events.length;
  const digest = digestOf(again === 0 ? body : Buffer.from(JSON.stringify(events)));
  return { events, digest, ended, again };
}
