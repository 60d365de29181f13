import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { loadavg } from 'node:os';
import { join } from 'node:path';
import { findOpa } from '../../src/policy/index.ts';
import { median, type Row } from '../measure.ts';
import { type Bundles, bundles } from './bundle.ts';
import { Connection, closedLoop, head, type Load, openLoop, percentile } from './client.ts';
import { freePort, type Place, place, serve, watched } from './place.ts';

const CONNECTIONS = 8;
const PATH = '/v1/data/exhibit/entry/policy_container_not_privileged';
const POD = {
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'web', namespace: 'shop' },
  spec: {
    containers: [{ name: 'web', image: 'registry.example/web:1.2.3', securityContext: { privileged: true } }],
  },
};

/** The same bundle, the same question, the same load, in turn: a stock `opa run --server` and this server, neither with a log. */
export async function benchData(
  seconds: number,
  rounds: number,
  path = PATH,
  input: unknown = POD,
): Promise<Row[]> {
  const source = await bundles();
  const at = await place([...source.lines, 'decisions: {record: false}']);
  const [ours, theirs] = [await serve(at), await opa(source, at)];
  const body = Buffer.from(JSON.stringify({ input }));
  const connect = async (port: number, token?: string) => {
    const connections = await Promise.all(Array.from({ length: CONNECTIONS }, () => Connection.open(port)));
    const auth: Record<string, string> = token === undefined ? {} : { authorization: `Bearer ${token}` };
    const request = [head('POST', path, body.length, { ...auth, 'content-type': 'application/json' }), body];
    return { connections, next: () => request };
  };
  try {
    const sides = { ours: await connect(at.port, at.token), opa: await connect(theirs.port) };
    const closed: Record<keyof typeof sides, Load[]> = { ours: [], opa: [] };
    const open: Record<keyof typeof sides, Load[]> = { ours: [], opa: [] };
    const names = ['ours', 'opa'] as const;
    for (const side of names) await closedLoop(sides[side].connections, 2, sides[side].next);
    for (let round = 0; round < rounds; round += 1)
      for (const side of names)
        closed[side].push(await closedLoop(sides[side].connections, seconds, sides[side].next));
    // Half of what the slower one can do.
    const rate = Math.min(...names.map((side) => median(closed[side].map(perSecond)))) / 2;
    for (let round = 0; round < rounds; round += 1)
      for (const side of names)
        open[side].push(await openLoop(sides[side].connections, seconds, rate, sides[side].next));
    for (const side of names) for (const connection of sides[side].connections) connection.close();
    const bad = names.map((side) =>
      [...closed[side], ...open[side]].reduce((sum, load) => sum + load.bad, 0),
    );
    if (bad.some((count) => count > 0)) throw new Error(`answers that were not 200: ${bad.join(' and ')}`);
    const load = `load of the machine ${loadavg()[0]?.toFixed(1)}`;
    const of = (
      name: string,
      unit: string,
      read: (load: Load) => number,
      loads: typeof closed,
      digits = 0,
    ): Row => {
      const [mine, other] = names.map((side) => median(loads[side].map(read))) as [number, number];
      const ratios = loads.ours.map((own, round) => read(own) / read(loads.opa[round] as Load));
      return {
        name,
        value: Number(mine.toFixed(digits)),
        unit,
        note: `opa run --server ${other.toFixed(digits)} ${unit}; ours to OPA ${median(ratios).toFixed(2)} (${Math.min(...ratios).toFixed(2)} to ${Math.max(...ratios).toFixed(2)}); ${load}`,
      };
    };
    const p99 = ({ latencies }: Load) => percentile(latencies, 0.99);
    return [
      {
        ...of(
          `POST /v1/data, ${CONNECTIONS} connections, as fast as they can`,
          'requests/s',
          perSecond,
          closed,
        ),
        peak_rss_mb: ours.peak(),
      },
      of(`POST /v1/data, ${CONNECTIONS} connections: p99`, 'ms', p99, closed, 2),
      of(`POST /v1/data at ${Math.round(rate).toLocaleString('en-US')} requests/s: p99`, 'ms', p99, open, 2),
    ];
  } finally {
    await ours.stop();
    await theirs.stop();
  }
}

const perSecond = ({ good, seconds }: Load): number => good / seconds;

/** A stock `opa run --server` with the same signed bundle and no log. */
export async function opa({ key, file }: Pick<Bundles, 'key' | 'file'>, { folder }: Place) {
  const { path } = await findOpa(process.env);
  const port = await freePort();
  writeFileSync(join(folder, 'opa.log'), '');
  const args = [
    'run',
    '--server',
    `--addr=127.0.0.1:${port}`,
    '--log-level=error',
    '--skip-version-check',
    `--verification-key=${key}`,
    '--verification-key-id=bundle',
    '--signing-alg=ES256',
    '--bundle',
    file,
  ];
  const child = spawn(path, args, { stdio: 'ignore' });
  for (;;) {
    if (child.exitCode !== null) throw new Error('opa did not start');
    const health = await fetch(`http://127.0.0.1:${port}/health`).catch(() => undefined);
    if (health?.status === 200) return { port, ...watched(child) };
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
