import { loadavg } from 'node:os';
import { parseArgs } from 'node:util';
import { check, PUBLISHED } from '../../src/server/application/testing/envoy-client.ts';
// Not part of the server's contract: a bundle and a client for tests.
import { applicationBundle } from '../../src/server/application/testing/policies.ts';
import { closedLoop } from '../load.ts';
import type { Row } from '../measure.ts';
import { percentile } from '../server/client.ts';
import { freePort, place, serve } from '../server/place.ts';
import { atRate, Caller } from './load.ts';

// node bench/authz/run.ts [--seconds 5] [--rate 5000]
const { values } = parseArgs({
  options: { seconds: { type: 'string', default: '5' }, rate: { type: 'string', default: '5000' } },
});
const [seconds, rate] = [Number(values.seconds), Number(values.rate)];
const CONNECTIONS = 2;
const AT_ONCE = 32;

const source = await applicationBundle();
const port = await freePort();
const { bundles = [] } = source.settings;
const at = await place([
  `bundles: ${JSON.stringify(bundles)}`,
  `authz: {listen: {port: ${port}}, rule: exhibit/entry/policy_http_admin}`,
]);
const server = await serve(at);
const { Check } = PUBLISHED['envoy.service.auth.v3.Authorization'] as unknown as {
  Check: { requestSerialize(value: unknown): Buffer };
};
const message = Check.requestSerialize(
  check('GET', '/cart?id=1', {
    ':authority': 'shop.example',
    ':path': '/cart?id=1',
    'user-agent': 'curl/8.5.0',
    accept: '*/*',
    'x-forwarded-proto': 'https',
    'x-request-id': '7d9c6a2e-6f7e-4a48-9d0c-1c5f3c3f6f0e',
    'x-role': 'shopper',
  }),
);
const callers = Array.from({ length: CONNECTIONS }, () => new Caller(`127.0.0.1:${port}`, message));
const atOnce = Array.from({ length: AT_ONCE }, (_, n) => () => (callers[n % callers.length] as Caller).ask());
try {
  await closedLoop(atOnce, 2);
  const fast = await closedLoop(atOnce, seconds);
  const cpu = server.cpu();
  const paced = await atRate(callers, rate, seconds);
  const used = ((server.cpu() - cpu) / paced.good) * 1e6;
  if (fast.bad + paced.bad > 0) throw new Error(`${fast.bad + paced.bad} were not let through`);
  const load = `load of the machine ${loadavg()[0]?.toFixed(1)}`;
  const rows: Row[] = [
    {
      name: `Envoy Check with its records on disk, ${AT_ONCE} at once on ${CONNECTIONS} connections`,
      value: Math.round(fast.good / fast.seconds),
      unit: 'checks/s',
      peak_rss_mb: server.peak(),
      note: `p99 ${percentile(fast.latencies, 0.99).toFixed(1)} ms; ${load}`,
    },
    {
      name: `Envoy Check at ${rate.toLocaleString('en-US')} checks/s: p99`,
      value: Number(percentile(paced.latencies, 0.99).toFixed(2)),
      unit: 'ms',
      note: `p50 ${percentile(paced.latencies, 0.5).toFixed(2)} ms, ${Math.round(paced.good / paced.seconds)} checks/s were answered; server used ${used.toFixed(0)} µs of processor a check; ${load}`,
    },
  ];
  for (const row of rows) console.log(JSON.stringify(row));
} finally {
  for (const caller of callers) caller.close();
  await server.stop();
  source.remove();
}
