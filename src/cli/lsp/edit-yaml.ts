import {
  type Document,
  isAlias,
  isCollection,
  isMap,
  isNode,
  isPair,
  isScalar,
  isSeq,
  type Node,
  type Pair,
  parseAllDocuments,
  stringify,
  type YAMLMap,
} from 'yaml';
import { type Change, type EditRequest, nested } from './json-value.ts';

/** What stands at a place: a member of a mapping, or a node alone (a list item, a document). */
type Found = { pair: Pair; node: Node | null } | { pair?: undefined; node: Node };

/** The change that sets a value in YAML; undefined where that is not simple: an alias, an anchor, a tag, a block in place of a block. */
export function editYaml({ text, offset, path, there, value }: EditRequest): Change | undefined {
  const parsed = parseAllDocuments(text, { version: '1.2' });
  const documents: Document[] = Array.isArray(parsed) ? parsed : [];
  const found = find(documents, offset, there === 0 ? undefined : path[there - 1]);
  if (found === undefined) return undefined;
  const rest = path.slice(there);
  if (rest.length === 0 || isEmpty(found.node)) return replace(text, found, nested(rest, value));
  return isMap(found.node) ? insert(text, found.node, nested(rest, value)) : undefined;
}

function find(
  documents: readonly Document[],
  offset: number,
  step: string | number | undefined,
): Found | undefined {
  for (const { contents } of documents) {
    if (!isNode(contents) || contents.range == null) continue;
    const [start, , end] = contents.range;
    if (offset < start || offset > end) continue;
    return step === undefined ? { node: contents } : below(contents, offset, step);
  }
  return undefined;
}

function below(node: unknown, offset: number, step: string | number): Found | undefined {
  if (!isCollection(node)) return undefined;
  for (const item of node.items) {
    if (isPair(item)) {
      const value = isNode(item.value) ? item.value : null;
      if (isScalar(item.key) && item.key.range?.[0] === offset && String(item.key.value) === String(step))
        return { pair: item, node: value };
      const deeper = below(value, offset, step);
      if (deeper !== undefined) return deeper;
    } else if (isNode(item)) {
      if (isSeq(node) && typeof step === 'number' && item.range?.[0] === offset) return { node: item };
      const deeper = below(item, offset, step);
      if (deeper !== undefined) return deeper;
    }
  }
  return undefined;
}

const isEmpty = (node: Node | null): boolean => node === null || (isScalar(node) && node.value === null);

/** In the older version, so that what kubectl would read as a truth value or a time is quoted. */
const WRITTEN = { version: '1.1', lineWidth: 0 } as const;

/** On one line. */
const flow = (value: unknown): string => stringify(value, { ...WRITTEN, collectionStyle: 'flow' }).trim();

function replace(text: string, { pair, node }: Found, value: unknown): Change | undefined {
  if (node !== null && (isAlias(node) || node.anchor !== undefined || node.tag !== undefined))
    return undefined;
  if (isCollection(node) && node.flow !== true) return undefined;
  if (isScalar(node) && (node.type === 'BLOCK_FOLDED' || node.type === 'BLOCK_LITERAL')) return undefined;
  const [start, end] = node?.range ?? [0, 0];
  if (node !== null && end > start) return { start, end, text: flow(value) };
  // Nothing stands there: behind the colon of its key.
  const key = isNode(pair?.key) ? pair.key.range?.[1] : undefined;
  const colon = key === undefined ? -1 : text.indexOf(':', key);
  if (key === undefined || colon < 0 || text.slice(key, colon).trim() !== '') return undefined;
  return { start: colon + 1, end: colon + 1, text: ` ${flow(value)}` };
}

function insert(text: string, map: YAMLMap, members: unknown): Change | undefined {
  if (map.flow === true) return insertFlow(text, map, members);
  const first = map.items[0]?.key;
  const start = isNode(first) ? first.range?.[0] : undefined;
  const end = endOf(map);
  if (start === undefined || end === undefined) return undefined;
  const indent = ' '.repeat(start - (text.lastIndexOf('\n', start - 1) + 1));
  const newline = text.includes('\r\n') ? '\r\n' : '\n';
  const lines = stringify(members, WRITTEN)
    .trimEnd()
    .split('\n')
    .map((line) => indent + line)
    .join(newline);
  if (end > 0 && text[end - 1] === '\n') return { start: end, end, text: `${lines}${newline}` };
  // Behind a comment on the last line, at the line's end.
  const rest = /[^\r\n]*/y;
  rest.lastIndex = end;
  const tail = rest.exec(text)?.[0] ?? '';
  if (!/^\s*(?:#.*)?$/.test(tail)) return undefined;
  return { start: end + tail.length, end: end + tail.length, text: `${newline}${lines}` };
}

function insertFlow(text: string, map: YAMLMap, members: unknown): Change | undefined {
  const close = (map.range?.[1] ?? 0) - 1;
  if (text[close] !== '}') return undefined;
  const inner = flow(members)
    .replace(/^\{\s*/, '')
    .replace(/\s*\}$/, '');
  const last = map.items.at(-1);
  if (last === undefined) return { start: close, end: close, text: ` ${inner} ` };
  const node = isNode(last.value) ? last.value : isNode(last.key) ? last.key : undefined;
  const end = node?.range?.[1];
  return end === undefined ? undefined : { start: end, end, text: `, ${inner}` };
}

/** Where the text of a node ends, without what comes after it. */
function endOf(node: unknown): number | undefined {
  if (isCollection(node) && node.flow !== true) {
    const last: unknown = node.items.at(-1);
    if (last === undefined) return undefined;
    return isPair(last) ? (endOf(last.value) ?? endOf(last.key)) : endOf(last);
  }
  return isNode(node) ? (node.range?.[1] ?? undefined) : undefined;
}
