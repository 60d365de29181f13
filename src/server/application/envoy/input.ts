import { isObject } from '../../../record/index.ts';
import type { PlainMessage } from './proto.ts';

/**
 * What a policy sees of a check: `attributes` as JSON of protobuf, `parsed_path` and `parsed_query` beside it, as OPA's plugin for Envoy
 * writes them, so that one policy serves both.
 */
export function checkInput(message: PlainMessage): PlainMessage {
  const attributes = isObject(message.attributes) ? { ...message.attributes } : {};
  const request = isObject(attributes.request) ? { ...attributes.request } : undefined;
  if (request !== undefined) {
    if (isObject(request.time)) request.time = instant(request.time);
    if (isObject(request.http)) request.http = withHeaders(request.http);
    attributes.request = request;
  }
  for (const key of ['metadataContext', 'routeMetadataContext'] as const) {
    const metadata = attributes[key];
    if (isObject(metadata) && isObject(metadata.filterMetadata))
      attributes[key] = { filterMetadata: mapped(metadata.filterMetadata, structure) };
  }
  const http = isObject(request?.http) ? request.http : {};
  return { attributes, ...parsedPath(typeof http.path === 'string' ? http.path : '') };
}

/** Where Envoy sends raw headers, they stand in a list; several of one name are joined as HTTP joins them. */
function withHeaders(http: Record<string, unknown>): Record<string, unknown> {
  const { headerMap, ...rest } = http;
  if (!isObject(headerMap) || !Array.isArray(headerMap.headers)) return http;
  const headers = new Map<string, string>();
  for (const each of headerMap.headers as { key?: string; value?: string; rawValue?: string }[]) {
    const name = (each.key ?? '').toLowerCase();
    const value = each.value ?? Buffer.from(each.rawValue ?? '', 'base64').toString('utf8');
    const before = headers.get(name);
    headers.set(name, before === undefined ? value : `${before},${value}`);
  }
  return { ...rest, headers: Object.fromEntries(headers) };
}

function parsedPath(path: string): PlainMessage {
  const [whole = '', query] = path.split(/\?(.*)/s, 2);
  const parsed = new Map<string, string[]>();
  for (const [key, value] of new URLSearchParams(query ?? ''))
    parsed.set(key, [...(parsed.get(key) ?? []), value]);
  return { parsed_path: whole.replace(/^\//, '').split('/'), parsed_query: Object.fromEntries(parsed) };
}

function instant({ seconds, nanos }: Record<string, unknown>): string {
  const time = new Date(Number(seconds ?? 0) * 1_000 + Math.floor(Number(nanos ?? 0) / 1e6));
  return Number.isNaN(time.getTime()) ? '' : time.toISOString();
}

const mapped = (value: Record<string, unknown>, of: (item: unknown) => unknown) =>
  Object.fromEntries(Object.entries(value).map(([key, item]) => [key, of(item)]));

/** `google.protobuf.Struct` as the JSON that it stands for. */
function structure(value: unknown): unknown {
  return isObject(value) && isObject(value.fields) ? mapped(value.fields, plain) : {};
}

function plain(value: unknown): unknown {
  if (!isObject(value)) return null;
  if ('structValue' in value) return structure(value.structValue);
  if ('listValue' in value) {
    const { values } = (value.listValue ?? {}) as { values?: unknown[] };
    return (values ?? []).map(plain);
  }
  return value.stringValue ?? value.numberValue ?? value.boolValue ?? null;
}
