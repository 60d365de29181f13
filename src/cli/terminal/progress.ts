import type { Clock } from '../../record/index.ts';
import type { Sink } from '../context.ts';

/** Reports how far a long work is. */
export interface Progress {
  /** @param done how many are done @param total how many there are, where that is known */
  update(done: number, total?: number): void;
  /** Clears the line. */
  end(): void;
}

/** Work shorter than this shows nothing. */
const QUIET_MILLISECONDS = 500;
const REDRAW_MILLISECONDS = 100;

/**
 * A line on a terminal's standard error with count, share and time left; nothing where that is not a terminal.
 * @param label what is being done, such as `verifying entries`
 */
export function progress(label: string, sink: Sink, clock: Clock): Progress {
  if (!sink.isTTY) return { update: () => undefined, end: () => undefined };
  const start = clock();
  let drawn = 0;
  return {
    update(done, total) {
      const now = clock();
      if (now - start < QUIET_MILLISECONDS || now - drawn < REDRAW_MILLISECONDS) return;
      drawn = now;
      sink.write(`\r\x1b[K${progressLine(label, done, total, now - start).slice(0, sink.columns - 1)}`);
    },
    end() {
      if (drawn > 0) sink.write('\r\x1b[K');
    },
  };
}

/** `label  1,234 of 5,678 (21 %), about 12 s left` */
export function progressLine(
  label: string,
  done: number,
  total: number | undefined,
  elapsed: number,
): string {
  const count = (n: number) => n.toLocaleString('en-US');
  if (total === undefined || total === 0) return `${label}  ${count(done)}`;
  const left = done === 0 ? undefined : Math.ceil(((elapsed / done) * (total - done)) / 1000);
  const share = Math.floor((100 * done) / total);
  return `${label}  ${count(done)} of ${count(total)} (${share} %)${left === undefined ? '' : `, about ${left} s left`}`;
}
