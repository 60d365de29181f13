import { isRecord } from './manifest.ts';

/** One difference between two values, by its JSON pointer. */
export interface Change {
  pointer: string;
  from: unknown;
  to: unknown;
}

/** What differs, in the order of the first value's fields and then of new ones. Lists are compared place by place. */
export function changesOf(from: unknown, to: unknown, pointer = ''): Change[] {
  if (isRecord(from) && isRecord(to)) {
    const keys = [...new Set([...Object.keys(from), ...Object.keys(to)])];
    return keys.flatMap((key) => changesOf(from[key], to[key], `${pointer}/${escaped(key)}`));
  }
  if (Array.isArray(from) && Array.isArray(to)) {
    const length = Math.max(from.length, to.length);
    return Array.from({ length }, (_, i) => changesOf(from[i], to[i], `${pointer}/${i}`)).flat();
  }
  return Object.is(from, to) ? [] : [{ pointer, from, to }];
}

/** Changes in words, one a line part: `/spec/hostPID: true -> absent`. */
export function said(changes: readonly Change[]): string {
  return changes.map(({ pointer, from, to }) => `${pointer}: ${shown(from)} -> ${shown(to)}`).join('; ');
}

const shown = (value: unknown): string => (value === undefined ? 'absent' : JSON.stringify(value));
const escaped = (key: string): string => key.replaceAll('~', '~0').replaceAll('/', '~1');
