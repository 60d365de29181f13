import { cedarReference } from '../cedar-reference.ts';
import { jsonLocator } from '../json-locate.ts';
import { type Format, isObject, looksLikeJson } from '../source.ts';

const NEEDED = ['principal', 'action', 'resource'] as const;
const KNOWN: ReadonlySet<string> = new Set([...NEEDED, 'context', 'entities']);

/**
 * What Cedar is asked: `{principal, action, resource, context, entities}`, one or a list of them. A document with any other
 * field is another kind of JSON: what reads a request must read all of it.
 */
export const cedarRequest: Format = {
  name: 'cedar-request',
  reference: {
    known: 'by its content: principal, action and resource, and nothing but context and entities beside',
    sees: 'one request',
    positions: 'the key or item',
  },
  detect(source) {
    if (!looksLikeJson(source)) return false;
    try {
      const value = source.json();
      return Array.isArray(value) ? value.length > 0 && value.every(isRequest) : isRequest(value);
    } catch {
      return false;
    }
  },
  parse(source) {
    const value = source.json();
    const locate = jsonLocator(source.text);
    if (!Array.isArray(value))
      return [{ kind: 'cedar-request', value, locate: (path) => source.place(locate(path)) }];
    return value.map((item: unknown, index) => ({
      kind: 'cedar-request',
      value: item,
      locate: (path) => source.place(locate([index, ...path])),
    }));
  },
};

function isRequest(value: unknown): boolean {
  return (
    isObject(value) &&
    Object.keys(value).every((key) => KNOWN.has(key)) &&
    NEEDED.every((key) => Object.hasOwn(value, key) && cedarReference(value[key]) !== undefined) &&
    (!Object.hasOwn(value, 'context') || isObject(value.context)) &&
    (!Object.hasOwn(value, 'entities') || Array.isArray(value.entities))
  );
}
