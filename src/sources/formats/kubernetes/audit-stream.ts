import { conform, problemOf } from '../../each.ts';
import type { Item, Report, RunFacts, Sample } from '../../types.ts';
import { Span } from '../span.ts';
import {
  type AuditEvent,
  googleEntry,
  kubernetesEvent,
  ofGoogle,
  ofKubernetes,
  usualEvent,
} from './audit-event.ts';
import { isSilent } from './audit-silent.ts';
import { LastIds } from './last-ids.ts';
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
 * @param seen is told of each request, also of those of which nothing is recorded
 */
export async function* readAudit(
  report: Pick<Report, 'values'>,
  decide: (event: AuditEvent) => Iterable<Item>,
  seen: (event: AuditEvent) => void = () => {},
): AsyncGenerator<Item> {
  const log = new Requests(seen);
  const take = function* (event: AuditEvent): Generator<Item> {
    if (!log.takes(event)) return;
    const started = log.span.saw(event.time);
    if (started !== undefined) yield started;
    if (!isSilent(event)) yield* decide(event);
  };
  for await (const place of report.values()) {
    if (place.error !== undefined) {
      yield problemOf(place.error, place.line);
      continue;
    }
    const usual = usualEvent(place.value);
    if (usual === undefined) yield* unwrapped(place.value, take, place.line);
    // Most events tell nothing of admission, and a generator for each would cost more than reading it.
    else if (isSilent(usual) && log.span.began) log.pass(usual);
    else yield* take(usual);
  }
  yield log.facts();
}

/** The requests of a log, each once. */
class Requests {
  readonly span = new Span();
  readonly #seen = new LastIds(REMEMBERED);
  readonly #tell: (event: AuditEvent) => void;
  #scanned = 0;
  #earlier = 0;
  #again = 0;

  constructor(tell: (event: AuditEvent) => void) {
    this.#tell = tell;
  }

  /** False for an event of an earlier stage and for one that came again: they are counted. */
  takes(event: AuditEvent): boolean {
    const { stage, id } = event;
    if (stage !== undefined && stage !== 'ResponseComplete' && stage !== 'Panic') {
      this.#earlier += 1;
      return false;
    }
    if (id !== undefined && !this.#seen.add(id)) {
      this.#again += 1;
      return false;
    }
    this.#scanned += 1;
    this.#tell(event);
    return true;
  }

  /** Counts an event of which nothing else is to be said. */
  pass(event: AuditEvent): void {
    if (this.takes(event)) this.span.saw(event.time);
  }

  facts(): RunFacts {
    const notes = [
      'what a policy let pass leaves no trace in an audit log, unless an annotation names the policy',
    ];
    if (this.#earlier > 0) notes.push(`${this.#earlier} events of earlier stages were passed over`);
    if (this.#again > 0) notes.push(`${this.#again} events came again`);
    return { type: 'run', scanned: this.#scanned, ended: this.span.ended, note: notes.join('; ') };
  }
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
