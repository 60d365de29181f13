import { redact } from '../../../record/index.ts';
import { problemOf } from '../../each.ts';
import type { Item, Located, Outcome, Report, Sample, Source } from '../../types.ts';
import { otherLines } from '../other-lines.ts';
import { Span } from '../span.ts';
import { aiSystemOf, type DecisionEvent, pathName, readEvent } from './opa-event.ts';
import { verdictOf } from './opa-verdict.ts';

/**
 * Events of OPA's decision log, from a file: the lists that it uploads, or the lines that it prints with `decision_logs.console`. What it
 * uploads to Exhibit's server is taken there by the same code.
 */
export const opaDecisionLog: Source = {
  id: 'opa-decision-log',
  title: 'OPA decision log',
  tool: 'opa',
  layer: 'runtime',
  population: 'all',
  reference: 'https://www.openpolicyagent.org/docs/management-decision-logs',

  detect({ first, head }: Sample) {
    if (isDecision(first)) return 'it has a decision_id and what was asked';
    return first !== undefined && /"type":\s*"openpolicyagent\.org\/decision_logs"/.test(head)
      ? 'it has lines of OPA’s decision log'
      : undefined;
  },

  read: (report: Report) => readDecisions(report.values(), outcomeOf),
};

/** Whether a value is an event of OPA's decision log. */
export function isDecision(value: unknown): value is Record<string, unknown> {
  return (
    typeof value === 'object' &&
    value !== null &&
    'decision_id' in value &&
    'timestamp' in value &&
    ('path' in value || 'query' in value || 'bundles' in value)
  );
}

/** All events of a log. Lines of OPA about other things stand between those that it prints. */
export async function* readDecisions(
  values: AsyncIterable<Located>,
  outcome: (event: DecisionEvent) => Outcome,
): AsyncGenerator<Item> {
  const span = new Span();
  let version: string | undefined;
  let scanned = 0;
  let others = 0;
  for await (const { value, error, line } of values) {
    if (error !== undefined) {
      yield problemOf(error, line);
      continue;
    }
    if (isOtherLine(value)) {
      others += 1;
      continue;
    }
    scanned += 1;
    const event = readEvent(value);
    if (typeof event === 'string') {
      yield { type: 'problem', message: `the decision cannot be read: ${event}`, line };
      continue;
    }
    const started = span.saw(new Date(event.time).toISOString());
    if (started !== undefined) yield started;
    if (event.labels.version !== undefined && event.labels.version !== version) {
      version = event.labels.version;
      yield { type: 'run', tool_version: version };
    }
    yield outcome(event);
  }
  yield {
    type: 'run',
    scanned,
    ended: span.ended,
    ...otherLines(others, 'decision'),
  };
}

function isOtherLine(value: unknown): boolean {
  return (
    typeof value === 'object' &&
    value !== null &&
    'level' in value &&
    'msg' in value &&
    !('decision_id' in value)
  );
}

/** A decision about an application's own rule: a yes or a no about the request. */
export function outcomeOf(event: DecisionEvent): Outcome {
  const { decision_id, path, result, error, time, revisions, erased, masked, trace_id } = event;
  const { verdict, message } = verdictOf(path, result, error);
  const shown = result === undefined || typeof result === 'boolean' ? undefined : redact(result).value;
  return {
    type: 'outcome',
    check: pathName(path),
    subject: { type: 'request', id: decision_id },
    verdict,
    message,
    observed_at: new Date(time).toISOString(),
    source_id: decision_id,
    details: {
      ...(revisions.length === 0 ? {} : { revisions }),
      ...(shown === undefined ? {} : { result: shown }),
      // What OPA took out of the event before it wrote it.
      ...(erased.length === 0 ? {} : { erased }),
      ...(masked.length === 0 ? {} : { masked }),
      ...(trace_id === undefined ? {} : { trace_id }),
      ...(event.labels.id === undefined ? {} : { instance: event.labels.id }),
      ...aiSystemOf(event),
    },
  };
}
