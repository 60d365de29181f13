import { problemOf } from '../../each.ts';
import type { Item, Located, Problem, Report, RunFacts, Sample, Source } from '../../types.ts';
import { envelopeOf, exportedLines, type Message } from './log-envelopes.ts';
import { carried, reportOf, sampleOf } from './log-message.ts';

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

    detect({ first, shape, head, name }: Sample) {
      if (shape === 'text') return linesWhy(head, name, others(sources));
      return envelopeOf(Array.isArray(first) ? first[0] : first)?.why;
    },

    read: (report: Report) => read(report, () => others(sources)),
  };
}

const others = (sources: () => readonly Source[]) => sources().filter(({ id }) => id !== 'log-export');

/** Lines with a time before them are many things: they are an export where some format takes what stands behind. */
function linesWhy(head: string, name: string, sources: readonly Source[]): string | undefined {
  const found = head.split('\n').some((line) => {
    const [, content] = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z ([[{].*)$/.exec(line.trimEnd()) ?? [];
    if (content === undefined) return false;
    const sample = sampleOf({ content }, name);
    return sample.first !== undefined && sources.some((each) => each.detect(sample) !== undefined);
  });
  return found ? 'its lines are messages with their time, as CloudWatch Logs exports them to S3' : undefined;
}

/** A message with its place, the format that takes it and the store that it lay in. */
interface Sorted {
  message: Message;
  sample: Sample;
  source: Source;
  store: string;
  line: number;
}

interface Tally {
  taken: Map<Source, number>;
  all: number;
  unknown: number;
  /** What the formats say of what they read. */
  notes: Set<string>;
}

/** Formats that know an event that came again: consecutive messages of them are one report. */
const STREAMED: ReadonlySet<string> = new Set(['kubernetes-audit', 'vap-audit']);

async function* read(report: Report, sources: () => readonly Source[]): AsyncGenerator<Item> {
  const tally: Tally = { taken: new Map(), all: 0, unknown: 0, notes: new Set() };
  const messages = sorted(report, sources(), tally);
  const problems: Problem[] = [];
  const advance = async (): Promise<Sorted | undefined> => {
    for (;;) {
      const { done, value } = await messages.next();
      if (done === true || !('type' in value)) return value ?? undefined;
      problems.push(value);
    }
  };
  let last: Source | undefined;
  const at = { next: await advance() };
  for (let first = at.next; first !== undefined; first = at.next) {
    yield* problems.splice(0);
    const { source } = first;
    if (source !== last) yield { type: 'run', tool: source.tool };
    last = source;
    const streamed = STREAMED.has(source.id);
    let now = first;
    let index = 0;
    /** Goes on as long as the same format takes what comes; what comes after waits. */
    async function* values(): AsyncGenerator<Located> {
      for (let one: Sorted | undefined = now; one?.source === source; one = at.next) {
        [now, index] = [one, 0];
        yield* reportOf(one.message, one.sample, one.line).values();
        at.next = await advance();
      }
    }
    const own = reportOf(first.message, first.sample, first.line);
    for await (const item of source.read(streamed ? { ...own, values } : own)) {
      yield* problems.splice(0);
      if (item.type === 'outcome') yield carried(item, source, now.message, now.store, index++);
      else if (item.type === 'problem') yield { ...item, line: now.line };
      else yield factsOf(item, source, tally);
    }
    // A format that reads no further than one message, or that ends early.
    if (at.next === now) at.next = await advance();
  }
  yield* problems.splice(0);
  yield* summary(tally);
}

/** How many things were looked at is counted in messages, and notes stand together. */
function factsOf({ scanned: _, note, ...facts }: RunFacts, source: Source, { notes }: Tally): RunFacts {
  if (note !== undefined) notes.add(note);
  return { ...facts, tool: facts.tool ?? source.tool };
}

/** The messages of all envelopes, each with the format that takes it. What no format takes is counted. */
async function* sorted(
  report: Report,
  sources: readonly Source[],
  tally: Tally,
): AsyncGenerator<Sorted | Problem> {
  for await (const each of messagesOf(report)) {
    if ('type' in each) {
      yield each;
      continue;
    }
    tally.all += 1;
    const sample = sampleOf(each.message, report.name);
    const source = sources.find((one) => one.detect(sample) !== undefined);
    if (source === undefined) {
      tally.unknown += 1;
      continue;
    }
    tally.taken.set(source, (tally.taken.get(source) ?? 0) + 1);
    yield { ...each, sample, source };
  }
}

async function* messagesOf(
  report: Report,
): AsyncGenerator<{ message: Message; store: string; line: number } | Problem> {
  if (report.shape === 'text') {
    for await (const each of exportedLines(report.lines())) yield { ...each, store: 'cloudwatch' };
    return;
  }
  for await (const place of report.values()) {
    const { line } = place;
    if (place.error !== undefined) {
      yield problemOf(place.error, line);
      continue;
    }
    for (const value of Array.isArray(place.value) ? (place.value as unknown[]) : [place.value]) {
      const envelope = envelopeOf(value);
      if (envelope === undefined)
        yield { type: 'problem', message: 'the value is no message of a log store', line };
      else for (const message of envelope.messages) yield { message, store: envelope.store, line };
    }
  }
}

function* summary({ taken, all, unknown, notes }: Tally): Generator<Item> {
  const sources = [...taken.keys()];
  const read = [...taken].map(([{ id }, count]) => `${count} as ${id}`).join(', ');
  const counts = `${all} messages: ${read === '' ? 'none read' : read}; ${unknown} of no format that is known here`;
  yield {
    type: 'run',
    ...(taken.size === 1 ? {} : { tool: 'log-export' }),
    ...(sources.length > 0 && sources.every(({ population }) => population === 'failures')
      ? { population: 'failures' as const }
      : {}),
    scanned: all,
    note: [counts, ...notes].join('; '),
  };
  if (all > 0 && unknown === all)
    yield {
      type: 'problem',
      message: `none of ${all} messages is of a format that is known here`,
      hint: 'Export the log group or index that the policy tool writes into.',
    };
}
