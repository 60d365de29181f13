import { problemOf } from '../../each.ts';
import type { Item, Located, Outcome, Report, Sample, Source } from '../../types.ts';
import { instantOf } from '../../values.ts';
import { envelopeOf, type Message } from './log-envelopes.ts';

/**
 * Policy output that lies in a log store: CloudWatch Logs, Datadog, Splunk. Each message is read by the format that takes it, and its
 * records say both. @param sources all formats, asked for when a report is read
 */
export function logExport(sources: () => readonly Source[]): Source {
  return {
    id: 'log-export',
    title: 'Policy output in exports of CloudWatch Logs, Datadog or Splunk',
    tool: 'log-export',
    layer: 'runtime',
    population: 'varies',
    reference: 'https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/SubscriptionFilters.html',

    detect({ first }: Sample) {
      return envelopeOf(Array.isArray(first) ? first[0] : first)?.why;
    },

    read: (report: Report) => read(report, () => sources().filter(({ id }) => id !== 'log-export')),
  };
}

async function* read(report: Report, sources: () => readonly Source[]): AsyncGenerator<Item> {
  const taken = new Map<string, number>();
  let all = 0;
  let unknown = 0;
  let last: Source | undefined;
  for await (const place of report.values()) {
    if (place.error !== undefined) {
      yield problemOf(place.error, place.line);
      continue;
    }
    for (const value of Array.isArray(place.value) ? (place.value as unknown[]) : [place.value]) {
      const envelope = envelopeOf(value);
      if (envelope === undefined) {
        yield { type: 'problem', message: 'the value is no message of a log store', line: place.line };
        continue;
      }
      for (const message of envelope.messages) {
        all += 1;
        const sample = sampleOf(message, report.name);
        const source = sources().find((each) => each.detect(sample) !== undefined);
        if (source === undefined) {
          unknown += 1;
          continue;
        }
        taken.set(source.id, (taken.get(source.id) ?? 0) + 1);
        if (source !== last) yield { type: 'run', tool: source.tool };
        last = source;
        let index = 0;
        for await (const item of source.read(reportOf(message, sample, place.line))) {
          if (item.type === 'outcome') yield carried(item, source, message, envelope.store, index++);
          else if (item.type === 'problem') yield { ...item, line: place.line };
          else yield { ...item, tool: item.tool ?? source.tool };
        }
      }
    }
  }
  yield* summary(taken, all, unknown);
}

function* summary(taken: ReadonlyMap<string, number>, all: number, unknown: number): Generator<Item> {
  const read = [...taken].map(([id, count]) => `${count} as ${id}`).join(', ');
  yield {
    type: 'run',
    ...(taken.size === 1 ? {} : { tool: 'log-export' }),
    scanned: all,
    note: `${all} messages: ${read === '' ? 'none read' : read}; ${unknown} of no format that is known here`,
  };
  if (all > 0 && unknown === all)
    yield {
      type: 'problem',
      message: `none of ${all} messages is of a format that is known here`,
      hint: 'Export the log group or index that the policy tool writes into.',
    };
}

function sampleOf({ content }: Message, name: string): Sample {
  const text = typeof content === 'string' ? content : JSON.stringify(content ?? null);
  let first: unknown;
  try {
    first = typeof content === 'string' && /^\s*[[{]/.test(content) ? JSON.parse(content) : content;
  } catch {
    first = undefined;
  }
  const list = Array.isArray(first);
  const shape = typeof first === 'object' && first !== null ? (list ? 'json-array' : 'json') : 'text';
  return {
    name,
    shape,
    first: list ? (first as unknown[])[0] : shape === 'text' ? undefined : first,
    head: text.slice(0, 65_536),
  };
}

/** The message as a report of its own. */
function reportOf({ content }: Message, { name, shape }: Sample, line: number): Report {
  const text = typeof content === 'string' ? content : JSON.stringify(content ?? null);
  const parse = () => (typeof content === 'string' ? (JSON.parse(content) as unknown) : content);
  return {
    name,
    shape,
    async *values(): AsyncGenerator<Located> {
      const value = parse();
      for (const [index, each] of (Array.isArray(value) ? (value as unknown[]) : [value]).entries())
        yield { value: each, line, index };
    },
    json: async () => parse(),
    text: async () => text,
    async *lines() {
      for (const each of text.split(/\r?\n/)) if (each !== '') yield { text: each, line };
    },
  };
}

function carried(
  item: Outcome,
  source: Source,
  { id, time, origin }: Message,
  store: string,
  index: number,
): Outcome {
  return {
    ...item,
    tool: item.tool ?? source.tool,
    layer: item.layer ?? source.layer,
    observed_at: item.observed_at ?? instantOf(time),
    source_id: item.source_id ?? (id === undefined ? undefined : JSON.stringify([store, id, index])),
    details: { ...item.details, log_format: source.id, log_store: store, log_origin: origin },
  };
}
