import { jsonIn, listIn, objectOf, type Part } from '../unpack.ts';

/** JSON in the base64 of a Pub/Sub message; undefined where it is none. */
function decoded(data: unknown): unknown {
  return typeof data === 'string' ? jsonIn(Buffer.from(data, 'base64').toString('utf8')) : undefined;
}

/**
 * What a Pub/Sub message carries: `{message: {data}}` of a push, `{receivedMessages: [...]}` of a pull, `{data}` of a function's trigger.
 * A value that is no message comes back as it is; a message whose data is no JSON comes back as undefined.
 */
export function published(value: unknown): Part[] {
  const object = objectOf(value);
  const received = listIn(object, 'receivedMessages');
  if (received !== undefined) return received.flatMap(({ value: each }) => published(each));
  const message = objectOf(object?.message) ?? object;
  if (
    typeof message?.data === 'string' &&
    ('messageId' in message || 'message' in (object ?? {}) || '@type' in message)
  )
    return [{ value: decoded(message.data), where: 'message.data' }];
  return [{ value }];
}
