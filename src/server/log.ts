import { formatInstant } from '../record/index.ts';

export type LogLevel = 'info' | 'warn' | 'error';
/** One JSON object a line. Callers pass what a reader may see: never headers, bodies or tokens. */
export type Log = (level: LogLevel, event: string, fields?: Readonly<Record<string, unknown>>) => void;

/** @param write takes a line with its end */
export function jsonLog(write: (line: string) => void, clock: () => number): Log {
  return (level, event, fields = {}) =>
    write(`${JSON.stringify({ time: formatInstant(clock()), level, event, ...fields })}\n`);
}
