import { readFileSync } from 'node:fs';
import { loadavg } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { apply, manifestsIn, paths, request } from '../../tests/interop/apiserver/client.ts';
import { startApiServer } from '../../tests/interop/apiserver/server.ts';
import { eventually, Place } from '../../tests/interop/apiserver/watching.ts';
import type { Row } from '../measure.ts';
import { percentile } from '../server/client.ts';

// node bench/watch/run.ts [--objects 10000] [--changes 50]
const { values } = parseArgs({
  options: {
    objects: { type: 'string', default: '10000' },
    changes: { type: 'string', default: '50' },
  },
});
const [objects, changes] = [Number(values.objects), Number(values.changes)];
const DEPLOYMENTS = '/apis/apps/v1/namespaces/bench/deployments';

const spec = (privileged: boolean) => ({
  automountServiceAccountToken: false,
  serviceAccountName: 'web',
  securityContext: { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } },
  containers: [
    {
      name: 'web',
      image: `registry.example.com/web@sha256:${'a'.repeat(64)}`,
      resources: { limits: { cpu: '100m', memory: '64Mi' }, requests: { cpu: '100m', memory: '64Mi' } },
      securityContext: {
        ...{ privileged, allowPrivilegeEscalation: privileged, readOnlyRootFilesystem: true },
        capabilities: { drop: ['ALL'] },
      },
    },
  ],
});
const labels = (name: string) => ({ app: name, owner: 'shop', 'app.kubernetes.io/name': name });
/** Half of them pods, half of them deployments; one in ten fails. */
const object = (at: number): [path: string, body: unknown] => {
  const privileged = at % 10 === 0;
  const metadata = { name: `o${at}`, namespace: 'bench', labels: labels(`o${at}`) };
  if (at % 2 === 0) return ['/api/v1/namespaces/bench/pods', { metadata, spec: spec(privileged) }];
  const template = { metadata: { labels: metadata.labels }, spec: spec(privileged) };
  return [DEPLOYMENTS, { metadata, spec: { selector: { matchLabels: { app: `o${at}` } }, template } }];
};

/** Of a process, in hundredths. @see proc(5), fields utime and stime */
function processorSeconds(pid: number | undefined): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
  return (Number(fields[11]) + Number(fields[12])) / 100;
}

const api = await startApiServer(['--allow-privileged=true']);
const place = await Place.make(join(import.meta.dirname, '..', '..', 'bin', 'exhibit.js'));
try {
  await place.bundle(Math.floor(Date.now() / 1_000) - 60);
  place.kubeconfig(api);
  for (const one of manifestsIn('apiVersion: v1\nkind: Namespace\nmetadata: {name: bench}\n'))
    await apply(api, await paths(api)(one), one);
  const left = Array.from({ length: objects }, (_, at) => at).values();
  const fill = async () => {
    for (const at of left) {
      const [path, body] = object(at);
      const { status } = await request(api, 'POST', path, {
        type: 'application/json',
        text: JSON.stringify(body),
      });
      if (status !== 201) throw new Error(`the API server answered ${status}`);
    }
  };
  await Promise.all(Array.from({ length: 16 }, fill));

  const begin = performance.now();
  const kinds = ['--resource', 'pods', '--resource', 'deployments.apps'];
  const watcher = place.start('watch', ...kinds);
  await eventually(async () => (watcher.log().includes('all objects were judged') ? true : undefined));
  const seconds = (performance.now() - begin) / 1_000;
  const used = processorSeconds(watcher.child.pid);
  // Its watches list all once more, and find nothing new.
  await new Promise((done) => setTimeout(done, 10_000));

  const asked = new Map<string, number>();
  for (let n = 0; n < changes; n += 1) {
    const name = `o${10 * n + 1}`;
    const containers = [
      { name: 'web', securityContext: { privileged: true, allowPrivilegeEscalation: true } },
    ];
    asked.set(`Deployment/bench/${name}/containers/web`, Date.now());
    await request(api, 'PATCH', `${DEPLOYMENTS}/${name}`, {
      type: 'application/strategic-merge-patch+json',
      text: JSON.stringify({ spec: { template: { spec: { containers } } } }),
    });
    await new Promise((done) => setTimeout(done, 50));
  }
  await new Promise((done) => setTimeout(done, 3_000));
  const peak =
    Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${watcher.child.pid}/status`, 'utf8'))?.[1]) * 1_024;
  await watcher.stop();
  const records = await place.records();
  const drifts = records.filter(
    ({ policy_id, details }) => policy_id === 'container-not-privileged' && details?.drift !== undefined,
  );
  const latencies = drifts
    .map(
      ({ subject_id, observed_at }) => Date.parse(observed_at) - (asked.get(subject_id ?? '') ?? Number.NaN),
    )
    .sort((a, b) => a - b);
  if (latencies.length !== changes) throw new Error(`${latencies.length} of ${changes} changes are a drift`);
  const load = `load of the machine ${loadavg()[0]?.toFixed(1)}`;
  const rows: Row[] = [
    {
      name: `${objects.toLocaleString('en-US')} objects of a cluster judged and recorded, from the start of the program`,
      value: Number(seconds.toFixed(1)),
      unit: 's',
      peak_rss_mb: Math.round(peak / 1e6),
      note: `${records.length.toLocaleString('en-US')} records; the whole library; ${used.toFixed(1)} s of processor; ${load}`,
    },
    {
      name: 'a change of an object, from the request until it is judged: p99',
      value: Math.round(percentile(latencies, 0.99)),
      unit: 'ms',
      note: `p50 ${Math.round(percentile(latencies, 0.5))} ms over ${changes} changes; ${load}`,
    },
  ];
  for (const row of rows) console.log(JSON.stringify(row));
} finally {
  await place.remove();
  await api.stop();
}
