import type { Builtin } from '../wasm/instance.ts';
import { isArray, RegoObject, RegoSet, sorted, type Term } from '../wasm/term.ts';
import { fail, object, string } from './operands.ts';

const decoder = new TextDecoder('utf-8', { ignoreBOM: true });

const hexDecode: Builtin = ([text]) => {
  const hex = string(text);
  if (hex.length % 2 !== 0 || !/^[0-9a-fA-F]*$/.test(hex)) fail('not hexadecimal');
  return decoder.decode(Buffer.from(hex, 'hex'));
};

/** Go's url.QueryEscape: everything but letters, digits and `-_.~`; a space is a plus. */
function escapeQuery(text: string): string {
  return encodeURIComponent(text.toWellFormed())
    .replace(/[!'()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`)
    .replaceAll('%20', '+');
}

/** Go's url.QueryUnescape. Bytes that are not UTF-8 become the replacement character. */
function unescapeQuery(text: string): string {
  if (/%(?![0-9a-fA-F]{2})/.test(text)) fail('invalid URL escape');
  return text
    .replaceAll('+', ' ')
    .replace(/(?:%[0-9a-fA-F]{2})+/g, (run) => decoder.decode(Buffer.from(run.replaceAll('%', ''), 'hex')));
}

const encodeObject: Builtin = ([term]) =>
  [...object(term).entries]
    .map(([key, value]) => [string(key), queryValues(value)] as const)
    .sort(([a], [b]) => Buffer.compare(Buffer.from(a), Buffer.from(b)))
    .flatMap(([key, values]) => values.map((value) => `${escapeQuery(key)}=${escapeQuery(value)}`))
    .join('&');

function queryValues(value: Term): string[] {
  if (typeof value === 'string') return [value];
  if (value instanceof RegoSet) return sorted(value.items).map(string);
  return isArray(value) ? value.map(string) : fail('values must be strings');
}

/** Go's url.ParseQuery: a semicolon is an error. */
const decodeObject: Builtin = ([text]) => {
  const found = new Map<string, string[]>();
  for (const part of string(text).split('&')) {
    if (part === '') continue;
    if (part.includes(';')) fail('invalid semicolon separator');
    const equals = part.indexOf('=');
    const key = unescapeQuery(equals < 0 ? part : part.slice(0, equals));
    found.set(key, [...(found.get(key) ?? []), equals < 0 ? '' : unescapeQuery(part.slice(equals + 1))]);
  }
  return new RegoObject([...found]);
};

export const encoding: Readonly<Record<string, Builtin>> = {
  'hex.encode': ([text]) => Buffer.from(string(text)).toString('hex'),
  'hex.decode': hexDecode,
  'base64url.encode_no_pad': ([text]) => Buffer.from(string(text)).toString('base64url'),
  'urlquery.encode': ([text]) => escapeQuery(string(text)),
  'urlquery.decode': ([text]) => unescapeQuery(string(text)),
  'urlquery.encode_object': encodeObject,
  'urlquery.decode_object': decodeObject,
};
