import { loadavg } from 'node:os';
import { uuidv7 } from '../../src/record/index.ts';
import { decisions, pooledRandom } from '../ledger/records.ts';
import type { Row } from '../measure.ts';
import { Connection, closedLoop, head, type Load, openLoop, percentile } from './client.ts';
import { place, serve } from './place.ts';

/** The request of a batch whose ids and numbers are written anew each time, in place: the client must not be what is measured. */
export class Batch {
  readonly #head: Buffer;
  readonly #body: Buffer;
  readonly #ids: number[] = [];
  readonly #numbers: number[] = [];
  readonly #random = pooledRandom();
  #next = 0;

  constructor(emitter: string, count: number, token: string) {
    const records = decisions(count, emitter, Date.now(), this.#random);
    const text = records.map((record) => `${JSON.stringify({ ...record, sequence: FIRST })}\n`).join('');
    this.#body = Buffer.from(text);
    for (let at = text.indexOf('"record_id":"'); at >= 0; at = text.indexOf('"record_id":"', at + 1))
      this.#ids.push(at + '"record_id":"'.length);
    for (let at = text.indexOf('"sequence":'); at >= 0; at = text.indexOf('"sequence":', at + 1))
      this.#numbers.push(at + '"sequence":'.length);
    this.#head = head('POST', '/v1/records', this.#body.length, {
      authorization: `Bearer ${token}`,
      'content-type': 'application/x-ndjson',
    });
  }

  get count(): number {
    return this.#ids.length;
  }

  request(): readonly Uint8Array[] {
    const now = Date.now();
    for (let at = 0; at < this.#ids.length; at += 1) {
      this.#body.write(uuidv7(now, this.#random), this.#ids[at] as number, 'latin1');
      this.#body.write(String(FIRST + this.#next), this.#numbers[at] as number, 'latin1');
      this.#next += 1;
    }
    return [this.#head, this.#body];
  }
}

/** All numbers have as many digits. */
const FIRST = 1_000_000_000;
const CONNECTIONS = 4;
const BATCH = 1_000;
const SMALL = 100;

export async function benchIngest(seconds: number): Promise<Row[]> {
  const at = await place();
  const server = await serve(at);
  try {
    const batches = await Promise.all(
      Array.from({ length: CONNECTIONS }, async (_, n) => ({
        connection: await Connection.open(at.port),
        large: new Batch(`load/${n}`, BATCH, at.token),
      })),
    );
    const all = async (length: number): Promise<Load[]> =>
      Promise.all(
        batches.map(({ connection, large }) => closedLoop([connection], length, () => large.request())),
      );
    await all(2);
    const cpu = server.cpu();
    const loads = await all(seconds);
    const used = server.cpu() - cpu;
    const took = Math.max(...loads.map((load) => load.seconds));
    const records = loads.reduce((sum, { good }) => sum + good * BATCH, 0);
    const failed = loads.reduce((sum, { bad }) => sum + bad, 0);
    const note = (text: string) => `${text}; load of the machine ${loadavg()[0]?.toFixed(1)}`;
    const rows: Row[] = [
      {
        name: 'Ingest to durable acknowledgement, sealing at once',
        value: Math.round(records / took),
        unit: 'records/s',
        records,
        peak_rss_mb: server.peak(),
        note: note(
          `${CONNECTIONS} connections, ${BATCH} records a batch, ${failed} refused; server used ${((used / records) * 1e6).toFixed(1)} µs of processor a record`,
        ),
      },
    ];
    const rate = 15_000 / SMALL;
    const pool = await Promise.all(Array.from({ length: 16 }, () => Connection.open(at.port)));
    const small = new Batch('load/small', SMALL, at.token);
    // The body is written anew only when the last one is out: cork and write copy nothing, so each request is a copy.
    const next = () => small.request().map((part) => Buffer.from(part));
    await openLoop(pool, 1, rate, next);
    const paced = await openLoop(pool, seconds, rate, next);
    rows.push({
      name: 'p99 of a batch of 100 records at 15,000 records/s',
      value: percentile(paced.latencies, 0.99),
      unit: 'ms',
      records: paced.good * SMALL,
      peak_rss_mb: server.peak(),
      note: note(
        `p50 ${percentile(paced.latencies, 0.5).toFixed(1)} ms, largest ${percentile(paced.latencies, 1).toFixed(0)} ms, ${paced.bad} refused`,
      ),
    });
    for (const connection of [...pool, ...batches.map(({ connection }) => connection)]) connection.close();
    return rows;
  } finally {
    await server.stop();
  }
}
