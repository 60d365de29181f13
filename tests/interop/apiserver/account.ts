import { apply, manifestsIn, paths, request } from './client.ts';
import type { ApiServer } from './server.ts';

/** What a service account is reached by, with the rights of a role alone. */
export interface Account {
  token: string;
  /** As a text in JSON. */
  kubeconfig: string;
}

/**
 * Makes an account of the namespace `default`, with the rights of a role alone.
 * @param role ClusterRole and its binding, as `--print-role` prints them for `default/NAME`
 */
export async function accountOf(api: ApiServer, name: string, role: string): Promise<Account> {
  const account = { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name } };
  await post(api, '/api/v1/namespaces/default/serviceaccounts', account);
  const find = paths(api);
  for (const one of manifestsIn(role)) await apply(api, await find(one), one);
  return tokenOf(api, 'default', name);
}

/** Of an account that is there. */
export async function tokenOf(api: ApiServer, namespace: string, name: string): Promise<Account> {
  const asked = { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', spec: {} };
  const path = `/api/v1/namespaces/${namespace}/serviceaccounts/${name}/token`;
  const { body } = await post(api, path, asked);
  const { token } = (body as { status: { token: string } }).status;
  const cluster = {
    server: api.address,
    'certificate-authority-data': Buffer.from(api.ca).toString('base64'),
  };
  const kubeconfig = {
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': 'test',
    clusters: [{ name: 'test', cluster }],
    users: [{ name: 'test', user: { token } }],
    contexts: [{ name: 'test', context: { cluster: 'test', user: 'test' } }],
  };
  return { token, kubeconfig: JSON.stringify(kubeconfig) };
}

function post(api: ApiServer, path: string, value: object) {
  return request(api, 'POST', path, { type: 'application/json', text: JSON.stringify(value) });
}
