import { gunzipSync } from 'node:zlib';
import { type Json, jsonIn, objectOf, textOf } from '../unpack.ts';

/** A message that lay in a log store: text, or JSON that the store took apart. */
export interface Message {
  /** Undefined for what the store says of itself. */
  content: unknown;
  /** The store's own id, where it gives one. */
  id?: string | undefined;
  /** As the store writes it. */
  time?: unknown;
  /** Log group and stream, index, service. */
  origin?: string | undefined;
}

/** A store's form of its export. */
export interface Envelope {
  store: 'cloudwatch' | 'datadog' | 'splunk';
  why: string;
  messages: Message[];
}

const MOST_UNPACKED = 64 * 1024 * 1024;

/** What log stores put around messages. Undefined for a value that none of them wrote. Never throws. */
export function envelopeOf(value: unknown): Envelope | undefined {
  const object = objectOf(value);
  if (object === undefined) return undefined;
  return cloudwatch(object) ?? datadog(object) ?? splunk(object);
}

const objects = (list: unknown): Json[] =>
  Array.isArray(list) ? list.map(objectOf).filter((each) => each !== undefined) : [];

function cloudwatch(object: Json): Envelope | undefined {
  const packed =
    objectOf(object.awslogs)?.data ?? (typeof object.recordId === 'string' ? object.data : undefined);
  if (typeof packed === 'string') {
    const inner = objectOf(unpacked(packed));
    const found = inner === undefined ? undefined : cloudwatch(inner);
    return found === undefined ? undefined : { ...found, why: 'it has awslogs.data, gzip in base64' };
  }
  // A Lambda function behind a Kinesis or Firehose stream gets several at once.
  const several = [...objects(object.Records), ...objects(object.records)].flatMap((each) => {
    const data = objectOf(each.kinesis)?.data ?? (typeof each.recordId === 'string' ? each.data : undefined);
    const inner = typeof data === 'string' ? objectOf(unpacked(data)) : undefined;
    return inner === undefined ? [] : [cloudwatch(inner)].filter((found) => found !== undefined);
  });
  if (several.length > 0)
    return {
      store: 'cloudwatch',
      why: 'its records hold data of CloudWatch Logs, gzip in base64',
      messages: several.flatMap(({ messages }) => messages),
    };
  if (typeof object.logGroup === 'string' && Array.isArray(object.logEvents)) {
    const origin = `${object.logGroup}:${String(object.logStream)}`;
    // A control message only asks whether the receiver is there.
    const control = object.messageType === 'CONTROL_MESSAGE';
    const messages = control ? [] : objects(object.logEvents).map((each) => cloudwatchEvent(each, origin));
    return { store: 'cloudwatch', why: 'it has logGroup and logEvents', messages };
  }
  const [first] = objects(object.events);
  if (first !== undefined && 'ingestionTime' in first && 'message' in first)
    return {
      store: 'cloudwatch',
      why: 'its events have message and ingestionTime',
      messages: objects(object.events).map((each) => cloudwatchEvent(each, textOf(each.logStreamName))),
    };
  return undefined;
}

const cloudwatchEvent = (each: Json, origin?: string): Message => ({
  content: each.message,
  id: textOf(each.id) ?? textOf(each.eventId),
  time: each.timestamp,
  origin,
});

const TIMED = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z) (.*)$/;

/**
 * Messages of an export to S3: each line begins with its time, and a line without one goes on with the message before it.
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/S3ExportTasksConsole.html
 */
export async function* exportedLines(
  lines: AsyncIterable<{ text: string; line: number }>,
): AsyncGenerator<{ message: Message; line: number }> {
  let open: { message: Message & { content: string }; line: number } | undefined;
  for await (const { text, line } of lines) {
    const [, time, content] = TIMED.exec(text) ?? [];
    if (time !== undefined && content !== undefined) {
      if (open !== undefined) yield open;
      open = { message: { content, time }, line };
    } else if (open === undefined) yield { message: { content: text }, line };
    else if (open.message.content.length < MOST_UNPACKED) open.message.content += `\n${text}`;
  }
  if (open !== undefined) yield open;
}

function unpacked(base64: string): unknown {
  try {
    const bytes = Buffer.from(base64, 'base64');
    return jsonIn(gunzipSync(bytes, { maxOutputLength: MOST_UNPACKED }).toString('utf8'));
  } catch {
    return undefined;
  }
}

function datadog(object: Json): Envelope | undefined {
  const list = objects(object.data);
  const isLog = (each: Json | undefined) => each?.type === 'log' && objectOf(each.attributes) !== undefined;
  const logs = isLog(list[0]) ? list : isLog(object) ? [object] : [];
  if (logs.length === 0) return undefined;
  const messages = logs.map((each): Message => {
    const attributes = objectOf(each.attributes);
    // Datadog takes JSON messages apart: their members are the custom attributes, and what is left as message may be empty.
    const parsed = objectOf(attributes?.attributes);
    const whole = objectOf(jsonIn(attributes?.message));
    return {
      content: whole ?? parsed ?? attributes?.message,
      id: textOf(each.id),
      time: attributes?.timestamp,
      origin: textOf(attributes?.service),
    };
  });
  return { store: 'datadog', why: 'its data are of type log, with attributes', messages };
}

function splunk(object: Json): Envelope | undefined {
  const [first] = objects(object.results);
  const rows =
    first !== undefined && '_raw' in first
      ? objects(object.results)
      : objects([object.result]).filter((each) => '_raw' in each);
  if (rows.length > 0)
    return {
      store: 'splunk',
      why: 'its results have _raw',
      messages: rows.map((each) => ({
        content: each._raw,
        id: textOf(each._cd) === undefined ? undefined : `${String(each._bkt)} ${String(each._cd)}`,
        time: each._time,
        origin: textOf(each.source) ?? textOf(each.sourcetype),
      })),
    };
  if ('event' in object && ('sourcetype' in object || 'index' in object) && !('kind' in object))
    return {
      store: 'splunk',
      why: 'it has event and sourcetype, as the HTTP event collector takes it',
      messages: [
        {
          content: object.event,
          time: object.time,
          origin: textOf(object.source) ?? textOf(object.sourcetype),
        },
      ],
    };
  return undefined;
}
