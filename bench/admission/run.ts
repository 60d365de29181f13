// A review of a Deployment as a real API server sent it, 4 KB, and 100 policies: `POST /v1/admission`, each answer on disk before it is
// given, and in turn a stock `opa run --server` with the same bundle, which keeps nothing.
// node bench/admission/run.ts [--seconds 5] [--rounds 3] [--rate 500]
import { readFileSync } from 'node:fs';
import { loadavg } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { median, type Row } from '../measure.ts';
import { Connection, closedLoop, head, type Load, openLoop, percentile } from '../server/client.ts';
import { opa } from '../server/data.ts';
import { place, serve } from '../server/place.ts';
import { admissionBundle } from './repository.ts';

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '5' },
    rounds: { type: 'string', default: '3' },
    rate: { type: 'string', default: '500' },
  },
});
const [seconds, rounds, rate] = [Number(values.seconds), Number(values.rounds), Number(values.rate)];
const POLICIES = 100;
const CONNECTIONS = 8;
const REVIEW = readFileSync(join(import.meta.dirname, 'review.json'));

const source = await admissionBundle(POLICIES);
const at = await place([
  'bundles:',
  `  - {name: main, file: "${source.file}", keys: ["${source.key}"]}`,
  'admission: {environment: production, callers: anyone}',
]);
const [ours, theirs] = [await serve(at), await opa(source, at)];
const sides = {
  ours: await side(at.port, '/v1/admission', REVIEW),
  opa: await side(
    theirs.port,
    '/v1/data/exhibit/entry/results_kubernetes',
    Buffer.concat([Buffer.from('{"input":'), REVIEW, Buffer.from('}')]),
  ),
};
const NAMES = ['ours', 'opa'] as const;
type Loads = Record<keyof typeof sides, Load[]>;

try {
  for (const name of NAMES) await closedLoop(sides[name].connections, 3, sides[name].next);
  const cpu = ours.cpu();
  const closed = await inTurn((name) => closedLoop(sides[name].connections, seconds, sides[name].next));
  const used = ((ours.cpu() - cpu) / sum(closed.ours, ({ good }) => good)) * 1e6;
  const open = await inTurn((name) => openLoop(sides[name].connections, seconds, rate, sides[name].next));
  const bad = NAMES.map((name) => sum([...closed[name], ...open[name]], (load) => load.bad));
  if (bad.some((count) => count > 0)) throw new Error(`answers that were not 200: ${bad.join(' and ')}`);
  const rows: Row[] = [
    {
      ...compared(
        `Review of 4 KB, ${POLICIES} policies, ${CONNECTIONS} at once`,
        'reviews/s',
        closed,
        perSecond,
      ),
      peak_rss_mb: ours.peak(),
    },
    compared(`Review of 4 KB, ${CONNECTIONS} at once: p99`, 'ms', closed, p99, 1),
    compared(`Review of 4 KB at ${rate} reviews/s: p99`, 'ms', open, p99, 1),
    {
      name: 'Processor time of a review, of all threads of the server',
      value: Math.round(used),
      unit: 'µs',
      note: `opa run --server holds ${Math.round(theirs.peak())} MB at most`,
    },
  ];
  for (const row of rows) console.log(JSON.stringify(row));
} finally {
  for (const name of NAMES) for (const connection of sides[name].connections) connection.close();
  await ours.stop();
  await theirs.stop();
  source.remove();
}

/** Each request is of another review, as an API server makes them: its uid is written anew, in place. */
async function side(port: number, path: string, body: Buffer) {
  const connections = await Promise.all(Array.from({ length: CONNECTIONS }, () => Connection.open(port)));
  const front = head('POST', path, body.length, { 'content-type': 'application/json' });
  const uid = body.indexOf('"uid":"') + '"uid":"'.length;
  let sent = 0;
  const next = () => {
    sent += 1;
    const own = Buffer.from(body);
    own.write(String(sent).padStart(8, '0'), uid, 'latin1');
    return [front, own];
  };
  return { connections, next };
}

async function inTurn(run: (name: keyof typeof sides) => Promise<Load>): Promise<Loads> {
  const loads: Loads = { ours: [], opa: [] };
  for (let round = 0; round < rounds; round += 1) for (const name of NAMES) loads[name].push(await run(name));
  return loads;
}

function compared(name: string, unit: string, loads: Loads, read: (load: Load) => number, digits = 0): Row {
  const all = loads.ours.map(read);
  const [mine, other] = [median(all), median(loads.opa.map(read))];
  const ratios = all.map((own, round) => own / read(loads.opa[round] as Load));
  return {
    name,
    value: Number(mine.toFixed(digits)),
    unit,
    min: Number(Math.min(...all).toFixed(digits)),
    max: Number(Math.max(...all).toFixed(digits)),
    note: `opa run --server ${other.toFixed(digits)} ${unit}; ours to OPA ${median(ratios).toFixed(2)} (${Math.min(...ratios).toFixed(2)} to ${Math.max(...ratios).toFixed(2)}); load of the machine ${loadavg()[0]?.toFixed(1)}`,
  };
}

function perSecond(load: Load): number {
  return load.good / load.seconds;
}

function p99(load: Load): number {
  return percentile(load.latencies, 0.99);
}

function sum(loads: readonly Load[], of: (load: Load) => number): number {
  return loads.reduce((total, load) => total + of(load), 0);
}
