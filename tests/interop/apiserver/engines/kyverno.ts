import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { freePort } from '../../policy/registry.ts';
import { request } from '../client.ts';
import { startControllers } from '../controllers.ts';
import { until } from '../guarded.ts';
import type { ApiServer, Child } from '../server.ts';
import { install, installationOf, startDeployed } from './installed.ts';

/** Kyverno's controllers for admission and for reports, beside an API server that asks them. */
export async function startKyverno(api: ApiServer): Promise<Child[]> {
  const installation = installationOf('kyverno-controller', 'kyverno');
  // Its roles are put together of others by a controller of Kubernetes.
  const roles = await startControllers(api, ['clusterrole-aggregation-controller']);
  await install(api, installation, ['PodDisruptionBudget', 'NetworkPolicy', 'ServiceMonitor']);
  for (const name of ['kyverno:admission-controller', 'kyverno:reports-controller'])
    await until('the role is put together', async () => {
      const path = `/apis/rbac.authorization.k8s.io/v1/clusterroles/${encodeURIComponent(name)}`;
      const { rules } = (await request(api, 'GET', path)).body as { rules?: unknown[] | null };
      return (rules?.length ?? 0) > 0 || undefined;
    });
  const port = await freePort();
  const quiet = async () => ['--disableMetrics=true', `--metricsPort=${await freePort()}`];
  const admission = await startDeployed(
    api,
    installation,
    'kyverno-admission-controller',
    'kyverno-controller',
    [
      // Beyond the cluster: it writes this address, and no service, into configurations of webhooks.
      `--serverIP=127.0.0.1:${port}`,
      `--webhookServerPort=${port}`,
      '--webhookServerHost=127.0.0.1',
      '--controllerRuntimeMetricsAddress=0',
      ...(await quiet()),
    ],
  );
  const reports = await startDeployed(
    api,
    installation,
    'kyverno-reports-controller',
    'kyverno-reports-controller',
    ['--backgroundScanInterval=1m', ...(await quiet())],
  );
  const children = [roles, admission, reports];
  await until('Kyverno registers its webhooks', async () => {
    const gone = children.find(({ process }) => process.exitCode !== null);
    if (gone !== undefined)
      throw new Error(
        `${gone.name}: ${readFileSync(join(api.folder, `${gone.name}.log`), 'utf8').slice(-3_000)}`,
      );
    const path = '/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations';
    const { body } = await request(api, 'GET', path);
    const { items } = body as { items: { metadata: { name: string } }[] };
    return (
      items.some(({ metadata }) => metadata.name === 'kyverno-policy-validating-webhook-cfg') || undefined
    );
  });
  return children;
}
