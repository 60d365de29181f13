import { loadavg } from 'node:os';
import type { Row } from '../measure.ts';
import { bundles } from './bundle.ts';
import { Connection, head, percentile } from './client.ts';
import { place, serve } from './place.ts';

const CALLERS = 500;

/** A new bundle file until the last of 500 callers that wait for it has it whole. */
export async function benchWaiters(runs: number): Promise<Row[]> {
  const source = await bundles();
  const at = await place(source.lines);
  const server = await serve(at);
  try {
    const callers = await Promise.all(Array.from({ length: CALLERS }, () => Connection.open(at.port)));
    const authorization = `Bearer ${at.token}`;
    const [first] = callers;
    if (first === undefined) throw new Error('no callers');
    let { etag } = await first.send(head('GET', '/bundles/main', 0, { authorization }));
    const times: number[] = [];
    let size = 0;
    for (let run = 0; run < runs; run += 1) {
      const request = head('GET', '/bundles/main', 0, {
        authorization,
        prefer: 'modes=snapshot,delta;wait=120',
        'if-none-match': etag ?? '',
      });
      const arrived: number[] = [];
      const waiting = callers.map(async (caller) => {
        const answer = await caller.send(request);
        arrived.push(performance.now());
        return answer;
      });
      const watcher = await Connection.open(at.port);
      for (let waiters = 0; waiters < CALLERS; ) waiters = await waitersOf(at.port, at.token);
      watcher.close();
      const start = performance.now();
      await source.replace();
      const answers = await Promise.all(waiting);
      const before = etag;
      if (answers.some((one) => one.status !== 200 || one.etag === before))
        throw new Error('not the new bundle');
      etag = answers[0]?.etag;
      size = answers[0]?.length ?? 0;
      times.push(Math.max(...arrived) - start);
    }
    for (const caller of callers) caller.close();
    times.sort((a, b) => a - b);
    return [
      {
        name: `A new bundle to ${CALLERS} callers that wait`,
        value: percentile(times, 0.5) / 1_000,
        min: (times[0] ?? 0) / 1_000,
        max: percentile(times, 1) / 1_000,
        unit: 's',
        peak_rss_mb: server.peak(),
        note: `${(size / 1e6).toFixed(2)} MB each, with signing and verifying it; load of the machine ${loadavg()[0]?.toFixed(1)}`,
      },
    ];
  } finally {
    await server.stop();
  }
}

async function waitersOf(port: number, token: string): Promise<number> {
  const response = await fetch(`http://127.0.0.1:${port}/metrics`, {
    headers: { authorization: `Bearer ${token}` },
  });
  return Number(/^exhibit_bundle_waiters (\d+)$/m.exec(await response.text())?.[1] ?? 0);
}
