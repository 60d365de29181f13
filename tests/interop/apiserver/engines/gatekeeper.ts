import { copyFileSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { freePort } from '../../policy/registry.ts';
import { certificatesIn } from '../../server/openssl.ts';
import { apply, manifestsIn, paths } from '../client.ts';
import { until } from '../guarded.ts';
import type { ApiServer, Child } from '../server.ts';
import { install, installationOf, startDeployed } from './installed.ts';

const WEBHOOKS = ['ValidatingWebhookConfiguration', 'MutatingWebhookConfiguration'];

interface WebhookConfiguration {
  webhooks: { clientConfig: { service?: { path: string }; url?: string; caBundle?: string } }[];
}

/** Gatekeeper's controller, all operations in one process, beside an API server that asks it. */
export async function startGatekeeper(api: ApiServer): Promise<Child> {
  const installation = installationOf('gatekeeper', 'gatekeeper-system');
  await install(api, installation, [...WEBHOOKS, 'Deployment', 'PodDisruptionBudget', 'ResourceQuota']);
  const certificates = join(api.folder, 'gatekeeper');
  mkdirSync(join(certificates, 'audit'), { recursive: true });
  certificatesIn(certificates).authority('gatekeeper', '-addext', 'subjectAltName=IP:127.0.0.1');
  copyFileSync(join(certificates, 'gatekeeper.pem'), join(certificates, 'tls.crt'));
  copyFileSync(join(certificates, 'gatekeeper.key'), join(certificates, 'tls.key'));
  const [port, health, metrics] = [await freePort(), await freePort(), await freePort()];
  const child = await startDeployed(api, installation, 'gatekeeper-controller-manager', 'gatekeeper', [
    ...[
      'webhook',
      'mutation-webhook',
      'mutation-controller',
      'mutation-status',
      'audit',
      'status',
      'generate',
    ].map((name) => `--operation=${name}`),
    `--port=${port}`,
    '--host=127.0.0.1',
    `--cert-dir=${certificates}`,
    '--disable-cert-rotation',
    `--health-addr=127.0.0.1:${health}`,
    `--prometheus-port=${metrics}`,
    `--api-cache-dir=${join(certificates, 'audit')}`,
    '--audit-interval=3',
    '--log-denies',
    '--emit-admission-events',
    '--emit-audit-events',
    '--mutation-annotations',
    '--enable-violation-export',
    // There is no pod whose status it could own.
    '--debug-use-fake-pod',
  ]);
  await until('Gatekeeper is ready', async () => {
    if (child.process.exitCode !== null)
      throw new Error(readFileSync(join(api.folder, 'gatekeeper.log'), 'utf8').slice(-2_000));
    const said = await fetch(`http://127.0.0.1:${health}/readyz`).catch(() => undefined);
    return said?.ok === true ? true : undefined;
  });
  const caBundle = readFileSync(join(certificates, 'tls.crt')).toString('base64');
  for (const one of installation.objects.filter(({ kind }) => WEBHOOKS.includes(kind))) {
    const value = parse(one.text) as WebhookConfiguration;
    for (const { clientConfig } of value.webhooks) {
      clientConfig.url = `https://127.0.0.1:${port}${clientConfig.service?.path}`;
      clientConfig.caBundle = caBundle;
      delete clientConfig.service;
    }
    // In JSON, for here `yes` is a text.
    for (const each of manifestsIn(JSON.stringify(value))) await apply(api, await paths(api)(each), each);
  }
  return child;
}
