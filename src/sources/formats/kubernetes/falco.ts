import { conform } from '../../each.ts';
import type { Item, Report, Sample, Source } from '../../types.ts';
import { severityOf } from '../../values.ts';
import { otherLines } from '../other-lines.ts';
import { Span } from '../span.ts';
import { falcoEvent, happened } from './falco-event.ts';
import { isObject } from './objects.ts';

const PRIORITY = 'Emergency|Alert|Critical|Error|Warning|Notice|Informational|Debug';
const PLAIN = new RegExp(`^\\d{2}:\\d{2}:\\d{2}\\.\\d+: (${PRIORITY}) (.+)$`);
const QUOTED = new RegExp(`\\{.*"priority"\\s*:\\s*"(${PRIORITY})".*\\}`, 'i');

/**
 * Events of Falco: JSON lines (file, http and program output), lists of them, lines of text with or without JSON in them. Falco says
 * nothing of what it looked at and found well.
 */
export const falco: Source = {
  id: 'falco',
  title: 'Falco events, JSON or text',
  tool: 'falco',
  layer: 'runtime',
  population: 'failures',
  reference: 'https://falco.org/docs/concepts/outputs/channels/',

  detect({ first, head }: Sample) {
    if (isObject(first))
      return typeof first.priority === 'string' &&
        ('rule' in first || 'Rule' in first) &&
        !('apiVersion' in first)
        ? 'it has a rule and a priority'
        : undefined;
    const lines = head.split('\n').slice(0, 200);
    if (lines.some((line) => PLAIN.test(line)))
      return 'it has lines with time and priority as Falco prints them';
    return first === undefined && lines.some((line) => QUOTED.test(line) && /"rule"\s*:/i.test(line))
      ? 'it has lines with an event of Falco in them'
      : undefined;
  },

  async *read(report: Report): AsyncGenerator<Item> {
    const span = new Span();
    let scanned = 0;
    let others = 0;
    for await (const { value, error, line } of eventsOf(report)) {
      if (error !== undefined)
        yield { type: 'problem', message: error, line, hint: 'The log was cut off here.' };
      else if (value === undefined) others += 1;
      else if (Array.isArray(value)) {
        scanned += 1;
        yield plain(value[0], value[1]);
      } else {
        scanned += 1;
        yield* conform(
          value,
          falcoEvent,
          function* (event): Generator<Item> {
            const outcome = happened(event);
            const started = span.saw(outcome.observed_at);
            if (started !== undefined) yield started;
            yield outcome;
          },
          line,
        );
      }
    }
    yield {
      type: 'run',
      scanned,
      ended: span.ended,
      ...otherLines(others, 'event'),
    };
  },
};

type Line = { line: number; error?: string; value?: unknown };

async function* eventsOf(report: Report): AsyncGenerator<Line> {
  if (report.shape === 'json' || report.shape === 'json-array') {
    for await (const { value, error, line } of report.values())
      yield error === undefined ? { line, value } : { line, error: error.message };
    return;
  }
  for await (const { text, line } of report.lines()) {
    const [, priority, output] = PLAIN.exec(text) ?? [];
    if (priority !== undefined) yield { line, value: [priority, output] };
    else if (text.trim() === '') continue;
    else yield { line, ...embedded(text) };
  }
}

/** JSON in a line: the whole of it, or what stands between its first and last brace. */
function embedded(text: string): Pick<Line, 'error' | 'value'> {
  const start = text.indexOf('{');
  if (start < 0) return {};
  try {
    const value: unknown = JSON.parse(text.slice(start, text.lastIndexOf('}') + 1));
    return isObject(value) && 'priority' in value ? { value } : text.startsWith('{') ? { value } : {};
  } catch {
    return /"priority"|"rule"/i.test(text) ? { error: 'the event is not well-formed JSON' } : {};
  }
}

/** The text form names no rule and no date. */
function plain(priority: string, output: string): Item {
  return {
    type: 'outcome',
    check: 'rule-not-stated',
    subject: { type: 'host', id: 'unknown' },
    verdict: 'fail',
    severity: severityOf(priority),
    message: output,
    disposition: 'observed',
    details: { priority, rule_stated: false, hint: 'Set json_output: true, so that Falco names the rule.' },
  };
}
