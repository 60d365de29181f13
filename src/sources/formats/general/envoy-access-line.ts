import { z } from 'zod';

/** One request in Envoy's access log. */
export interface AccessLine {
  time: string | undefined;
  method: string;
  /** Without its query. */
  path: string;
  authority: string | undefined;
  code: number | undefined;
  /** Comma list of flags; `-` for none. */
  flags: string;
  /** Why Envoy answered as it did; empty where the format leaves it out. */
  reason: string;
  request_id: string | undefined;
}

const text = z.string().nullish();

/** Keys as Envoy's and Istio's documentation name them; which ones there are is the operator's choice. */
export const accessEntry = z.looseObject({
  start_time: text,
  method: text,
  path: text,
  authority: text,
  response_code: z.union([z.number(), z.string()]).nullish(),
  response_flags: z.string(),
  response_code_details: text,
  request_id: text,
  x_request_id: text,
});

export function ofEntry(entry: z.infer<typeof accessEntry>): AccessLine {
  const code = Number(entry.response_code ?? Number.NaN);
  return {
    time: entry.start_time ?? undefined,
    method: entry.method ?? '',
    path: withoutQuery(entry.path ?? ''),
    authority: entry.authority ?? undefined,
    code: Number.isInteger(code) ? code : undefined,
    flags: entry.response_flags,
    reason: entry.response_code_details ?? '',
    request_id: entry.request_id ?? entry.x_request_id ?? undefined,
  };
}

/** `[time] "method path protocol" code flags ...`: the beginning is the same in Envoy's default format and in Istio's. */
const LINE = /^\[(\d{4}-[^\]]+)\] "(\S+) (\S+) ([^"]*)" (\d{1,3}|-) (\S+)(?: (.*))?$/;
export const isAccessLine = (line: string): boolean => LINE.test(line);

/** @returns undefined for what is no line of the access log */
export function ofLine(line: string): AccessLine | undefined {
  const match = LINE.exec(line);
  if (match === null) return undefined;
  const [, time, method = '', path = '', , code = '', flags = '-', rest = ''] = match;
  // Of the last texts in quotes: forwarded for, user agent, request id, authority, upstream host.
  const quoted = [...rest.matchAll(/"([^"]*)"/g)].map(([, each = '']) => each);
  const [request_id, authority] = quoted.slice(-3);
  return {
    time,
    method,
    path: withoutQuery(path),
    authority: known(authority),
    code: code === '-' ? undefined : Number(code),
    flags,
    reason: /^(\S+)/.exec(rest)?.[1]?.startsWith('ext_authz') === true ? (rest.split(' ')[0] ?? '') : '',
    request_id: known(request_id),
  };
}

const known = (value: string | undefined): string | undefined =>
  value === '-' || value === '' ? undefined : value;

/** A query may hold tokens. */
const withoutQuery = (path: string): string => path.split('?')[0] ?? '';
