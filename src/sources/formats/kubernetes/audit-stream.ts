import { conform, problemOf } from '../../each.ts';
import type { Item, Report, RunFacts, Sample } from '../../types.ts';
import { Span } from '../span.ts';
import { type AuditEvent, googleEntry, kubernetesEvent, ofGoogle, ofKubernetes } from './audit-event.ts';
import { isObject } from './objects.ts';

/** How many ids are kept to know an event that was sent again: a webhook backend repeats its last batches. */
const REMEMBERED = 8_192;

/** Why a sample is an audit log of Kubernetes; undefined where it is none. */
export function detectAudit({ first }: Sample): string | undefined {
  if (!isObject(first)) return undefined;
  if (/^audit\.k8s\.io\//.test(String(first.apiVersion)))
    return first.kind === 'EventList'
      ? 'it has an EventList of audit.k8s.io'
      : 'it has an event of audit.k8s.io';
  if (isObject(first.protoPayload) && first.protoPayload.serviceName === 'k8s.io')
    return 'it has an entry of Google’s audit log about k8s.io';
  return azureLog(first) === undefined ? undefined : 'it has an entry of Azure’s log kube-audit';
}

/**
 * The events of an audit log, each request once: JSON lines, lists, EventList, and the entries in which clouds wrap events. Only the end
 * of a request tells what became of it; the stages before it, and events that came again, are passed over and counted.
 */
export async function* readAudit(
  report: Report,
  decide: (event: AuditEvent) => Iterable<Item>,
): AsyncGenerator<Item> {
  const span = new Span();
  const seen = new Set<string>();
  const count = { scanned: 0, earlier: 0, again: 0 };
  const take = function* (event: AuditEvent): Generator<Item> {
    if (event.stage !== undefined && !/^(ResponseComplete|Panic)$/.test(event.stage)) {
      count.earlier += 1;
      return;
    }
    if (event.id !== undefined) {
      if (seen.has(event.id)) {
        count.again += 1;
        return;
      }
      seen.add(event.id);
      if (seen.size > REMEMBERED) seen.delete(seen.values().next().value ?? '');
    }
    count.scanned += 1;
    const started = span.saw(event.time);
    if (started !== undefined) yield started;
    yield* decide(event);
  };
  for await (const place of report.values()) {
    if (place.error !== undefined) yield problemOf(place.error, place.line);
    else yield* unwrapped(place.value, take, place.line);
  }
  yield facts(span, count);
}

function facts(
  span: Span,
  { scanned, earlier, again }: { scanned: number; earlier: number; again: number },
): RunFacts {
  const notes = [
    'what a policy let pass leaves no trace in an audit log, unless an annotation names the policy',
  ];
  if (earlier > 0) notes.push(`${earlier} events of earlier stages were passed over`);
  if (again > 0) notes.push(`${again} events came again`);
  return { type: 'run', scanned, ended: span.ended, note: notes.join('; ') };
}

function* unwrapped(
  value: unknown,
  take: (event: AuditEvent) => Iterable<Item>,
  line: number,
  where?: string,
): Generator<Item> {
  if (isObject(value) && value.kind === 'EventList' && Array.isArray(value.items))
    for (const [i, each] of value.items.entries()) yield* unwrapped(each, take, line, `items[${i}]`);
  else if (isObject(value) && isObject(value.protoPayload))
    yield* conform(value, googleEntry, (entry) => take(ofGoogle(entry)), line, where);
  else if (isObject(value) && azureLog(value) !== undefined) yield* ofText(azureLog(value) ?? '', take, line);
  else yield* conform(value, kubernetesEvent, (event) => take(ofKubernetes(event)), line, where);
}

/** AKS: the event is a text within an entry of Azure Monitor. */
function azureLog(value: Record<string, unknown>): string | undefined {
  const { category, properties } = value;
  return /^kube-audit(-admin)?$/.test(String(category)) &&
    isObject(properties) &&
    typeof properties.log === 'string'
    ? properties.log
    : undefined;
}

function* ofText(text: string, take: (event: AuditEvent) => Iterable<Item>, line: number): Generator<Item> {
  let event: unknown;
  try {
    event = JSON.parse(text);
  } catch {
    yield {
      type: 'problem',
      message: 'properties.log is not well-formed JSON',
      line,
      hint: 'Azure cuts long entries.',
    };
    return;
  }
  yield* conform(event, kubernetesEvent, (each) => take(ofKubernetes(each)), line, 'properties.log');
}
