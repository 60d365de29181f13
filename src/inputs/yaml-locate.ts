import { EVENT_ID } from 'js-yaml';
import type { JsonPath } from './types.ts';
import {
  anchorOf,
  isPlain,
  type NodeEvent,
  offsetOf,
  scalarText,
  tagOf,
  type YamlEvents,
} from './yaml-events.ts';
import { resolveKey } from './yaml-scalars.ts';

const NO_HANDLES: ReadonlyMap<string, string> = new Map();

/** Where a step of a path leads: what is shown to the reader, and the node to go on from. */
interface Target {
  shown: NodeEvent;
  node: number;
}

/**
 * Offset of the key (or list item) that a path names, or of the nearest enclosing one. Aliases and merge keys lead to where
 * the value is written.
 * @param start index of the document's first event; the document was composed before, so it is known to be well-formed
 */
export function yamlOffset(yaml: YamlEvents, start: number, path: JsonPath): number {
  let node = follow(yaml, start);
  let shown = yaml.events[node] as NodeEvent;
  for (const step of path) {
    const target = child(yaml, node, String(step));
    if (target === undefined) break;
    shown = target.shown;
    node = target.node;
  }
  return offsetOf(shown);
}

function child(yaml: YamlEvents, node: number, step: string): Target | undefined {
  const event = yaml.events[node];
  if (event?.type === EVENT_ID.MAPPING) return member(yaml, node, step);
  if (event?.type !== EVENT_ID.SEQUENCE || !/^\d+$/.test(step)) return undefined;
  let at = node + 1;
  for (let index = Number(step); index > 0 && isOpen(yaml, at); index -= 1) at = skip(yaml, at);
  return isOpen(yaml, at) ? { shown: yaml.events[at] as NodeEvent, node: follow(yaml, at) } : undefined;
}

/** The last writer of a key wins, as in composing. */
function member(yaml: YamlEvents, node: number, name: string): Target | undefined {
  let found: Target | undefined;
  for (let at = node + 1; isOpen(yaml, at); ) {
    const value = skip(yaml, at);
    const key = yaml.events[follow(yaml, at)];
    if (key?.type === EVENT_ID.SCALAR) {
      const text = scalarText(yaml, key);
      if (text === '<<' && isPlain(key)) found = merged(yaml, follow(yaml, value), name) ?? found;
      else if (resolveKey(text, isPlain(key), tagOf(yaml, key, NO_HANDLES)) === name)
        found = { shown: yaml.events[at] as NodeEvent, node: follow(yaml, value) };
    }
    at = skip(yaml, value);
  }
  return found;
}

function merged(yaml: YamlEvents, source: number, name: string): Target | undefined {
  if (yaml.events[source]?.type === EVENT_ID.MAPPING) return member(yaml, source, name);
  // Of a list of mappings the first one that has the key wins.
  for (let at = source + 1; isOpen(yaml, at); at = skip(yaml, at)) {
    const found = merged(yaml, follow(yaml, at), name);
    if (found !== undefined) return found;
  }
  return undefined;
}

function isOpen(yaml: YamlEvents, at: number): boolean {
  const event = yaml.events[at];
  return event !== undefined && event.type !== EVENT_ID.POP;
}

/** Index after the node that starts at `at`. */
function skip(yaml: YamlEvents, at: number): number {
  let depth = 0;
  let next = at;
  do {
    const type = yaml.events[next]?.type;
    if (type === EVENT_ID.MAPPING || type === EVENT_ID.SEQUENCE) depth += 1;
    if (type === EVENT_ID.POP) depth -= 1;
    next += 1;
  } while (depth > 0);
  return next;
}

/** The node itself, or for an alias the node of its anchor: the last one of that name before it. */
function follow(yaml: YamlEvents, at: number): number {
  const event = yaml.events[at];
  if (event?.type !== EVENT_ID.ALIAS) return at;
  const name = anchorOf(yaml, event);
  for (let i = at - 1; i >= 0; i -= 1) {
    const other = yaml.events[i];
    if (other === undefined || other.type === EVENT_ID.POP || other.type === EVENT_ID.DOCUMENT) continue;
    if (other.type !== EVENT_ID.ALIAS && anchorOf(yaml, other) === name) return i;
  }
  return at;
}
