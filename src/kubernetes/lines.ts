import type { IncomingMessage } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { brokenOff, connectionFault } from './fault.ts';

interface LinesOptions {
  what: string;
  /** Milliseconds. */
  silence: number;
  bytes: number;
}

const NEWLINE = 0x0a;

/** Lines of an answer without their ends. @throws ExhibitError CLUSTER_FAILED for silence, a line that is too long, a connection that breaks */
export async function* linesOf(
  response: IncomingMessage,
  { what, silence, bytes }: LinesOptions,
): AsyncGenerator<string> {
  const parts = response[Symbol.asyncIterator]() as AsyncIterator<Buffer>;
  let rest: Buffer[] = [];
  let length = 0;
  for (;;) {
    const { done, value } = await next(parts, what, silence);
    if (done === true) {
      // Cut within a line: nothing of it is believed.
      if (length > 0) throw connectionFault(what, 'the connection ended within a line');
      return;
    }
    let from = 0;
    for (let end = value.indexOf(NEWLINE); end !== -1; end = value.indexOf(NEWLINE, from)) {
      const line = Buffer.concat([...rest, value.subarray(from, end)]).toString('utf8');
      [rest, length, from] = [[], 0, end + 1];
      if (line.trim() !== '') yield line;
    }
    if (from < value.length) {
      rest.push(value.subarray(from));
      length += value.length - from;
    }
    if (length > bytes) throw connectionFault(what, `a line is longer than ${bytes} bytes`);
  }
}

async function next(
  parts: AsyncIterator<Buffer>,
  what: string,
  silence: number,
): Promise<IteratorResult<Buffer>> {
  const timer = new AbortController();
  const late = sleep(silence, 'late' as const, { signal: timer.signal, ref: false });
  try {
    const came = await Promise.race([parts.next(), late]);
    if (came === 'late') throw connectionFault(what, `nothing came for ${silence} ms`);
    return came;
  } catch (error) {
    throw brokenOff(what, error);
  } finally {
    timer.abort();
    late.catch(() => {});
  }
}
