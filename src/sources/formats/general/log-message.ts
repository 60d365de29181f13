import type { Located, Outcome, Report, Sample, Source } from '../../types.ts';
import { instantOf } from '../../values.ts';
import type { Message } from './log-envelopes.ts';

/** What detection sees of a message. */
export function sampleOf({ content }: Pick<Message, 'content'>, name: string): Sample {
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
export function reportOf(
  { content }: Pick<Message, 'content'>,
  { name, shape }: Sample,
  line: number,
): Report {
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

/** An outcome with where it lay. */
export function carried(
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
