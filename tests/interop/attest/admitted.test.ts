import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseInput } from '../../../src/inputs/index.ts';
import { compareObject, digestTree, objectDigest } from '../../../src/verify/index.ts';
import { nodeAttestCrypto } from '../../../src/verify/node.ts';
import { manifestsIn, paths, request, tryCreate } from '../apiserver/client.ts';
import { type ApiServer, startApiServer, why } from '../apiserver/server.ts';

const { sha256 } = nodeAttestCrypto;
const FILE = 'examples/shop/k8s-fixed/shop.yaml';

/** A ConfigMap, of which the API server fills in nothing. */
const PLAIN =
  'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: settings, namespace: production}\ndata: {a: "1"}\n';
/** Numbers that the API server writes in another way. */
const QUANTITY =
  'apiVersion: v1\nkind: ResourceQuota\nmetadata: {name: q, namespace: production}\nspec: {hard: {cpu: 1000m}}\n';

const parsed = (file: string, text: string): unknown =>
  parseInput(file, Buffer.from(text)).documents[0]?.value;

describe.skipIf(why !== '')(`objects as a real API server admits them${why}`, () => {
  let server: ApiServer;
  let at: ReturnType<typeof paths>;
  beforeAll(async () => {
    server = await startApiServer();
    at = paths(server);
    const text = JSON.stringify({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'production' } });
    await request(server, 'POST', '/api/v1/namespaces', { type: 'application/json', text });
  });
  afterAll(async () => server?.stop());

  async function admitted(text: string): Promise<unknown> {
    const [one] = manifestsIn(text);
    if (one === undefined) throw new Error('no object');
    const { status, body } = await tryCreate(server, await at(one), one.text);
    if (status !== 201) throw new Error(JSON.stringify(body));
    return body;
  }

  it('an object without defaults keeps its content digest', async () => {
    expect(objectDigest(sha256, await admitted(PLAIN))).toBe(objectDigest(sha256, parsed('a.yaml', PLAIN)));
  });

  it('of a workload nothing is changed or gone, and what is added are the defaults of the API server', async () => {
    const text = readFileSync(FILE, 'utf8');
    const written = parsed(FILE, text);
    const differences = compareObject(sha256, digestTree(sha256, written), await admitted(text));
    expect(differences.filter(({ change }) => change !== 'added')).toEqual([]);
    // Each of them stands in the API reference of apps/v1 Deployment and core/v1 PodSpec as a default.
    expect(Object.fromEntries(differences.map(({ pointer, value }) => [pointer, value]))).toEqual({
      '/spec/progressDeadlineSeconds': 600,
      '/spec/revisionHistoryLimit': 10,
      '/spec/strategy/rollingUpdate/maxSurge': '25%',
      '/spec/strategy/rollingUpdate/maxUnavailable': '25%',
      '/spec/strategy/type': 'RollingUpdate',
      '/spec/template/spec/containers/0/imagePullPolicy': 'IfNotPresent',
      '/spec/template/spec/containers/0/ports/0/protocol': 'TCP',
      '/spec/template/spec/containers/0/readinessProbe/failureThreshold': 3,
      '/spec/template/spec/containers/0/readinessProbe/httpGet/scheme': 'HTTP',
      '/spec/template/spec/containers/0/readinessProbe/periodSeconds': 10,
      '/spec/template/spec/containers/0/readinessProbe/successThreshold': 1,
      '/spec/template/spec/containers/0/readinessProbe/timeoutSeconds': 1,
      '/spec/template/spec/containers/0/terminationMessagePath': '/dev/termination-log',
      '/spec/template/spec/containers/0/terminationMessagePolicy': 'File',
      '/spec/template/spec/dnsPolicy': 'ClusterFirst',
      '/spec/template/spec/restartPolicy': 'Always',
      '/spec/template/spec/schedulerName': 'default-scheduler',
      '/spec/template/spec/serviceAccount': 'shop',
      '/spec/template/spec/terminationGracePeriodSeconds': 30,
    });
  });

  it('a quantity that the API server writes in another way is seen as a change, by name', async () => {
    const tree = digestTree(sha256, parsed('q.yaml', QUANTITY));
    expect(compareObject(sha256, tree, await admitted(QUANTITY))).toEqual([
      { pointer: '/spec/hard/cpu', change: 'changed', value: '1' },
    ]);
  });
});
